import type { Attributes } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { type Lowered, type Unsupported, unsupported } from '../../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { cast, computeType, unsupportedType } from './lower-elementwise.js';
import { knownTypes, type OpView, productOf } from './types.js';

/** A TFLite op that moves elements. */
interface Move<A extends Attributes> {
  readonly definition: TflOpDefinition<A>;
  /** All operands, those whose elements are moved among them. */
  readonly operands: readonly Value[];
  /** Positions of the operands whose elements are moved; by default only the first. */
  readonly data?: readonly number[];
  readonly options?: Partial<A>;
  /** Types of the results, by default those of the TensorFlow op. */
  readonly types?: readonly Type[];
}

/**
 * One op that moves elements: where its kernel lacks their dtype, they are cast to a wider one and back, exactly.
 * Gives the results in order, or why the kernel refuses.
 */
export function lowerMoved<A extends Attributes>(
  op: OpView,
  build: LoweringBuilder,
  move: Move<A>,
): readonly Value[] | Unsupported {
  const { definition, operands, data = [0], options = {} } = move;
  const types = move.types ?? knownTypes(op.results);
  const main = operands[data[0] ?? 0] as Value;
  const { dtype } = tensorTypeOf(main);
  const carried = computeType(dtype, definition.kernels);
  if (carried === undefined) return unsupportedType(dtype, definition.kernels);
  const inputs = operands.map((operand, i) => (data.includes(i) ? cast(build, operand, carried) : operand));
  const wide = carried === dtype ? types : types?.map((type) => retyped(type, dtype, carried));
  const made = build.op(definition, inputs, options as Partial<A>, wide);
  const limit = definition.kernelLimit?.(made);
  if (limit !== undefined) {
    return unsupported(
      `LiteRT's ${definition.builtin} refuses it: ${limit}`,
      'Merge dimensions with `tf.reshape` before this op, so that fewer are left.',
    );
  }
  return made.results.map((result) => (tensorTypeOf(result).dtype === carried ? cast(build, result, dtype) : result));
}

/** The same for an op of one result. */
export function lowerMovedValue<A extends Attributes>(op: OpView, build: LoweringBuilder, move: Move<A>): Lowered {
  return lowerMoved(op, build, move);
}

function retyped(type: Type, from: DType, to: DType): Type {
  return type.kind === 'tensor' && type.dtype === from ? tensorType(to, type.shape) : type;
}

/** Whether a RESHAPE to `shape` can be written down: at most one dimension is unknown, and no other is 0. */
export function isConstantShape(shape: readonly Dim[]): boolean {
  const free = shape.filter((dim) => dim === null).length;
  return free === 0 || (free === 1 && productOf(shape) !== 0);
}

/** A RESHAPE to a shape with at most one unknown dimension, which the kernel works out. */
export function reshapeTo(build: LoweringBuilder, value: Value, shape: readonly Dim[]): Value {
  const { dtype } = tensorTypeOf(value);
  const target = build.ints(shape.map((dim) => dim ?? -1));
  return build.value(tfl.Reshape, [value, target], {}, [tensorType(dtype, shape)]);
}

/** An integer operand as the int32 that a kernel asks for; constants are rewritten, others cast. */
export function int32(build: LoweringBuilder, value: Value): Value {
  if (tensorTypeOf(value).dtype === 'int32') return value;
  const constant = build.constantOf(value);
  if (constant) return build.constant(toInt32(constant));
  return cast(build, value, 'int32');
}

/** An integer operand as int32 or int64, whichever it is already. */
export function index(build: LoweringBuilder, value: Value): Value {
  const { dtype } = tensorTypeOf(value);
  if (dtype === 'int64' && build.constantOf(value) === undefined) return value;
  return int32(build, value);
}

function toInt32(tensor: Tensor): Tensor {
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  // "To the end" is often written as the largest int64.
  const clamped = values.map((each) => Math.min(Math.max(each, -(2 ** 31)), 2 ** 31 - 1));
  return Tensor.int32(clamped, tensor.shape);
}
