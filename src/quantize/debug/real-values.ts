import type { TensorInfo } from '#runtime/interpreter.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import { type ActivationType, limits, roundHalfAway } from '../affine.js';

/** How the real numbers of an activation are stored: as they are, or as integers of one scale. */
export type Storage =
  | { readonly dtype: 'float32' }
  | { readonly dtype: ActivationType; readonly scale: number; readonly zeroPoint: number };

/** How a tensor stores real numbers; undefined where it holds none, or in a way that no activation is stored. */
export function storageOf({ dtype, quantization }: Pick<TensorInfo, 'dtype' | 'quantization'>): Storage | undefined {
  if (dtype === 'float32') return { dtype };
  if (dtype !== 'int8' && dtype !== 'uint8' && dtype !== 'int16') return undefined;
  const { scales = [], zeroPoints = [] } = quantization ?? {};
  const [scale] = scales;
  if (scale === undefined || scales.length > 1 || !(scale > 0)) return undefined;
  return { dtype, scale, zeroPoint: zeroPoints[0] ?? 0 };
}

/** The real numbers as a tensor stores them: those of a float tensor are not copied. */
export function stored(values: Tensor, storage: Storage): Tensor {
  if (storage.dtype === 'float32') return values;
  const { dtype, scale, zeroPoint } = storage;
  const { min, max } = limits[dtype];
  const source = values.data as Float32Array;
  const data = allocate(dtype, source.length) as Int8Array;
  for (let i = 0; i < source.length; i++) {
    const value = roundHalfAway((source[i] as number) / scale) + zeroPoint;
    data[i] = value < min ? min : Math.min(value, max);
  }
  return Tensor.from(dtype, values.shape, data);
}

/** The real numbers that a tensor stores: those of a float tensor are not copied. */
export function real(values: Tensor, storage: Storage): Tensor {
  if (storage.dtype === 'float32') return values;
  const { scale, zeroPoint } = storage;
  const source = values.data as Int8Array;
  return Tensor.from(
    'float32',
    values.shape,
    Float32Array.from(source, (value) => (value - zeroPoint) * scale),
  );
}
