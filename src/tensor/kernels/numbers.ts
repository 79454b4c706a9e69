import type { DType } from '../dtype.js';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '../float16.js';
import { allocate, Tensor, type TypedArray } from '../tensor.js';

/** Elements as arithmetic sees them: numbers, or bigints for 64-bit integers. */
type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

type BigIntArray = BigInt64Array | BigUint64Array;

export function isBig(dtype: DType): dtype is 'int64' | 'uint64' {
  return dtype === 'int64' || dtype === 'uint64';
}

/** Whether elements are single real numbers, which `numbersOf` can give. */
export function isReal(dtype: DType): boolean {
  return dtype !== 'string' && dtype !== 'int4' && dtype !== 'complex64' && dtype !== 'complex128';
}

/** The elements of a tensor of real numbers that are not 64-bit integers; 16-bit floats become float32. */
export function numbersOf(tensor: Tensor): NumberArray {
  const { dtype } = tensor;
  if (!isReal(dtype) || isBig(dtype)) throw new TypeError(`${dtype} elements are no numbers`);
  if (dtype === 'float16') return Float32Array.from(tensor.data as Uint16Array, float16ToNumber);
  if (dtype === 'bfloat16') return Float32Array.from(tensor.data as Uint16Array, bfloat16ToNumber);
  return tensor.data as NumberArray;
}

export function bigintsOf(tensor: Tensor): BigIntArray {
  return tensor.data as BigIntArray;
}

/** A zeroed array in which results of `dtype` are computed: float32 for 16-bit floats, else as stored. */
export function workArray(dtype: DType, count: number): TypedArray {
  if (dtype === 'string') throw new TypeError('strings are not computed');
  return dtype === 'float16' || dtype === 'bfloat16' ? new Float32Array(count) : allocate(dtype, count);
}

/** The tensor of what was computed in a `workArray`. */
export function fromWorkArray(dtype: Exclude<DType, 'string'>, shape: readonly number[], data: TypedArray): Tensor {
  if (dtype === 'float16') return Tensor.from(dtype, shape, Uint16Array.from(data as Float32Array, numberToFloat16));
  if (dtype === 'bfloat16') return Tensor.from(dtype, shape, Uint16Array.from(data as Float32Array, numberToBfloat16));
  return Tensor.from(dtype, shape, data);
}

/** Math.max for both kinds of numbers; of two that do not compare, the second. */
export function larger<T extends number | bigint>(x: T, y: T): T {
  if (x > y) return x;
  return y;
}

/** Math.min for both kinds of numbers; of two that do not compare, the second. */
export function smaller<T extends number | bigint>(x: T, y: T): T {
  if (x < y) return x;
  return y;
}
