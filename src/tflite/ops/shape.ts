import { constantOf } from '#ir/constant.js';
import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { broadcastShapes, type Dim, type Shape as Dims, formatShape, isStatic } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeOfElementType } from './element-type.js';
import { dtypeAt, moved, normalizeAxis, product, tensorAt } from './infer.js';
import { indexTypes, plainTypes, quantizedTypes } from './kernel-types.js';
import { integersOf, knownIntegers } from './known-integers.js';
import { rankAt, versionByDtype } from './versions.js';

const anyType: readonly DType[] = [...plainTypes, 'bfloat16', 'int4', 'string', 'complex128'];
const sameScale = [{ kind: 'sameScale' }] as const;
const noNumbers: readonly number[] = [];

export const Reshape = defineTflOp({
  name: 'reshape',
  builtin: 'RESHAPE',
  summary: 'The same elements under another shape, in which one dimension may be −1',
  options: { new_shape: noNumbers },
  operands: ['input', 'shape?'],
  infer(op) {
    const input = tensorAt(op, 0);
    const wanted = op.operands[1] ? knownIntegers(op.operands[1]) : op.attributes.new_shape;
    return [moved(input, wanted ? reshaped(input.shape, wanted) : null)];
  },
  kernels: anyType,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'] },
  quantization: sameScale,
});

/** The shape that RESHAPE gives; `wanted` has −1 where the kernel works it out, null where it is not known here. */
function reshaped(input: Dims, wanted: readonly Dim[]): Dims {
  const count = input === null ? null : product(input);
  const free = wanted.findIndex((dim) => dim === -1 || dim === null);
  const shape: Dim[] = wanted.map((dim) => (dim === -1 ? null : dim));
  const rest = product(shape.filter((_, i) => i !== free));
  if (count !== null && free >= 0 && rest !== null && rest > 0) {
    if (count % rest !== 0) throw new InferenceError(`${count} elements do not fit ${formatShape(shape)}`);
    shape[free] = count / rest;
  }
  if (count !== null && free < 0 && count !== rest) {
    throw new InferenceError(`${formatShape(input)} has ${count} elements, ${formatShape(shape)} ${rest}`);
  }
  return shape;
}

export const Squeeze = defineTflOp({
  name: 'squeeze',
  builtin: 'SQUEEZE',
  summary: 'Without the named dimensions of size 1, or without all of them',
  options: { squeeze_dims: noNumbers },
  operands: ['input'],
  infer(op) {
    const input = tensorAt(op, 0);
    const { squeeze_dims } = op.attributes;
    const { shape } = input;
    if (shape === null) return [moved(input, null)];
    if (squeeze_dims.length === 0) return [moved(input, isStatic(shape) ? shape.filter((dim) => dim !== 1) : null)];
    const gone = new Set(squeeze_dims.map((axis) => normalizeAxis(axis, shape.length)));
    for (const axis of gone) {
      const dim = shape[axis];
      if (dim !== 1 && dim !== null) throw new InferenceError(`dimension ${axis} of ${formatShape(shape)} is not 1`);
    }
    return [
      moved(
        input,
        shape.filter((_, i) => !gone.has(i)),
      ),
    ];
  },
  version: versionByDtype({ string: 2 }),
  kernels: anyType,
  quantizedKernels: quantizedTypes,
  kernelLimit: (op) => (rankAt(op, 0) > 8 ? 'it takes at most 8 dimensions' : undefined),
  quantization: sameScale,
});

export const ExpandDims = defineTflOp({
  name: 'expand_dims',
  builtin: 'EXPAND_DIMS',
  summary: 'With a dimension of size 1 before `dim`',
  options: {},
  operands: ['input', 'dim'],
  infer(op) {
    const input = tensorAt(op, 0);
    const { shape } = input;
    if (shape === null) return [moved(input, null)];
    const axis = knownIntegers(op.operands[1])?.[0];
    if (typeof axis !== 'number') return [moved(input, new Array<null>(shape.length + 1).fill(null))];
    return [moved(input, shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, 1))];
  },
  kernels: anyType,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes },
  quantization: sameScale,
});

export const Shape = defineTflOp({
  name: 'shape',
  builtin: 'SHAPE',
  summary: 'The shape as a vector',
  options: { out_type: 'INT32' },
  operands: ['input'],
  infer(op) {
    const { shape } = tensorAt(op, 0);
    return [tensorType(dtypeOfElementType(op.attributes.out_type) ?? 'int32', [shape === null ? null : shape.length])];
  },
  kernels: anyType,
  quantizedKernels: quantizedTypes,
  quantization: sameScale,
});

export const Rank = defineTflOp({
  name: 'rank',
  builtin: 'RANK',
  summary: 'The number of dimensions, a scalar',
  options: {},
  operands: ['input'],
  infer: () => [tensorType('int32', [])],
  kernels: anyType,
  quantizedKernels: quantizedTypes,
  quantization: sameScale,
});

export const Transpose = defineTflOp({
  name: 'transpose',
  builtin: 'TRANSPOSE',
  summary: 'Dimensions in another order',
  options: {},
  operands: ['input', 'perm'],
  infer(op) {
    const input = tensorAt(op, 0);
    const { shape } = input;
    if (shape === null) return [moved(input, null)];
    const perm = constantOf(op.operands[1]);
    if (!perm)
      return [
        moved(
          input,
          shape.map(() => null),
        ),
      ];
    if (perm.size !== shape.length)
      throw new InferenceError(`perm has ${perm.size} elements for ${formatShape(shape)}`);
    return [
      moved(
        input,
        integersOf(perm).map((axis) => shape[normalizeAxis(axis, shape.length)] ?? null),
      ),
    ];
  },
  version(op) {
    const dtype = dtypeAt(op, 0);
    const rank = rankAt(op, 0);
    if (dtype === 'float16') return 9;
    if (rank > 6 || dtype === 'bfloat16') return 8;
    if (dtype === 'int4') return 7;
    if (rank > 5) return 6;
    if (dtype === 'int16') return 5;
    if (rank > 4) return 4;
    return versionByDtype({ bool: 3, int8: 2 })(op);
  },
  kernels: [...plainTypes, 'bfloat16', 'int4'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'] },
  kernelLimit: (op) => (rankAt(op, 0) > 8 ? 'it takes at most 8 dimensions' : undefined),
  quantization: sameScale,
});

export const BroadcastTo = defineTflOp({
  name: 'broadcast_to',
  builtin: 'BROADCAST_TO',
  summary: 'Repeated to a shape by NumPy broadcasting',
  options: {},
  operands: ['input', 'shape'],
  infer(op) {
    const input = tensorAt(op, 0);
    const wanted = knownIntegers(op.operands[1]);
    if (!wanted) return [moved(input, null)];
    const shape = wanted.includes(null) ? wanted : broadcastShapes(input.shape, wanted);
    if (shape === undefined) {
      throw new InferenceError(`${formatShape(input.shape)} does not broadcast to ${formatShape(wanted)}`);
    }
    return [moved(input, shape ?? wanted)];
  },
  // Version 1 was withdrawn.
  version: (op) => Math.max(2, versionByDtype({ int8: 3, int16: 3 })(op)),
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes },
  quantization: sameScale,
});

export const BroadcastArgs = defineTflOp({
  name: 'broadcast_args',
  builtin: 'BROADCAST_ARGS',
  summary: 'The shape to which two shapes broadcast',
  options: {},
  operands: ['shape0', 'shape1'],
  infer(op): readonly Type[] {
    const lengths = [0, 1].map((i) => tensorAt(op, i).shape?.[0] ?? null);
    const [a = null, b = null] = lengths;
    return [tensorType(tensorAt(op, 0).dtype, [a === null || b === null ? null : Math.max(a, b)])];
  },
  kernels: indexTypes,
  operandKernels: { 1: indexTypes },
});

export const Tile = defineTflOp({
  name: 'tile',
  builtin: 'TILE',
  summary: 'Repeated along each dimension',
  options: {},
  operands: ['input', 'multiples'],
  infer(op) {
    const input = tensorAt(op, 0);
    const { shape } = input;
    const multiples = knownIntegers(op.operands[1]);
    if (shape === null) return [moved(input, multiples ? multiples.map(() => null) : null)];
    return [
      moved(
        input,
        shape.map((dim, i) => product([dim, multiples?.[i] ?? null])),
      ),
    ];
  },
  version: versionByDtype({ int8: 3, string: 2 }),
  kernels: [...plainTypes, 'string'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes },
  quantization: sameScale,
});

export const ReverseV2 = defineTflOp({
  name: 'reverse_v2',
  builtin: 'REVERSE_V2',
  summary: 'Reversed along adjoining axes',
  options: {},
  operands: ['input', 'axis'],
  infer(op) {
    const input = tensorAt(op, 0);
    return [moved(input, input.shape)];
  },
  version: versionByDtype({ int8: 3, bool: 2 }),
  kernels: ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'] },
  kernelLimit: (op) => (rankAt(op, 0) > 8 ? 'it takes at most 8 dimensions' : undefined),
  quantization: sameScale,
});

export const ReverseSequence = defineTflOp({
  name: 'reverse_sequence',
  builtin: 'REVERSE_SEQUENCE',
  summary: 'The first `seq_lengths[b]` elements along `seq_dim` reversed, for each b along `batch_dim`',
  options: { seq_dim: 0, batch_dim: 0 },
  operands: ['input', 'seq_lengths'],
  infer(op) {
    const input = tensorAt(op, 0);
    return [moved(input, input.shape)];
  },
  kernels: ['float32', 'uint8', 'int16', 'int32', 'int64'],
  operandKernels: { 1: indexTypes },
});
