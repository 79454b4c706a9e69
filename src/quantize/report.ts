import type { Location } from '#ir/location.js';
import type { Scheme } from './recipe.js';

/** What an op became. */
export type Applied = 'float32' | 'float16' | 'dynamic' | 'weight-only' | 'int4' | 'int8' | 'int16x8';

/** What became of one op. */
export interface OpQuantization {
  /** TFLite's name of the op: `CONV_2D`. */
  readonly op: string;
  /** Key of its first result, `signature/tensor`. */
  readonly tensor: string;
  readonly location: Location;
  readonly wanted: Scheme;
  readonly applied: Applied;
  /** Why it is not as wanted. */
  readonly reason?: string;
}

export interface QuantizationReport {
  /** Every op that computes with floating-point numbers, in execution order. */
  readonly ops: readonly OpQuantization[];
  /** Ops by what they became. */
  readonly counts: Readonly<Record<Applied, number>>;
  /** QUANTIZE and DEQUANTIZE ops in the model. */
  readonly conversions: number;
}

export function reportOf(ops: readonly OpQuantization[], conversions: number): QuantizationReport {
  const counts = { float32: 0, float16: 0, dynamic: 0, 'weight-only': 0, int4: 0, int8: 0, int16x8: 0 };
  for (const { applied } of ops) counts[applied]++;
  return { ops, counts, conversions };
}
