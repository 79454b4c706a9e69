import { encode, toObject } from 'flatbuffers/js/flexbuffers.js';
import { FlatBufferError } from './reader.js';

/** What FlexBuffers can say: JSON plus bytes and 64-bit integers. */
export type FlexValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | DataView
  | readonly FlexValue[]
  | { readonly [key: string]: FlexValue };

/** A value as a FlexBuffer, the form of custom ops' options. Whole numbers are stored as integers. */
export function encodeFlex(value: FlexValue): Uint8Array {
  return encode(value);
}

/** The value in a FlexBuffer; throws a FlatBufferError where the bytes are none. */
export function decodeFlex(bytes: Uint8Array): FlexValue {
  try {
    // The library takes a whole ArrayBuffer, and reads from its end. A Buffer's own `slice` would not copy.
    return toObject(new Uint8Array(bytes).buffer) as FlexValue;
  } catch (error) {
    throw new FlatBufferError(`no FlexBuffer: ${(error as Error).message}`, '');
  }
}
