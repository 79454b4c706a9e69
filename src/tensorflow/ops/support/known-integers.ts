import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { numbersIn, shapeOf } from './types.js';

/** Shapes have few elements; what is longer is data. */
const MAX_ELEMENTS = 64;

/** Vectors are put together in two or three steps. */
const MAX_DEPTH = 6;

/**
 * What is known of the elements of an integer scalar or vector, `null` for each unknown one; undefined where not even
 * their number is known. Sees the constant parts of what Pack and ConcatV2 put together; what is computed from other
 * tensors' shapes is for the pass fold-shape-arithmetic to find.
 */
export function knownIntegers(value: Value | undefined, depth = MAX_DEPTH): readonly Dim[] | undefined {
  if (!value) return undefined;
  const constant = constantOf(value);
  if (constant) {
    if (constant.rank > 1 || constant.size > MAX_ELEMENTS || constant.dtype === 'string') return undefined;
    return numbersIn(constant);
  }
  const shape = shapeOf(value);
  if (shape === null || shape.length > 1) return undefined;
  const count = shape[0] === undefined ? 1 : shape[0];
  const joined = depth > 0 ? joinedParts(value, depth - 1) : undefined;
  if (joined && (count === null || joined.length === count)) return joined;
  return count === null || count > MAX_ELEMENTS ? undefined : new Array<null>(count).fill(null);
}

// Ops are told apart by name: their definitions stand on this file.
function joinedParts(value: Value, depth: number): readonly Dim[] | undefined {
  const op = value.producer;
  if (op?.name === 'tf.Cast' || op?.name === 'tf.Identity') return knownIntegers(op.operand(0), depth);
  if (op?.name !== 'tf.Pack' && op?.name !== 'tf.ConcatV2') return undefined;
  const operands = op.name === 'tf.Pack' ? op.operands : op.operands.slice(0, -1);
  const parts = operands.map((operand) => knownIntegers(operand, depth));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** The same as a shape: null where even the rank is unknown. Negative numbers count as unknown. */
export function knownShape(value: Value | undefined): Shape {
  return knownIntegers(value)?.map((entry) => (entry === null || entry < 0 ? null : entry)) ?? null;
}
