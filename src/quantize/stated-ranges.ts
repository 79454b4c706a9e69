import type { Value } from '#ir/graph.js';

/** The range of real numbers that a quantization-aware model states for a value. */
export interface StatedRange {
  /** The least and the greatest number of the grid that it was trained with, on which zero is. */
  readonly min: number;
  readonly max: number;
  /** Bits of the integers that it was trained for. */
  readonly bits: number;
  /** Whether the least integer is left out: −127 to 127. */
  readonly narrow: boolean;
}

/**
 * The ranges that the model itself states, by the float32 value that they are for; `recogniseStatedRanges` fills it.
 * Values that later passes replace are no longer found here, so it is read before the module is changed further.
 */
export type StatedRanges = Map<Value, StatedRange>;
