import { InferenceError } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { broadcastShapes, type Dim, formatShape, type Shape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, product, shapeOfRank, tensorAt } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { isPerChannel } from './versions.js';

export const FullyConnected = defineTflOp({
  name: 'fully_connected',
  builtin: 'FULLY_CONNECTED',
  summary: 'input × weightsᵀ + bias, weights [units, in]; the input of any rank, seen as [batch, in]',
  options: {
    fused_activation_function: 'NONE',
    weights_format: 'DEFAULT',
    keep_num_dims: false,
    asymmetric_quantize_inputs: false,
    quantized_bias_type: 'FLOAT32',
  },
  operands: ['input', 'weights', 'bias?'],
  keepsAbsent: true,
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    const [units = null, depth = null] = shapeOfRank(op, 1, 2);
    return [tensorType(dtype, connectedShape(shape, units, depth, op.attributes.keep_num_dims))];
  },
  version(op) {
    const input = dtypeAt(op, 0);
    const weights = dtypeAt(op, 1);
    const { quantized_bias_type, keep_num_dims, asymmetric_quantize_inputs, weights_format } = op.attributes;
    const hybrid = input === 'float32' && weights === 'int8';
    if (input === 'int16' && weights === 'int4') return 13;
    if (hybrid && isPerChannel(op.operands[1])) return 12;
    if (input === 'int16' && weights === 'int8' && quantized_bias_type !== 'FLOAT32') return 11;
    if (input === 'int16' && weights === 'int16') return 7;
    if (keep_num_dims) return 5;
    if (input === 'int8' && weights === 'int8') return 4;
    if (input === 'int8' && weights === 'int4') return 10;
    if (hybrid) return asymmetric_quantize_inputs ? 9 : 3;
    return weights_format === 'DEFAULT' ? 1 : 2;
  },
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['float32', 'uint8', 'int8', 'int16', 'int4'], 2: ['float32', 'int32', 'int64'] },
  quantization: [
    {
      kind: 'weights',
      operand: 1,
      axis: 0,
      dense: true,
      mayBeData: 'symmetric',
      hybrid: { bits: [4, 8], perChannel: true, asymmetricInputs: true },
    },
    { kind: 'biasScale', operand: 2, of: [0, 1] },
  ],
});

function connectedShape(input: Shape, units: Dim, depth: Dim, keepDims: boolean): Shape {
  if (keepDims) {
    const last = input?.at(-1);
    if (input !== null && typeof last === 'number' && depth !== null && last !== depth) {
      throw new InferenceError(`input ${formatShape(input)} does not end in the weights' ${depth}`);
    }
    return input === null ? null : [...input.slice(0, -1), units];
  }
  if (input?.length === 2 && input[0] === null) return [null, units];
  const count = input === null ? null : product(input);
  if (count === null || depth === null) return [null, units];
  if (count % depth !== 0) throw new InferenceError(`${count} elements are no multiple of the weights' ${depth}`);
  return [count / depth, units];
}

export const BatchMatMul = defineTflOp({
  name: 'batch_matmul',
  builtin: 'BATCH_MATMUL',
  summary: 'Product of matrices in the last two dimensions, the others broadcast',
  options: { adj_x: false, adj_y: false, asymmetric_quantize_inputs: false },
  operands: ['x', 'y'],
  infer(op) {
    const x = tensorAt(op, 0);
    const y = tensorAt(op, 1).shape;
    const dtype = x.dtype === 'int8' && op.results[0]?.type.kind === 'tensor' ? op.results[0].type.dtype : x.dtype;
    if (x.shape === null || y === null) return [tensorType(dtype, null)];
    if (x.shape.length < 2 || y.length < 2) throw new InferenceError('both operands need two dimensions or more');
    const { adj_x, adj_y } = op.attributes;
    const rows = x.shape.at(adj_x ? -1 : -2) ?? null;
    const inner = x.shape.at(adj_x ? -2 : -1) ?? null;
    const other = y.at(adj_y ? -1 : -2) ?? null;
    const columns = y.at(adj_y ? -2 : -1) ?? null;
    if (inner !== null && other !== null && inner !== other) {
      throw new InferenceError(
        `${formatShape(x.shape)} and ${formatShape(y)} do not multiply: ${inner} against ${other}`,
      );
    }
    const batch = broadcastShapes(x.shape.slice(0, -2), y.slice(0, -2));
    if (!batch) throw new InferenceError(`batches of ${formatShape(x.shape)} and ${formatShape(y)} do not broadcast`);
    return [tensorType(dtype, [...batch, rows, columns])];
  },
  version(op) {
    const x = dtypeAt(op, 0);
    if (x === 'int16') return 3;
    if (x === 'int8') return 2;
    return x === 'float32' && dtypeAt(op, 1) === 'int8' && op.attributes.asymmetric_quantize_inputs ? 4 : 1;
  },
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  operandKernels: { 1: ['float32', 'int8', 'int16', 'int32'] },
  kernelLimit(op) {
    const ranks = [0, 1].map((i) => tensorAt(op, i).shape?.length ?? 0);
    return Math.max(...ranks) > 5 ? 'it takes at most 5 dimensions' : undefined;
  },
  quantization: [
    {
      kind: 'weights',
      operand: 1,
      axis: null,
      dense: true,
      mayBeData: true,
      hybrid: { bits: [8], perChannel: false, asymmetricInputs: true },
    },
  ],
});
