import { describe, expect, test } from '@jest/globals';
import { crc32c, maskCrc32c } from '#wire/crc32c.js';

/** The definition: one bit at a time. */
function reference(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function pseudoRandom(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

describe('crc32c', () => {
  test('has the check value of the standard', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
    // RFC 3720, B.4
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  });

  test.each([
    1, 7, 8, 9, 63, 1000, 3360, 6719, 6720, 6721, 6735, 6736, 6737, 6752, 6769, 10_000, 131_072, 185_056, 185_057,
    191_776, 191_777, 300_001,
  ])('agrees bit by bit on %i bytes', (length) => {
    const bytes = pseudoRandom(length + 8);
    for (const offset of [0, 1, 2, 3]) {
      const part = bytes.subarray(offset, offset + length);
      expect(crc32c(part)).toBe(reference(part));
    }
  });

  test('notices any single changed bit of long data', () => {
    const bytes = pseudoRandom(200_000);
    const before = crc32c(bytes);
    for (const at of [0, 3, 4, 100_000, 185_055, 185_056, 196_639, 199_999]) {
      bytes[at] = (bytes[at] as number) ^ 16;
      expect(crc32c(bytes)).not.toBe(before);
      bytes[at] = (bytes[at] as number) ^ 16;
    }
    expect(crc32c(bytes)).toBe(before);
  });

  test('continues from the checksum of what was before', () => {
    const bytes = pseudoRandom(150_000);
    for (const at of [0, 10, 60_001])
      expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes));
  });

  test('masks as LevelDB does', () => {
    const crc = 0x12345678;
    const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
    expect(maskCrc32c(crc)).toBe((rotated + 0xa282ead8) % 2 ** 32);
  });
});
