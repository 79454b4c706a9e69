import type { ErrorFigures } from './error-statistics.js';
import type { Storage } from './real-values.js';

/** What quantization cost at one op of the quantized model. */
export interface LayerError {
  readonly signature: string;
  /** TFLite's name of the op. */
  readonly op: string;
  /** Its place among the operators of the quantized model's subgraph. */
  readonly index: number;
  /** The result, in the quantized and in the float model. */
  readonly tensor: string;
  readonly floatTensor: string;
  /** How the quantized model stores the result. */
  readonly dtype: Storage['dtype'];
  /** The error of the result when the whole quantized model runs: what this op and all before it did. */
  readonly total: ErrorFigures;
  /**
   * What this op itself does: the error of its result when it and its float counterpart run alone on the same inputs,
   * the float model's values rounded as the quantized model stores them. That is the error of its weights, its integer
   * arithmetic and the rounding of its result; the rounding of what it takes is its producers'. Undefined where the op
   * could not be run so.
   */
  readonly local: ErrorFigures | undefined;
  /** The error of storing the float model's result as the quantized model stores it, whatever computed it. */
  readonly rounding: ErrorFigures;
  /**
   * By what the model is sorted: error to signal power that this op adds. `local.noise`; without it, by how much
   * `total.noise` is above that of the noisiest input.
   */
  readonly damage: number;
  /**
   * Share of the squared error at this result that goes if this op computes with float32, an estimate: squared error
   * of `local` to that of `total`, at most 1. Errors of ops before it stay, as do those that ops behind it add.
   */
  readonly floatGain: number | undefined;
  /** The same if only the result is stored in int16 rather than 8 bits: the lesser of `local` and `rounding`. */
  readonly int16Gain: number | undefined;
  /** Why it computes with floats, if it does. */
  readonly whyFloat: string | undefined;
}

/** An op about which nothing can be said. */
export interface UnmatchedOp {
  readonly signature: string;
  readonly op: string;
  readonly index: number;
  readonly tensor: string;
  readonly reason: string;
}

export interface DebugReport {
  /** Worst first. */
  readonly layers: readonly LayerError[];
  readonly unmatched: readonly UnmatchedOp[];
  /** Samples that were run, by signature. */
  readonly samples: Readonly<Record<string, number>>;
  /** What the report lacks, and why. */
  readonly notes: readonly string[];
}

/** By damage, the worst first; of equals, the first in the model. */
export function byDamage(a: LayerError, b: LayerError): number {
  if (a.damage === b.damage) return a.index - b.index;
  return b.damage > a.damage ? 1 : -1;
}
