import { describe, expect, test } from '@jest/globals';
import { encodeFlexMap, encodeFlexStrings, type FlexItem } from '#wire/flatbuffers/flex-writer.js';
import { decodeFlex } from '#wire/flatbuffers/flexbuffers.js';

const map = (items: Readonly<Record<string, FlexItem>>) => encodeFlexMap(new Map(Object.entries(items)));
const text = (value: string): Uint8Array => Buffer.from(value);

describe('encodeFlexMap', () => {
  test('values of every kind are read back by the official reader', () => {
    const bytes = map({
      z: { kind: 'int', value: -3 },
      f: { kind: 'float', value: 0.25 },
      whole: { kind: 'float', value: 2 },
      b: { kind: 'bool', value: true },
      s: { kind: 'string', value: text('é') },
      is: { kind: 'ints', value: [1, 2, 70000] },
      fs: { kind: 'floats', value: [1, 2.5] },
    });
    expect(decodeFlex(bytes)).toEqual({
      z: -3,
      f: 0.25,
      whole: 2,
      b: true,
      s: 'é',
      is: [1, 2, 70000],
      fs: [1, 2.5],
    });
  });

  test('64-bit integers and lists of strings', () => {
    const bytes = map({
      big: { kind: 'int', value: 2n ** 53n + 1n },
      f: { kind: 'float', value: 0.1 },
      s: { kind: 'strings', value: [text('ab'), text('c')] },
    });
    // What the Python package's `flexbuffers` reads as these; the JavaScript one cannot read maps of 64-bit elements.
    expect(Buffer.from(bytes).toString('hex')).toMatchInlineSnapshot(
      `"6269670066007300026162000163000207040313100f000005000000000000000100000000000000030000000000000001000000000020009a9999999999b93f3000000000000000070f3c1b2701"`,
    );
  });

  test('keys are in the order of their bytes, whatever order they come in', () => {
    expect(map({ b: { kind: 'int', value: 1 }, a: { kind: 'int', value: 2 } })).toEqual(
      map({ a: { kind: 'int', value: 2 }, b: { kind: 'int', value: 1 } }),
    );
  });

  test('offsets and lengths of any size', () => {
    for (const length of [0, 1, 200, 255, 256, 70_000]) {
      const long = 'x'.repeat(length);
      const value = map({ long: { kind: 'string', value: text(long) }, n: { kind: 'int', value: length } });
      expect(decodeFlex(value)).toEqual({ long, n: length });
    }
  });
});

test('strings are bytes, which need not be UTF-8', () => {
  const bytes = encodeFlexStrings([text('Op'), Uint8Array.of(0xff, 0, 0x80)]);
  expect(Buffer.from(bytes).includes(Buffer.from([0xff, 0, 0x80, 0]))).toBe(true);
  expect(decodeFlex(encodeFlexStrings([text('a'), text('b'.repeat(300))]))).toEqual(['a', 'b'.repeat(300)]);
});
