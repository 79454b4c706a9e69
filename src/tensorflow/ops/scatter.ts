import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { type Combine, scatter } from '#tensor/kernels/gather.js';
import { full, zeros } from '#tensor/kernels/sequence.js';
import { isStatic } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { allKnown, worthFolding } from './support/folding.js';
import { knownShape } from './support/known-integers.js';
import { broadcast, cast, computeType, runtimeShape, unsupportedType } from './support/lower-elementwise.js';
import { index, int32, lowerMovedValue, reshapeTo } from './support/lower-moved.js';
import { numbersIn, type OpView, shapeOf, typeOf, unknownDims, vectorLength } from './support/types.js';

export const ScatterNd = defineTfOp({
  name: 'ScatterNd',
  summary: 'Zeros of a shape with `updates` added at `indices`',
  operands: ['indices', 'updates', 'shape'],
  attributes: { T: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => {
    const target = op.operand(2);
    return [typeOf(op.attributes.T, knownShape(target) ?? unknownDims(vectorLength(target)))];
  },
  fold: (_, operands) => {
    if (!allKnown(operands)) return undefined;
    const [indices, updates, target] = operands as [Tensor, Tensor, Tensor];
    const shape = numbersIn(target);
    if (updates.dtype === 'string' || !worthFolding(updates.dtype, shape, operands)) return undefined;
    const result = scatter(zeros(updates.dtype, shape), indices, updates, 'add');
    return result && [result];
  },
  lower: (op, build) => {
    const [indices, updates, target] = op.operands as [Value, Value, Value];
    return lowerMovedValue(op, build, {
      definition: tfl.ScatterNd,
      operands: [int32(build, indices), updates, int32(build, target)],
      data: [1],
    });
  },
});

export const SparseToDense = defineTfOp({
  name: 'SparseToDense',
  summary: 'A shape filled with a default, with values put at places',
  operands: ['sparse_indices', 'output_shape', 'sparse_values', 'default_value'],
  results: ['dense'],
  attributes: { validate_indices: attr.bool(true), T: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => {
    const target = op.operand(1);
    return [typeOf(op.attributes.T, knownShape(target) ?? unknownDims(vectorLength(target)))];
  },
  lower: (op, build) => {
    const [indices, target, values, fallback] = op.operands as [Value, Value, Value, Value];
    if ((shapeOf(op.result())?.length ?? 0) > 4) {
      return unsupported('SPARSE_TO_DENSE makes at most 4 dimensions', 'Use `tf.scatter_nd`, or merge dimensions.');
    }
    return lowerMovedValue(op, build, {
      definition: tfl.SparseToDense,
      operands: [index(build, indices), index(build, target), values, fallback],
      data: [2, 3],
    });
  },
});

/** Tensor, indices and updates in types that the kernels take; and how to get the result back to its own. */
interface Prepared {
  readonly tensor: Value;
  readonly indices: Value;
  readonly updates: Value;
  readonly shape: Value;
}

type Write = (parts: Prepared, op: OpView, build: LoweringBuilder) => Value | Unsupported;

function tensorScatter(name: string, combine: Combine, summary: string, write: Write) {
  return defineTfOp({
    name,
    summary,
    operands: ['tensor', 'indices', 'updates'],
    attributes: { T: attr.dtype(), Tindices: attr.dtype() },
    infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
    fold: (_, operands) => {
      if (!allKnown(operands)) return undefined;
      const result = scatter(operands[0] as Tensor, operands[1] as Tensor, operands[2] as Tensor, combine);
      return result && [result];
    },
    lower: (op, build) => lowerScatter(op.operands as [Value, Value, Value], op, build, write),
  });
}

function lowerScatter(
  [tensor, indices, updates]: readonly [Value, Value, Value],
  op: OpView,
  build: LoweringBuilder,
  write: Write,
): Value | Unsupported {
  const { dtype } = tensorTypeOf(tensor);
  const dtypes = ['float32', 'int32', 'int64'] as const;
  const carried = computeType(dtype, dtypes);
  if (carried === undefined) return unsupportedType(dtype, dtypes);
  const wide = cast(build, tensor, carried);
  const parts = {
    tensor: wide,
    indices: int32(build, indices),
    updates: cast(build, updates, carried),
    shape: runtimeShape(build, wide),
  };
  const result = write(parts, op, build);
  return 'type' in result ? cast(build, result, dtype) : result;
}

function scattered({ indices, shape, tensor }: Prepared, updates: Value, build: LoweringBuilder): Value {
  const type = tensorType(tensorTypeOf(updates).dtype, shapeOf(tensor));
  return build.value(tfl.ScatterNd, [indices, updates, shape], {}, [type]);
}

const replace: Write = (parts, _, build) => {
  // Not a sum with what is masked out: that would spread infinities, and add up updates of one place.
  const shape = shapeOf(parts.updates);
  const yes = Tensor.from('bool', [], Uint8Array.of(1));
  const flags = isStatic(shape)
    ? build.constant(full(shape, yes))
    : build.value(tfl.Fill, [runtimeShape(build, parts.updates), build.constant(yes)]);
  const operands = [scattered(parts, flags, build), scattered(parts, parts.updates, build), parts.tensor];
  return build.value(tfl.SelectV2, broadcast(build, operands, 8, shapeOf(parts.tensor)));
};

const add: Write = (parts, _, build) => build.value(tfl.Add, [parts.tensor, scattered(parts, parts.updates, build)]);

const subtract: Write = (parts, _, build) =>
  build.value(tfl.Sub, [parts.tensor, scattered(parts, parts.updates, build)]);

export const TensorScatterUpdate = tensorScatter(
  'TensorScatterUpdate',
  'update',
  'A tensor with slices replaced',
  replace,
);
export const TensorScatterAdd = tensorScatter('TensorScatterAdd', 'add', 'A tensor with slices added', add);
export const TensorScatterSub = tensorScatter('TensorScatterSub', 'sub', 'A tensor with slices subtracted', subtract);

/** Rows that indices of depth 1 name are segments: of those that none names, the kernel gives the neutral value. */
function byRows(segment: TflOpDefinition, join: TflOpDefinition): Write {
  return ({ tensor, indices, updates }, op, build) => {
    const shape = shapeOf(tensor);
    const places = shapeOf(indices);
    const { dtype } = tensorTypeOf(tensor);
    const rows = shape?.[0];
    if (places?.at(-1) !== 1 || !isStatic(places) || typeof rows !== 'number' || dtype === 'int64') {
      return unsupported(
        'TFLite combines updates in this way only along the first dimension, of float32 or int32',
        'Use `tf.tensor_scatter_nd_update` if no place is named twice, or indices of the first dimension only.',
      );
    }
    const ids = reshapeTo(build, indices, places.slice(0, -1));
    return build.value(join, [tensor, build.value(segment, [updates, ids, build.int(rows)])], {}, [
      tensorType(dtype, shapeOf(op.result())),
    ]);
  };
}

export const TensorScatterMax = tensorScatter(
  'TensorScatterMax',
  'max',
  'A tensor with the maximum of its slices and the updates',
  byRows(tfl.UnsortedSegmentMax, tfl.Maximum),
);

export const TensorScatterMin = tensorScatter(
  'TensorScatterMin',
  'min',
  'A tensor with the minimum of its slices and the updates',
  byRows(tfl.UnsortedSegmentMin, tfl.Minimum),
);

/** Rows of a variable: read, changed, written. */
function resourceScatter(name: string, summary: string, write: Write) {
  return defineTfOp({
    name,
    summary,
    operands: ['resource', 'indices', 'updates'],
    results: [],
    sideEffects: true,
    attributes: { dtype: attr.dtype(), Tindices: attr.dtype() },
    infer: () => [],
    lower: (op, build) => {
      const [handle, rows, updates] = op.operands as [Value, Value, Value];
      const places = shapeOf(rows);
      const shape = handle.type.kind === 'resource' ? handle.type.value?.shape : undefined;
      if (!isStatic(places) || !shape || shapeOf(updates)?.length !== places.length + shape.length - 1) {
        return unsupported(
          'TFLite changes rows of a variable whose number is known, each by a row of its own',
          'Give the indices a fixed shape, and `updates` the shape of the indices followed by that of a row.',
        );
      }
      const value = build.value(tfl.ReadVariable, [handle], {}, [typeOf(op.attributes.dtype, shape)]);
      const indices = reshapeTo(build, rows, [...places, 1]);
      const next = lowerScatter([value, indices, updates], op, build, write);
      if (!('type' in next)) return next;
      build.op(tfl.AssignVariable, [handle, next]);
      return [];
    },
  });
}

export const ResourceScatterUpdate = resourceScatter('ResourceScatterUpdate', 'Replaces rows of a variable', replace);
export const ResourceScatterAdd = resourceScatter('ResourceScatterAdd', 'Adds to rows of a variable', add);
export const ResourceScatterSub = resourceScatter('ResourceScatterSub', 'Subtracts from rows of a variable', subtract);
