import { failCorrupt } from './files.js';

const decoder = new TextDecoder();

/** The text of a string attribute or tensor element, which TensorFlow keeps as UTF-8 bytes. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * Decodes `count` strings laid out as varint lengths followed by all their bytes (`EncodeStringList`). They are views
 * on `bytes`. `between` bytes stand between lengths and strings; `onLengths` is shown what was read before them.
 */
export function decodeStrings(
  path: string,
  bytes: Uint8Array,
  count: number,
  between = 0,
  onLengths?: (lengths: readonly number[], end: number) => void,
): Uint8Array[] {
  // Each length takes a byte at least, so a corrupt count ends here and allocates nothing.
  if (count > bytes.length) failCorrupt(path, `${count} strings cannot stand in ${bytes.length} bytes`);
  const cursor = { at: 0 };
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) lengths.push(readVarint(path, bytes, cursor));
  onLengths?.(lengths, cursor.at);
  let at = cursor.at + between;
  const strings = lengths.map((length) => {
    const start = at;
    at += length;
    return bytes.subarray(start, at);
  });
  if (at !== bytes.length) failCorrupt(path, `the strings of a tensor take ${at} bytes, not ${bytes.length}`);
  return strings;
}

/** Reads an unsigned LEB128 number and moves the cursor past it. */
export function readVarint(path: string, bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 53; scale *= 128) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) return failCorrupt(path, 'it ends within a number');
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  return failCorrupt(path, 'a number in it is too large');
}
