import { constantOf } from '#ir/constant.js';
import { loopOf, regionInputs } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { isInteger } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';
import { contentRules } from './content-rules.js';
import { constantDimension, type Dimension, freshDimension, knownSize, sameDimension } from './dimension.js';
import type { Facts } from './facts.js';
import { shapeRules } from './shape-rules.js';

/** Integer tensors up to this many elements are followed: shapes, sizes, positions. */
const MAX_CONTENT = 32;

/**
 * Follows sizes through a region symbolically: an unknown dimension of an argument is a symbol, and what is computed
 * from it (by Shape, slices, products …) are products of symbols. Everything that it says holds at every run. One
 * forward walk, linear in the ops; the bodies of loops are walked until what they carry is seen to keep its sizes.
 */
export class SymbolicShapes implements Facts {
  readonly #shapes = new Map<Value, readonly Dimension[] | undefined>();
  readonly #contents = new Map<Value, readonly (Dimension | undefined)[]>();

  constructor(region: Region) {
    for (const arg of region.args) this.#shapes.set(arg, named(arg, undefined));
    this.#walk(region);
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

  #walk(region: Region): void {
    for (const op of region.ops()) this.#visit(op);
  }

  #visit(op: Op): void {
    if (op.regions.length > 0) {
      this.#control(op);
      return;
    }
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
      // In a body that is walked again, less may be known than before.
      else this.#contents.delete(value);
    });
  }

  #control(op: Op): void {
    const { control } = op.definition;
    const inputs = control ? regionInputs(op) : [];
    const shapes = inputs.map((input) => this.shapeOf(input));
    if (control === 'loop') {
      const given = this.#loop(op, shapes);
      op.results.forEach((result, i) => {
        this.#shapes.set(result, named(result, given[i]));
      });
      return;
    }
    for (const region of op.regions) this.#enter(region, shapes, inputs);
    op.results.forEach((result, i) => {
      const given = op.regions.map((region) => this.shapeOf(region.outputs[i]));
      this.#shapes.set(result, named(result, control && given.reduce(commonShape)));
    });
  }

  /** The shapes of a loop's results: sizes that no round changes are those that come in. */
  #loop(op: Op, shapes: readonly (readonly Dimension[] | undefined)[]): readonly (readonly Dimension[] | undefined)[] {
    const { condition, body } = loopOf(op);
    const handedOn = op.operands.map((operand, i) => (body.outputs[i] === body.args[i] ? operand : undefined));
    const carried = shapes.map((shape) => shape && [...shape]);
    const varying = carried.map(() => new Set<number>());
    for (let changed = true; changed; ) {
      changed = false;
      this.#enter(body, carried, handedOn);
      body.outputs.forEach((output, i) => {
        const before = this.shapeOf(body.args[i]);
        const after = this.shapeOf(output);
        before?.forEach((dimension, k) => {
          if (varying[i]?.has(k) || sameDimension(dimension, after?.[k])) return;
          varying[i]?.add(k);
          carried[i]?.splice(k, 1, freshDimension());
          changed = true;
        });
      });
    }
    this.#enter(condition, carried, handedOn);
    return carried.map((shape, i) => shape?.map((dimension, k) => (varying[i]?.has(k) ? freshDimension() : dimension)));
  }

  /** Walks a region whose arguments have these shapes, and the contents of these values of outside. */
  #enter(
    region: Region,
    shapes: readonly (readonly Dimension[] | undefined)[],
    same: readonly (Value | undefined)[],
  ): void {
    region.args.forEach((arg, i) => {
      this.#shapes.set(arg, named(arg, shapes[i]));
      const content = this.contentOf(same[i]);
      if (content) this.#contents.set(arg, content);
      else this.#contents.delete(arg);
    });
    this.#walk(region);
  }

  /** `value`, made after the walk, stands for `original`: all that is known of it holds. */
  replaced(original: Value, value: Value): void {
    if (this.#shapes.has(value)) return;
    this.#shapes.set(value, this.#shapes.get(original));
    const content = this.#contents.get(original);
    if (content) this.#contents.set(value, content);
  }
}

/** The sizes that both have; of those that differ nothing is known. */
function commonShape(
  a: readonly Dimension[] | undefined,
  b: readonly Dimension[] | undefined,
): readonly Dimension[] | undefined {
  if (!a || a.length !== b?.length) return undefined;
  return a.map((dimension, i) => (sameDimension(dimension, b[i]) ? dimension : freshDimension()));
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
