import { failCorrupt } from './files.js';
import { readVarint } from './strings.js';

/** No element of a Snappy stream yields more than 64 bytes from fewer than two. */
const MAX_RATIO = 64;

/** Decompresses a raw Snappy block (google/snappy, `format_description.txt`). Fails with `corrupt-file`. */
export function decompressSnappy(path: string, input: Uint8Array): Uint8Array {
  const cursor = { at: 0 };
  const size = readVarint(path, input, cursor);
  if (size > input.length * MAX_RATIO) failCorrupt(path, `a block of ${input.length} bytes claims to hold ${size}`);
  const output = new Uint8Array(size);
  let from = cursor.at;
  let to = 0;
  while (from < input.length) {
    const tag = input[from++] as number;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const width = length - 60;
        length = readLittleEndian(input, from, width) + 1;
        from += width;
      }
      if (from + length > input.length || to + length > size) failCorrupt(path, 'a compressed block overruns its end');
      output.set(input.subarray(from, from + length), to);
      from += length;
      to += length;
      continue;
    }
    const width = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    let distance = readLittleEndian(input, from, width);
    from += width;
    if (kind === 1) {
      distance |= (tag >>> 5) << 8;
      length = ((tag >>> 2) & 7) + 4;
    }
    if (distance === 0 || distance > to || to + length > size)
      failCorrupt(path, 'a compressed block refers outside itself');
    // Source and target may overlap, which repeats a pattern: so byte by byte.
    for (let i = 0; i < length; i++, to++) output[to] = output[to - distance] as number;
  }
  if (to !== size) failCorrupt(path, `a compressed block yields ${to} bytes, not ${size}`);
  return output;
}

/** Bytes past the end read as 0; the caller's own bounds then end it. */
function readLittleEndian(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
