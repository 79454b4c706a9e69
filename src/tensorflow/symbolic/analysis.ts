import { constantOf } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { isInteger } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';
import { contentRules } from './content-rules.js';
import { constantDimension, type Dimension, freshDimension, knownSize } from './dimension.js';
import type { Facts } from './facts.js';
import { shapeRules } from './shape-rules.js';

/** Integer tensors up to this many elements are followed: shapes, sizes, positions. */
const MAX_CONTENT = 32;

/**
 * Follows sizes through a region symbolically: an unknown dimension of an argument is a symbol, and what is computed
 * from it (by Shape, slices, products …) are products of symbols. Everything that it says holds at every run. One
 * forward walk, linear in the ops.
 */
export class SymbolicShapes implements Facts {
  readonly #shapes = new Map<Value, readonly Dimension[] | undefined>();
  readonly #contents = new Map<Value, readonly (Dimension | undefined)[]>();

  constructor(region: Region) {
    for (const arg of region.args) this.#shapes.set(arg, named(arg, undefined));
    for (const op of region.ops()) this.#visit(op);
  }

  shapeOf(value: Value | undefined): readonly Dimension[] | undefined {
    return value && this.#shapes.get(value);
  }

  contentOf(value: Value | undefined): readonly (Dimension | undefined)[] | undefined {
    return value && this.#contents.get(value);
  }

  integersOf(value: Value | undefined): readonly number[] | undefined {
    const tensor = constantOf(value);
    return tensor && integers(tensor);
  }

  #visit(op: Op): void {
    const shapes = shapeRules.get(op.name)?.(op, this);
    op.results.forEach((value, i) => {
      this.#shapes.set(value, named(value, shapes?.[i]));
    });
    const [result] = op.results;
    const constant = constantOf(result);
    if (constant) {
      const values = integers(constant);
      if (values && result)
        this.#contents.set(
          result,
          values.map((value) => (value < 0 ? undefined : constantDimension(value))),
        );
      return;
    }
    const contents = contentRules.get(op.name)?.(op, this);
    op.results.forEach((value, i) => {
      const content = contents?.[i];
      if (content && isVectorOf(value, content.length)) this.#contents.set(value, content.map(inRange));
    });
  }

  /** `value`, made after the walk, stands for `original`: all that is known of it holds. */
  replaced(original: Value, value: Value): void {
    if (this.#shapes.has(value)) return;
    this.#shapes.set(value, this.#shapes.get(original));
    const content = this.#contents.get(original);
    if (content) this.#contents.set(value, content);
  }
}

/** Whether it is a short vector, or a scalar, of the integers that sizes are computed in. */
function isVectorOf({ type }: Value, length: number): boolean {
  if (type.kind !== 'tensor' || (type.dtype !== 'int32' && type.dtype !== 'int64')) return false;
  const [size] = type.shape ?? [null];
  if (type.shape === null || type.shape.length > 1 || length > MAX_CONTENT) return false;
  return type.shape.length === 0 ? length === 1 : size === null || size === length;
}

/** Sizes beyond int32 wrap around there, and no tensor has them. */
function inRange(dimension: Dimension | undefined): Dimension | undefined {
  return dimension && dimension.coefficient < 2 ** 31 ? dimension : undefined;
}

/** The dimensions of the type, unknown ones as `shape` has them or else as fresh symbols. */
function named(value: Value, shape: readonly (Dimension | undefined)[] | undefined): readonly Dimension[] | undefined {
  const { type } = value;
  if (type.kind !== 'tensor') return undefined;
  if (type.shape === null) return shape?.map((dimension) => dimension ?? freshDimension());
  const usable = shape?.length === type.shape.length ? shape : undefined;
  return type.shape.map((size, i) => (size === null ? (usable?.[i] ?? freshDimension()) : constantDimension(size)));
}

function integers(tensor: Tensor): readonly number[] | undefined {
  if (!isInteger(tensor.dtype) || tensor.rank > 1 || tensor.size > MAX_CONTENT) return undefined;
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** All sizes as numbers, `null` for those that are not. */
export function knownSizes(shape: readonly Dimension[] | undefined): readonly (number | null)[] | undefined {
  return shape?.map((dimension) => knownSize(dimension) ?? null);
}
