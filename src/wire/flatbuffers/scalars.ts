import type { EnumType, ScalarName, ScalarType } from './schema.js';

const integerRanges: Partial<Record<ScalarName, readonly [number, number]>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint8: [0, 2 ** 8 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

/** Stores a scalar. Throws a plain Error where the value does not fit its type. */
export function setScalar(view: DataView, position: number, type: ScalarType, value: unknown): void {
  const range = integerRanges[type.name];
  if (
    range !== undefined &&
    !(Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1])
  ) {
    throw new Error(`${value} is no ${type.name}`);
  }
  switch (type.name) {
    case 'bool':
      view.setUint8(position, value ? 1 : 0);
      return;
    case 'int8':
    case 'uint8':
      view.setUint8(position, value as number);
      return;
    case 'int16':
    case 'uint16':
      view.setUint16(position, value as number, true);
      return;
    case 'int32':
    case 'uint32':
      view.setUint32(position, value as number, true);
      return;
    case 'int64':
    case 'uint64':
      view.setBigInt64(position, BigInt(value as number | bigint), true);
      return;
    case 'float32':
      view.setFloat32(position, value as number, true);
      return;
    case 'float64':
      view.setFloat64(position, value as number, true);
  }
}

/** The number of an enum's value. Throws a plain Error where it has no such value. */
export function enumNumber(type: EnumType, name: unknown): number {
  const number = type.values[name as string];
  if (number === undefined) throw new Error(`${name} is no ${type.name}`);
  return number;
}

/** Stores the elements of a vector of scalars or enums. */
export function setElements(bytes: Uint8Array, element: ScalarType | EnumType, values: ArrayLike<unknown>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < values.length; i++) {
    if (element.kind === 'enum') setScalar(view, i * element.size, element.storage, enumNumber(element, values[i]));
    else setScalar(view, i * element.size, element, values[i]);
  }
}
