import type { TensorInfo } from '#runtime/interpreter.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { bfloat16ToNumber, float16ToNumber } from '#tensor/float16.js';
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
  const { dtype } = values;
  if (dtype === 'string' || dtypes[dtype].kind === 'complex') return undefined;
  const { data } = values;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (dtype === 'float16') return Float32Array.from(data, float16ToNumber);
  if (dtype === 'bfloat16') return Float32Array.from(data, bfloat16ToNumber);
  if (!quantization || !limits[dtype]) return data;
  const [scale = 1] = quantization.scales;
  const [zeroPoint = 0] = quantization.zeroPoints;
  const reals = new Float64Array(data.length);
  for (let i = 0; i < reals.length; i++) reals[i] = ((data[i] as number) - zeroPoint) * scale;
  return reals;
}

/** Those of the first `rows` rows, of so many elements each, that hold NaN. */
export function rowsWithNaN(numbers: ArrayLike<number>, size: number, rows: number): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let i = row * size; i < (row + 1) * size; i++) {
      if (!Number.isNaN(numbers[i])) continue;
      found.push(row);
      break;
    }
  }
  return found;
}
