import type { TensorInfo } from '#runtime/interpreter.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { allocate, Tensor } from '#tensor/tensor.js';

const limits: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
};

/** A float32 input as the model takes it: in integers of its scale where it is quantized. */
export function asInput(values: Tensor, { dtype, quantization }: TensorInfo): Tensor {
  const range = limits[dtype];
  if (values.dtype !== 'float32' || !range || !quantization) return values;
  const [scale = 1] = quantization.scales;
  const [zeroPoint = 0] = quantization.zeroPoints;
  const source = values.data as Float32Array;
  const data = allocate(dtype as 'int8', source.length) as Int8Array;
  for (let i = 0; i < source.length; i++) {
    const real = (source[i] as number) / scale;
    const rounded = Math.sign(real) * Math.round(Math.abs(real)) + zeroPoint;
    data[i] = Math.min(range[1], Math.max(range[0], rounded));
  }
  return Tensor.from(dtype as 'int8', values.shape, data);
}

/** The numbers of an output, in real numbers where it is quantized; undefined for text and complex numbers. */
export function numbersOf(values: Tensor, quantization: TensorInfo['quantization']): ArrayLike<number> | undefined {
  if (values.dtype === 'string' || !dtypes[values.dtype] || values.dtype.startsWith('complex')) return undefined;
  const { data } = values;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, Number);
  if (!quantization || !limits[values.dtype]) return data;
  const [scale = 1] = quantization.scales;
  const [zeroPoint = 0] = quantization.zeroPoints;
  return Float64Array.from(data, (value) => (value - zeroPoint) * scale);
}
