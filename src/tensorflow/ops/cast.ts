import { attr, type TfDType } from '#ir/attribute.js';
import { InferenceError } from '#ir/graph.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { cast as castTensor } from '#tensor/kernels/cast.js';
import { isStatic, type Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { unsupportedType } from './support/lower-elementwise.js';
import { dtypeOf, knownTypes, shapeOf, typeOf } from './support/types.js';

export const Cast = defineTfOp({
  name: 'Cast',
  summary: 'Elements of another type',
  operands: ['x'],
  results: ['y'],
  attributes: { SrcT: attr.dtype(), DstT: attr.dtype(), Truncate: attr.bool(false) },
  infer: (op) => [typeOf(op.attributes.DstT, shapeOf(op.operand(0)))],
  fold: (op, [x]) => {
    if (dtypeOf(op.operand(0)) === op.attributes.DstT) return [op.operand(0)];
    const result = x && castTensor(x, op.attributes.DstT as DType);
    return result && [result];
  },
  lower: (op, build) => {
    const x = op.operand(0);
    const from = tensorTypeOf(x).dtype;
    const to = op.attributes.DstT;
    if (from === to) return x;
    const missing = [from, to].find((dtype) => !(tfl.Cast.kernels as readonly TfDType[]).includes(dtype));
    if (missing !== undefined) {
      if (missing !== 'string') return unsupportedType(missing as DType, tfl.Cast.kernels);
      return unsupported('TFLite does not cast strings', 'Turn texts into numbers before the model.');
    }
    const options = { in_data_type: elementTypeName(from), out_data_type: elementTypeName(to as DType) };
    return build.value(tfl.Cast, [x], options, knownTypes(op.results));
  },
});

/** Bytes of wide elements become a last dimension of narrow ones, or the other way round. */
function bitcastShape(shape: Shape, from: DType, to: DType): Shape {
  const ratio = dtypes[from].bytes / dtypes[to].bytes;
  if (shape === null || ratio === 1) return shape;
  if (ratio > 1) return [...shape, ratio];
  const last = shape.at(-1);
  if (last === undefined || (last !== null && last !== 1 / ratio)) {
    throw new InferenceError(`the last dimension must be ${1 / ratio} to read ${from} as ${to}`);
  }
  return shape.slice(0, -1);
}

export const Bitcast = defineTfOp({
  name: 'Bitcast',
  summary: 'The same bytes as elements of another type',
  operands: ['input'],
  attributes: { T: attr.dtype(), type: attr.dtype() },
  infer: (op) => {
    const { T, type } = op.attributes;
    return [typeOf(type, bitcastShape(shapeOf(op.operand(0)), T as DType, type as DType))];
  },
  fold: (op, [input]) => {
    const { T, type } = op.attributes;
    if (T === type) return [op.operand(0)];
    if (!input || input.dtype === 'string' || input.dtype === 'int4') return undefined;
    const shape = bitcastShape(input.shape, input.dtype, type as DType);
    if (!isStatic(shape) || type === 'string') return undefined;
    return [Tensor.fromBytes(type as Exclude<DType, 'string'>, shape, input.bytes)];
  },
  lower: (op, build) =>
    build.value(
      tfl.Bitcast,
      [op.operand(0)],
      {},
      op.results.map((result) => result.type),
    ),
});
