/**
 * Element types, in NumPy's spelling. `int4` is stored two to a byte, low nibble first, as TFLite does.
 */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int4'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'complex64'
  | 'complex128';

type Kind = 'float' | 'int' | 'uint' | 'bool' | 'string' | 'complex';

interface DTypeInfo {
  readonly kind: Kind;
  /** Bytes an element; 0 for strings, 0.5 for int4. */
  readonly bytes: number;
  /** The short name of the text form of the IR, as in MLIR. */
  readonly short: string;
}

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: { kind: 'float', bytes: 4, short: 'f32' },
  float64: { kind: 'float', bytes: 8, short: 'f64' },
  float16: { kind: 'float', bytes: 2, short: 'f16' },
  bfloat16: { kind: 'float', bytes: 2, short: 'bf16' },
  int4: { kind: 'int', bytes: 0.5, short: 'i4' },
  int8: { kind: 'int', bytes: 1, short: 'i8' },
  int16: { kind: 'int', bytes: 2, short: 'i16' },
  int32: { kind: 'int', bytes: 4, short: 'i32' },
  int64: { kind: 'int', bytes: 8, short: 'i64' },
  uint8: { kind: 'uint', bytes: 1, short: 'ui8' },
  uint16: { kind: 'uint', bytes: 2, short: 'ui16' },
  uint32: { kind: 'uint', bytes: 4, short: 'ui32' },
  uint64: { kind: 'uint', bytes: 8, short: 'ui64' },
  bool: { kind: 'bool', bytes: 1, short: 'i1' },
  string: { kind: 'string', bytes: 0, short: 'str' },
  complex64: { kind: 'complex', bytes: 8, short: 'c64' },
  complex128: { kind: 'complex', bytes: 16, short: 'c128' },
};

const byShort = new Map(Object.entries(dtypes).map(([name, info]) => [info.short, name as DType]));

/** The dtype with this short name (`f32`), or undefined. */
export function dtypeFromShort(short: string): DType | undefined {
  return byShort.get(short);
}

export function isFloat(dtype: DType): boolean {
  return dtypes[dtype].kind === 'float';
}

/** True for floats of 16 bits. */
export function isHalf(dtype: DType): boolean {
  return dtype === 'float16' || dtype === 'bfloat16';
}

/** True for signed and unsigned integers, not for bool. */
export function isInteger(dtype: DType): boolean {
  const { kind } = dtypes[dtype];
  return kind === 'int' || kind === 'uint';
}

/** Bytes that `count` elements take; strings have no fixed size and give 0. */
export function byteLength(dtype: DType, count: number): number {
  return Math.ceil(dtypes[dtype].bytes * count);
}
