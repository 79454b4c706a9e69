import type { Value } from '#ir/graph.js';
import type { Dimension } from './dimension.js';

/** What the rules may ask. */
export interface Facts {
  /** The symbolic shape; undefined where the rank is unknown. */
  shapeOf(value: Value | undefined): readonly Dimension[] | undefined;
  /**
   * The elements of a small integer tensor of rank 0 or 1 where they are sizes; an element is undefined where it is
   * not known to be one, the whole where nothing is known.
   */
  contentOf(value: Value | undefined): readonly (Dimension | undefined)[] | undefined;
  /** The elements of a constant integer tensor as numbers. */
  integersOf(value: Value | undefined): readonly number[] | undefined;
}
