import {
  type ActivationType,
  type Affine,
  affineOf,
  type Range,
  rangeOf,
  sameAffine,
  symmetricAffineOf,
  unite,
} from '../affine.js';

/** How much coarser values may become that share their scale with others: by one bit. */
const MOST_COARSENING = 2;

/** Places in a model whose numbers share element type, scale and zero point. A node of a union-find forest. */
export class ScaleSet {
  readonly dtype: ActivationType;
  #parent: ScaleSet | undefined;
  #range: Range | undefined;
  #fixed: Affine | undefined;
  #symmetric = false;
  #affine: Affine | undefined;

  constructor(dtype: ActivationType, range?: Range, fixed?: Affine) {
    this.dtype = dtype;
    this.#range = range;
    this.#fixed = fixed;
  }

  #root(): ScaleSet {
    let root: ScaleSet = this;
    while (root.#parent) root = root.#parent;
    for (let node: ScaleSet = this; node.#parent; ) {
      const next: ScaleSet = node.#parent;
      node.#parent = root;
      node = next;
    }
    return root;
  }

  get range(): Range | undefined {
    return this.#root().#range;
  }

  /** The scale and zero point; to be asked for once all sets are joined. A set of which no range is known has scale 1. */
  get affine(): Affine {
    const root = this.#root();
    root.#affine ??= root.#fixed ?? root.#chosen();
    return root.#affine;
  }

  #chosen(): Affine {
    const range = this.#range ?? { min: 0, max: 0 };
    return this.#symmetric ? symmetricAffineOf(range, this.dtype) : affineOf(range, this.dtype);
  }

  /** Makes the zero point 0; gives whether it can be. */
  makeSymmetric(): boolean {
    const root = this.#root();
    if (root.#fixed && root.#fixed.zeroPoint !== 0) return false;
    root.#symmetric = true;
    return true;
  }

  isOneWith(other: ScaleSet): boolean {
    return this.#root() === other.#root();
  }

  /** Whether both may have one scale: not where a kernel fixed it for one of them and the other lies outside. */
  fits(other: ScaleSet): boolean {
    const a = this.#root();
    const b = other.#root();
    if (a === b) return true;
    if (a.dtype !== b.dtype) return false;
    if (a.#fixed && b.#fixed) return sameAffine(a.#fixed, b.#fixed);
    if (a.#fixed) return b.#canTake(a.#fixed);
    return !b.#fixed || a.#canTake(b.#fixed);
  }

  /** Whether the other set, joined, would have a much greater scale. */
  coarsens(other: ScaleSet): boolean {
    const range = other.range;
    const joint = unite(this.range, range);
    if (!range || !joint || this.isOneWith(other) || other.#root().#fixed) return false;
    const { scale } = affineOf(range, other.dtype);
    return affineOf(joint, other.dtype).scale > MOST_COARSENING * scale;
  }

  #canTake(fixed: Affine): boolean {
    return (!this.#symmetric || fixed.zeroPoint === 0) && lies(this.#range, fixed, this.dtype);
  }

  /** Makes one set of both, which must fit. */
  join(other: ScaleSet): void {
    const a = this.#root();
    const b = other.#root();
    if (a === b) return;
    if (!this.fits(other)) throw new Error('sets of different fixed scales are joined');
    b.#parent = a;
    a.#range = unite(a.#range, b.#range);
    a.#fixed ??= b.#fixed;
    a.#symmetric ||= b.#symmetric;
  }
}

/** Whether a range lies in what a scale can express, up to one step. */
function lies(range: Range | undefined, fixed: Affine, dtype: ActivationType): boolean {
  if (!range) return true;
  const { min, max } = rangeOf(fixed, dtype);
  return range.min >= min - fixed.scale && range.max <= max + fixed.scale;
}
