import { type DType, dtypes, isFloat } from '../dtype.js';
import { allocate, Tensor } from '../tensor.js';
import { bigintsOf, fromWorkArray, isBig, numbersOf, workArray } from './numbers.js';

const INT32_LIMIT = 2 ** 31;
const INT64_LIMIT = 2 ** 63;

/**
 * TensorFlow's Cast: integers wrap, floats are truncated towards zero, complex numbers lose their imaginary part,
 * everything but zero is true. Undefined for strings and int4, and where a float does not fit the integer type, for
 * which TensorFlow defines no result.
 */
export function cast(tensor: Tensor, dtype: DType): Tensor | undefined {
  const from = tensor.dtype;
  if (from === dtype) return tensor;
  if (from === 'string' || dtype === 'string' || from === 'int4' || dtype === 'int4') return undefined;
  if (dtypes[from].kind === 'complex') return castComplex(tensor, dtype);
  if (dtypes[dtype].kind === 'complex') return toComplex(tensor, dtype);
  if (dtype === 'bool') return toBool(tensor);
  if (isBig(dtype)) return toBig(tensor, dtype);
  const result = workArray(dtype, tensor.size) as Float64Array;
  if (isBig(from)) {
    const values = bigintsOf(tensor);
    // The lower 32 bits are all that a narrower integer keeps.
    if (isFloat(dtype)) for (let i = 0; i < values.length; i++) result[i] = Number(values[i]);
    else for (let i = 0; i < values.length; i++) result[i] = Number(BigInt.asIntN(32, values[i] as bigint));
  } else {
    const values = numbersOf(tensor);
    if (isFloat(from) && !isFloat(dtype) && !fits(values, dtype)) return undefined;
    for (let i = 0; i < values.length; i++) result[i] = values[i] as number;
  }
  return fromWorkArray(dtype, tensor.shape, result);
}

function fits(values: ArrayLike<number>, dtype: DType): boolean {
  const bits = 8 * dtypes[dtype].bytes;
  const signed = dtypes[dtype].kind === 'int';
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) : 2 ** bits;
  for (let i = 0; i < values.length; i++) {
    const value = Math.trunc(values[i] as number);
    if (!(value >= low && value < high)) return false;
  }
  return true;
}

function toBool(tensor: Tensor): Tensor {
  const result = new Uint8Array(tensor.size);
  const values = isBig(tensor.dtype) ? bigintsOf(tensor) : numbersOf(tensor);
  // biome-ignore lint/suspicious/noDoubleEquals: 0n and 0 are both zero
  for (let i = 0; i < values.length; i++) result[i] = values[i] == 0 ? 0 : 1;
  return Tensor.from('bool', tensor.shape, result);
}

function toBig(tensor: Tensor, dtype: 'int64' | 'uint64'): Tensor | undefined {
  const result = allocate(dtype, tensor.size) as BigInt64Array;
  if (isBig(tensor.dtype)) {
    result.set(bigintsOf(tensor) as BigInt64Array);
  } else {
    const values = numbersOf(tensor);
    const low = dtype === 'int64' ? -INT64_LIMIT : 0;
    const high = dtype === 'int64' ? INT64_LIMIT : 2 * INT64_LIMIT;
    for (let i = 0; i < values.length; i++) {
      const value = Math.trunc(values[i] as number);
      if (isFloat(tensor.dtype) && !(value >= low && value < high)) return undefined;
      result[i] = Math.abs(value) < INT32_LIMIT ? BigInt(value | 0) : BigInt(value);
    }
  }
  return Tensor.from(dtype, tensor.shape, result);
}

function toComplex(tensor: Tensor, dtype: DType): Tensor | undefined {
  const real = cast(tensor, 'float64');
  if (!real) return undefined;
  const result = allocate(dtype as 'complex64', tensor.size);
  const values = numbersOf(real);
  for (let i = 0; i < values.length; i++) result[2 * i] = values[i] as number;
  return Tensor.from(dtype as 'complex64', tensor.shape, result);
}

function castComplex(tensor: Tensor, dtype: DType): Tensor | undefined {
  if (dtypes[dtype].kind === 'complex') {
    const result = allocate(dtype as 'complex64', tensor.size) as Float64Array;
    result.set(tensor.data as Float64Array);
    return Tensor.from(dtype as 'complex64', tensor.shape, result);
  }
  const parts = tensor.data as Float64Array;
  const real = Float64Array.from({ length: tensor.size }, (_, i) => parts[2 * i] as number);
  return cast(Tensor.from('float64', tensor.shape, real), dtype);
}
