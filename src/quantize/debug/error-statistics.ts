import type { Tensor } from '#tensor/tensor.js';
import { limits } from '../affine.js';
import type { Storage } from './real-values.js';

/** How far a tensor of the quantized model is from that of the float model, over all elements of all samples. */
export interface ErrorFigures {
  readonly elements: number;
  /** Signal to noise, in decibels: 10·log10(Σfloat² / Σerror²). Infinite without any error. */
  readonly sqnr: number;
  /** Σerror² / Σfloat²: what `sqnr` is the logarithm of. */
  readonly noise: number;
  /** Mean of quantized − float: a bias, not a distance. */
  readonly meanError: number;
  readonly maxError: number;
  /** Cosine of the angle between the two, 1 where both are zero throughout. */
  readonly cosine: number;
  /** Share of the elements at either end of the integer range; behind a ReLU that is where its zeros are. */
  readonly saturated: number;
  /** Share of the elements whose float value lies outside of what the integers can express. */
  readonly clipped: number;
}

/** Sums over the elements of a tensor, sample by sample; those of parts of the data can be merged. */
export class ErrorStatistics {
  #elements = 0;
  #signal = 0;
  #noise = 0;
  #error = 0;
  #maxError = 0;
  #product = 0;
  #power = 0;
  #saturated = 0;
  #clipped = 0;

  /** `actual` is stored as `storage` says, `expected` is float32 and of the same size. */
  add(expected: Tensor, actual: Tensor, storage: Storage): void {
    const wanted = expected.data as Float32Array;
    const given = actual.data as Float32Array;
    if (wanted.length !== given.length) throw new Error(`${wanted.length} elements against ${given.length}`);
    const integer = storage.dtype === 'float32' ? undefined : storage;
    const scale = integer?.scale ?? 1;
    const zeroPoint = integer?.zeroPoint ?? 0;
    const { min, max } = integer
      ? limits[integer.dtype]
      : { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
    // Half a step outside is what rounding takes back.
    const least = (min - 0.5 - zeroPoint) * scale;
    const greatest = (max + 0.5 - zeroPoint) * scale;
    this.#elements += wanted.length;
    for (let i = 0; i < wanted.length; i++) {
      const x = wanted[i] as number;
      const raw = given[i] as number;
      // As DEQUANTIZE computes it.
      const y = Math.fround((raw - zeroPoint) * scale);
      // Infinities that both have are no error; their difference would not be a number.
      const error = x === y ? 0 : y - x;
      this.#signal += x * x;
      this.#power += y * y;
      this.#product += x * y;
      this.#error += error;
      this.#noise += error * error;
      const distance = Math.abs(error);
      if (distance > this.#maxError || Number.isNaN(distance)) this.#maxError = distance;
      if (raw <= min || raw >= max) this.#saturated++;
      if (x < least || x > greatest) this.#clipped++;
    }
  }

  merge(other: ErrorStatistics): void {
    this.#elements += other.#elements;
    this.#signal += other.#signal;
    this.#noise += other.#noise;
    this.#error += other.#error;
    this.#maxError = Math.max(this.#maxError, other.#maxError);
    this.#product += other.#product;
    this.#power += other.#power;
    this.#saturated += other.#saturated;
    this.#clipped += other.#clipped;
  }

  get elements(): number {
    return this.#elements;
  }

  /** Σerror². */
  get squaredError(): number {
    return this.#noise;
  }

  figures(): ErrorFigures {
    const elements = this.#elements;
    const noise = this.#noise === 0 ? 0 : this.#noise / this.#signal;
    const length = Math.sqrt(this.#signal) * Math.sqrt(this.#power);
    const opposed = this.#signal === this.#power ? 1 : 0;
    return {
      elements,
      noise,
      sqnr: -10 * Math.log10(noise),
      meanError: share(this.#error, elements),
      maxError: this.#maxError,
      cosine: length === 0 ? opposed : Math.max(-1, Math.min(1, this.#product / length)),
      saturated: share(this.#saturated, elements),
      clipped: share(this.#clipped, elements),
    };
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
