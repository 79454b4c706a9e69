import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { Transpose } from '../ops/shape.js';

/** The constant permutation of a TRANSPOSE, its axes counted from the front; undefined for anything else. */
export function permutationOf(op: Op | undefined): readonly number[] | undefined {
  const tensor = op?.is(Transpose) ? constantOf(op.operand(1)) : undefined;
  return tensor && Array.from(tensor.data as Int32Array, (axis) => (axis < 0 ? axis + tensor.size : axis));
}
