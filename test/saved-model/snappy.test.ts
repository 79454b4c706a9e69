import { describe, expect, test } from '@jest/globals';
import { decompressSnappy } from '#saved-model/snappy.js';
import { failureOf } from './fixtures.js';

function decompress(...bytes: number[]): string {
  return Buffer.from(decompressSnappy('index', Uint8Array.from(bytes))).toString('latin1');
}

const text = (content: string) => [...Buffer.from(content, 'latin1')];

describe('decompressSnappy', () => {
  test('reads literals, with lengths in the tag and after it', () => {
    expect(decompress(0)).toBe('');
    expect(decompress(3, (3 - 1) << 2, ...text('abc'))).toBe('abc');
    const long = 'x'.repeat(300);
    expect(
      decompress(0xac, 0x02, 60 << 2, 99, ...text(long.slice(0, 100)), 61 << 2, 199, 0, ...text(long.slice(100))),
    ).toBe(long);
  });

  test('reads copies with offsets of one, two and four bytes', () => {
    expect(decompress(8, 3 << 2, ...text('abcd'), 1 | ((4 - 4) << 2), 4)).toBe('abcdabcd');
    expect(decompress(8, 3 << 2, ...text('abcd'), 2 | ((4 - 1) << 2), 4, 0)).toBe('abcdabcd');
    expect(decompress(8, 3 << 2, ...text('abcd'), 3 | ((4 - 1) << 2), 4, 0, 0, 0)).toBe('abcdabcd');
  });

  test('repeats a pattern by a copy that overlaps itself', () => {
    expect(decompress(9, 1 << 2, ...text('ab'), 1 | ((7 - 4) << 2), 2)).toBe('ababababa');
  });

  test('takes the upper bits of a one-byte offset from the tag', () => {
    const start = `${'y'.repeat(299)}z`;
    const literal = [61 << 2, 43, 1, ...text(start)];
    // Back 300 = 1 × 256 + 44
    expect(decompress(0xb0, 0x02, ...literal, 1 | (0 << 2) | (1 << 5), 44)).toBe(`${start}yyyy`);
  });

  test.each<[string, number[]]>([
    ['a literal past the end', [3, 2 << 2, 97]],
    ['a copy from before the start', [4, 0, 97, 1, 9]],
    ['a copy of offset 0', [8, 3 << 2, 97, 97, 97, 97, 1, 0]],
    ['more than it said', [2, 2 << 2, 97, 97, 97]],
    ['less than it said', [4, 2 << 2, 97, 97, 97]],
    ['a size beyond all ratio', [0xff, 0xff, 0xff, 0x7f, 0, 97]],
    ['a size cut off', [0xff]],
  ])('refuses %s', (_, bytes) => {
    expect(failureOf(() => decompress(...bytes)).code).toBe('corrupt-file');
  });
});
