import { type DType, dtypes } from '#tensor/dtype.js';
import type { TfDType } from './records.js';

/** TensorFlow's `DataType` enumeration (`types.proto`), by number. */
const names: readonly TfDType[] = [
  'invalid',
  'float32',
  'float64',
  'int32',
  'uint8',
  'int16',
  'int8',
  'string',
  'complex64',
  'int64',
  'bool',
  // Quantized types are plain integers to all that only moves them; Dequantize says what they stand for.
  'int8',
  'uint8',
  'int32',
  'bfloat16',
  'int16',
  'uint16',
  'uint16',
  'complex128',
  'float16',
  'resource',
  'variant',
  'uint32',
  'uint64',
  'float8_e5m2',
  'float8_e4m3fn',
  'float8_e4m3fnuz',
  'float8_e4m3b11fnuz',
  'float8_e5m2fnuz',
  'int4',
  'uint4',
  'int2',
  'uint2',
  'float4_e2m1fn',
];

/** A reference type is its base type plus this. */
const REFERENCE = 100;

/** The type with this number; `invalid` for a number that TensorFlow 2.21 does not know. */
export function dtypeFromNumber(number: number): TfDType {
  return names[number > REFERENCE ? number - REFERENCE : number] ?? 'invalid';
}

/** The number of a type that is no reference; undefined where TensorFlow has none of that name. */
export function numberOfDtype(dtype: string): number | undefined {
  const number = names.indexOf(dtype as TfDType);
  return number > 0 ? number : undefined;
}

/** Whether a Tensor can hold elements of this type. */
export function isDType(dtype: TfDType): dtype is DType {
  return Object.hasOwn(dtypes, dtype);
}
