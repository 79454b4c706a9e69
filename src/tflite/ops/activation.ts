import { InferenceError } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { broadcastShapes, compatibleShapes, formatShape, sameShape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { likeOperand, tensorAt } from './infer.js';
import { floatTypes, quantizedBytes, quantizedTypes } from './kernel-types.js';
import { versionByDtype } from './versions.js';

const operands = ['input'];
const infer = likeOperand();

export const Relu = defineTflOp({
  name: 'relu',
  builtin: 'RELU',
  summary: 'max(x, 0)',
  options: {},
  operands,
  infer,
  version: versionByDtype({ int16: 3, int8: 2, uint8: 2 }),
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
});

export const Relu6 = defineTflOp({
  name: 'relu6',
  builtin: 'RELU6',
  summary: 'min(max(x, 0), 6)',
  options: {},
  operands,
  infer,
  version: versionByDtype({ int16: 3, int8: 2 }),
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
});

export const ReluN1To1 = defineTflOp({
  name: 'relu_n1_to_1',
  builtin: 'RELU_N1_TO_1',
  summary: 'min(max(x, −1), 1)',
  options: {},
  operands,
  infer,
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
});

export const Relu0To1 = defineTflOp({
  name: 'relu_0_to_1',
  builtin: 'RELU_0_TO_1',
  summary: 'min(max(x, 0), 1)',
  options: {},
  operands,
  infer,
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
});

export const LeakyRelu = defineTflOp({
  name: 'leaky_relu',
  builtin: 'LEAKY_RELU',
  summary: 'x where positive, alpha × x elsewhere',
  options: { alpha: 0 },
  operands,
  infer,
  version: versionByDtype({ int16: 2 }),
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
});

export const Prelu = defineTflOp({
  name: 'prelu',
  builtin: 'PRELU',
  summary: 'x where positive, alpha × x elsewhere; alpha a tensor that broadcasts',
  options: {},
  operands: ['input', 'alpha'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    const alpha = tensorAt(op, 1).shape;
    if (!compatibleShapes(broadcastShapes(shape, alpha) ?? [], shape)) {
      throw new InferenceError(`alpha ${formatShape(alpha)} does not broadcast to ${formatShape(shape)}`);
    }
    return [tensorType(dtype, shape)];
  },
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
  operandKernels: { 1: ['float32', 'uint8', 'int8'] },
  kernelLimit(op) {
    const [input, alpha] = [0, 1].map((i) => tensorAt(op, i).shape);
    return input && alpha && input.length > 4 && !sameShape(input, alpha)
      ? 'it broadcasts in at most 4 dimensions'
      : undefined;
  },
  quantization: [{ kind: 'weights', operand: 1, axis: null, mayBeData: true }],
});

export const Elu = defineTflOp({
  name: 'elu',
  builtin: 'ELU',
  summary: 'x where positive, exp(x) − 1 elsewhere',
  options: {},
  operands,
  infer,
  kernels: ['float32'],
  quantizedKernels: ['int8'],
});

export const Gelu = defineTflOp({
  name: 'gelu',
  builtin: 'GELU',
  summary: 'x × Φ(x), by the error function or by tanh',
  options: { approximate: false },
  operands,
  infer,
  version: versionByDtype({ float16: 3, int8: 2, uint8: 2 }),
  kernels: floatTypes,
  quantizedKernels: quantizedBytes,
});

export const HardSwish = defineTflOp({
  name: 'hard_swish',
  builtin: 'HARD_SWISH',
  summary: 'x × relu6(x + 3) / 6',
  options: {},
  operands,
  infer,
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
});

export const Logistic = defineTflOp({
  name: 'logistic',
  builtin: 'LOGISTIC',
  summary: '1 / (1 + exp(−x))',
  options: {},
  operands,
  infer,
  version: versionByDtype({ int16: 3, int8: 2 }),
  kernels: floatTypes,
  quantizedKernels: quantizedTypes,
  quantization: [
    { kind: 'fixedRange', dtype: 'int8', scale: 1 / 256, zeroPoint: -128 },
    { kind: 'fixedRange', dtype: 'uint8', scale: 1 / 256, zeroPoint: 0 },
    { kind: 'fixedRange', dtype: 'int16', scale: 1 / 32768, zeroPoint: 0 },
  ],
});

export const Tanh = defineTflOp({
  name: 'tanh',
  builtin: 'TANH',
  summary: 'Hyperbolic tangent',
  options: {},
  operands,
  infer,
  version: versionByDtype({ int16: 3, int8: 2 }),
  kernels: floatTypes,
  quantizedKernels: quantizedTypes,
  quantization: [
    { kind: 'fixedRange', dtype: 'int8', scale: 1 / 128, zeroPoint: 0 },
    { kind: 'fixedRange', dtype: 'uint8', scale: 1 / 128, zeroPoint: 128 },
    { kind: 'fixedRange', dtype: 'int16', scale: 1 / 32768, zeroPoint: 0 },
  ],
});

export const Softmax = defineTflOp({
  name: 'softmax',
  builtin: 'SOFTMAX',
  summary: 'exp(beta × x) over its sum along the last dimension',
  options: { beta: 1 },
  operands,
  infer,
  version: versionByDtype({ float16: 4, int16: 3, int8: 2 }),
  kernels: floatTypes,
  quantizedKernels: quantizedTypes,
  kernelLimit: (op) => (tensorAt(op, 0).shape?.length === 0 ? 'it takes no scalars' : undefined),
  quantization: [
    { kind: 'fixedRange', dtype: 'int8', scale: 1 / 256, zeroPoint: -128 },
    { kind: 'fixedRange', dtype: 'uint8', scale: 1 / 256, zeroPoint: 0 },
    { kind: 'fixedRange', dtype: 'int16', scale: 1 / 32768, zeroPoint: 0 },
  ],
});

export const LogSoftmax = defineTflOp({
  name: 'log_softmax',
  builtin: 'LOG_SOFTMAX',
  summary: 'Logarithm of the softmax along the last dimension',
  options: {},
  operands,
  infer,
  version: versionByDtype({ int8: 2 }),
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
  quantization: [
    { kind: 'fixedRange', dtype: 'int8', scale: 16 / 256, zeroPoint: 127 },
    { kind: 'fixedRange', dtype: 'uint8', scale: 16 / 256, zeroPoint: 255 },
  ],
});
