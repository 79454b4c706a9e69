import type { Quantization } from '#ir/type.js';

/** Where the values of a tensor lie. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One scale and zero point. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Element types of quantized activations. */
export type ActivationType = 'int8' | 'uint8' | 'int16';

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Stored values; int16 leaves out the least, as its kernels expect symmetric numbers. */
export const limits: Readonly<Record<ActivationType, Limits>> = {
  int8: { min: -128, max: 127 },
  uint8: { min: 0, max: 255 },
  int16: { min: -32767, max: 32767 },
};

/** Kernels multiply scales in float32 and refuse what is not a normal number there. */
const LEAST_SCALE = 2 ** -100;

/** For what is zero at any scale. */
const ANY_SCALE = 2 ** -8;

export function unite(a: Range | undefined, b: Range | undefined): Range | undefined {
  if (!a || !b) return a ?? b;
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/**
 * Scale and zero point for a range, which is widened to hold zero: padding and ReLU need it exactly. int16 is symmetric,
 * its zero point is 0. Computed in double precision, the scale rounded to float32 as it is stored. A range of zeros gets
 * some scale.
 */
export function affineOf(range: Range, dtype: ActivationType): Affine {
  const { min: least, max: greatest } = limits[dtype];
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  if (min === max) return { scale: ANY_SCALE, zeroPoint: dtype === 'int16' ? 0 : least };
  if (dtype === 'int16') return { scale: storedScale(Math.max(-min, max) / greatest), zeroPoint: 0 };
  const scale = storedScale((max - min) / (greatest - least));
  const zeroPoint = Math.min(greatest, Math.max(least, Math.round(least - min / scale)));
  return { scale, zeroPoint };
}

/** The scale for a range where the zero point has to be 0; for signed types. */
export function symmetricAffineOf(range: Range, dtype: ActivationType): Affine {
  const size = Math.max(Math.abs(range.min), Math.abs(range.max));
  return { scale: size === 0 ? ANY_SCALE : storedScale(size / limits[dtype].max), zeroPoint: 0 };
}

/** The scale as a file stores it. */
export function storedScale(scale: number): number {
  return Math.fround(Math.max(scale, LEAST_SCALE));
}

/** The real numbers that the stored ones stand for. */
export function rangeOf({ scale, zeroPoint }: Affine, dtype: ActivationType): Range {
  const { min, max } = limits[dtype];
  return { min: (min - zeroPoint) * scale, max: (max - zeroPoint) * scale };
}

export function sameAffine(a: Affine, b: Affine): boolean {
  return a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

export function perTensor({ scale, zeroPoint }: Affine): Quantization {
  return { scale: [scale], zeroPoint: [zeroPoint] };
}

/** To the nearest integer, halves away from zero, as the kernels round. */
export function roundHalfAway(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}
