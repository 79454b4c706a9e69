import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import type { Dim } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeOfElementType } from './element-type.js';
import { likeOperand, tensorAt } from './infer.js';
import { plainTypes } from './kernel-types.js';
import { isPerChannel } from './versions.js';

const castable: readonly DType[] = [
  'float32',
  'float16',
  'bfloat16',
  'float64',
  'int4',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'bool',
  'complex64',
];

export const Cast = defineTflOp({
  name: 'cast',
  builtin: 'CAST',
  summary: 'Elements of another type, as C++ converts them',
  options: { in_data_type: 'FLOAT32', out_data_type: 'FLOAT32' },
  operands: ['input'],
  infer(op) {
    const dtype = dtypeOfElementType(op.attributes.out_data_type);
    if (!dtype) throw new InferenceError(`out_data_type ${op.attributes.out_data_type} is no element type`);
    return [tensorType(dtype, tensorAt(op, 0).shape)];
  },
  kernelLimit: ({ attributes: { out_data_type } }) =>
    castable.includes(dtypeOfElementType(out_data_type) ?? 'string')
      ? undefined
      : `it does not cast to ${out_data_type}`,
  version(op) {
    const input = tensorAt(op, 0).dtype;
    const output = dtypeOfElementType(op.attributes.out_data_type);
    const either = (...names: readonly string[]): boolean => names.includes(input) || names.includes(output ?? '');
    if (either('bfloat16')) return 7;
    if (input === 'int4') return 6;
    if (either('float64', 'float16')) return 5;
    if (either('uint16')) return 4;
    if (either('int8')) return 3;
    return either('uint32') ? 2 : 1;
  },
  kernels: castable,
});

export const Bitcast = defineTflOp({
  name: 'bitcast',
  builtin: 'BITCAST',
  summary: 'The same bytes as elements of another type, which the result states',
  options: {},
  operands: ['input'],
  infer(op): readonly Type[] {
    const { dtype, shape } = tensorAt(op, 0);
    const given = op.results[0]?.type;
    if (given?.kind !== 'tensor') throw new InferenceError('the type of the result must be stated');
    if (shape === null) return [tensorType(given.dtype, null)];
    const ratio = dtypes[dtype].bytes / dtypes[given.dtype].bytes;
    const dims: readonly Dim[] = ratio === 1 ? shape : ratio > 1 ? [...shape, ratio] : shape.slice(0, -1);
    return [tensorType(given.dtype, dims)];
  },
  kernels: [...plainTypes, 'bfloat16', 'complex128'],
});

export const Quantize = defineTflOp({
  name: 'quantize',
  builtin: 'QUANTIZE',
  summary: 'Real numbers to quantized ones, or quantized ones to another scale; the result states its type',
  options: {},
  operands: ['input'],
  infer(op): readonly Type[] {
    const given = op.results[0]?.type;
    if (given?.kind !== 'tensor') throw new InferenceError('the type of the result must be stated');
    return [tensorType(given.dtype, tensorAt(op, 0).shape, given.quantization)];
  },
  version(op) {
    const result = op.results[0];
    const output = result?.type.kind === 'tensor' ? result.type.dtype : undefined;
    if (tensorAt(op, 0).dtype === 'int4' || output === 'int4') return 4;
    if (isPerChannel(result)) return 3;
    return output === 'int16' ? 2 : 1;
  },
  kernels: ['float32'],
  quantizedKernels: ['int8', 'uint8', 'int16', 'int32'],
});

export const Dequantize = defineTflOp({
  name: 'dequantize',
  builtin: 'DEQUANTIZE',
  summary: 'Quantized or half-precision numbers to float32',
  options: {},
  operands: ['input'],
  infer(op) {
    return [tensorType('float32', tensorAt(op, 0).shape)];
  },
  version(op) {
    const { dtype } = tensorAt(op, 0);
    if (dtype === 'int4') return 6;
    if (dtype === 'int16' || dtype === 'float16') return 3;
    if (dtype !== 'int8') return 1;
    return isPerChannel(op.operands[0]) ? 5 : 2;
  },
  kernels: ['float16'],
  quantizedKernels: ['int4', 'int8', 'uint8', 'int16'],
});

export const FakeQuant = defineTflOp({
  name: 'fake_quant',
  builtin: 'FAKE_QUANT',
  summary: 'Rounded as quantization to a range would round',
  options: { min: 0, max: 0, num_bits: 8, narrow_range: false },
  operands: ['input'],
  infer: likeOperand(),
  version: (op) => (op.attributes.narrow_range ? 2 : 1),
  kernels: ['float32'],
});

export const Densify = defineTflOp({
  name: 'densify',
  builtin: 'DENSIFY',
  summary: 'A sparse constant in dense form',
  options: {},
  operands: ['input'],
  infer: likeOperand(),
  kernels: ['float32', 'float16', 'int8'],
});
