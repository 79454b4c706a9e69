import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import protobuf from 'protobufjs/minimal.js';
import {
  decode,
  MalformedMessage,
  readInt64,
  readLeadingString,
  readSafeInteger,
  readUint64,
} from '#wire/protobuf/reader.js';
import {
  readAttrValue,
  readFunctionArguments,
  readFunctionDef,
  readNodeDef,
  readTensorProto,
  readTensorShapeProto,
} from '#wire/protobuf/saved-model.generated.js';
import { readBundleEntryProto, readTensorSliceProto } from '#wire/protobuf/tensor-bundle.generated.js';

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

describe('64-bit integers', () => {
  test.each<[string, number | bigint]>([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffffffffffffff0f', 2 ** 53 - 1],
    ['8080808080808010', 2n ** 53n],
    ['ffffffffffffffff7f', 2n ** 63n - 1n],
    ['ffffffffffffffffff01', -1],
    ['80808080808080808001', -(2n ** 63n)],
  ])('signed %s', (bytes, value) => {
    expect(decode(hex(bytes), readInt64)).toBe(value);
  });

  test('unsigned', () => {
    expect(decode(hex('ffffffffffffffffff01'), readUint64)).toBe(2n ** 64n - 1n);
    expect(decode(hex('05'), readUint64)).toBe(5);
  });

  test('of sizes may not exceed what a number holds', () => {
    expect(decode(hex('ffffffffffffff0f'), readSafeInteger)).toBe(2 ** 53 - 1);
    expect(() => decode(hex('8080808080808010'), readSafeInteger)).toThrow(MalformedMessage);
  });

  test('that never end are malformed', () => {
    expect(() => decode(hex('ffffffffffffffffffffff'), readInt64)).toThrow(MalformedMessage);
    expect(() => decode(hex('ff'), readInt64)).toThrow(MalformedMessage);
    expect(() => decode(hex(''), readInt64)).toThrow(MalformedMessage);
  });
});

test('a leading string is read without the rest', () => {
  const name = (bytes: string, depth: 1 | 2) => decode(hex(bytes), (reader) => readLeadingString(reader, depth));
  expect(name('0a0161 ffff', 1)).toBe('a');
  expect(name('0a03 0a0161 ffff', 2)).toBe('a');
  expect(name('1001 0a0161', 1)).toBeUndefined();
  expect(name('0a03 120161', 2)).toBeUndefined();
  expect(name('', 1)).toBeUndefined();
  expect(() => name('0a05 61', 1)).toThrow(MalformedMessage);
  expect(() => name('0a01 0a0161', 2)).toThrow(MalformedMessage);
});

describe('generated readers', () => {
  test('agree with what protobufjs writes', () => {
    const writer = protobuf.Writer.create();
    writer.uint32(10).string('näme').uint32(18).string('Op').uint32(26).string('a').uint32(26).string('^b');
    // A field that the schema does not have, a group, and both sizes of fixed numbers.
    writer.uint32(802).bytes(hex('0102')).uint32(803).uint32(8).uint32(1).uint32(804).uint32(805).fixed32(7);
    expect(decode(writer.finish(), readNodeDef)).toEqual({
      name: 'näme',
      op: 'Op',
      input: ['a', '^b'],
      device: '',
      experimentalDebugInfo: undefined,
    });
  });

  test('take numbers packed or one by one', () => {
    const packed = decode(hex('0801 2a08 0000803f 00000040'), readTensorProto);
    const single = decode(hex('0801 2d 0000803f 2d 00000040'), readTensorProto);
    expect(packed.floatVal).toEqual([1, 2]);
    expect(single).toEqual(packed);
  });

  test('know absent from zero where it matters', () => {
    expect(decode(hex('1800'), readAttrValue).i).toBe(0);
    expect(decode(hex(''), readAttrValue).i).toBeUndefined();
    expect(decode(hex('0a00 0a04 0801 1000'), readTensorSliceProto).extent).toEqual([
      { start: 0, length: undefined },
      { start: 1, length: 0 },
    ]);
  });

  test('read maps, with defaults for what an entry leaves out', () => {
    const bytes = hex('2204 0a00 1200 2206 0a0161 120162 3a00');
    expect([...decode(bytes, readFunctionDef).ret]).toEqual([
      ['', ''],
      ['a', 'b'],
    ]);
    expect([...decode(bytes, readFunctionArguments).argAttr]).toEqual([[0, new Uint8Array(0)]]);
  });

  test('read dimensions and offsets as numbers', () => {
    expect(decode(hex('120b 08ffffffffffffffffff01'), readTensorShapeProto).dim).toEqual([{ size: -1 }]);
    expect(decode(hex('2080808010 35 04030201'), readBundleEntryProto)).toMatchObject({
      offset: 2 ** 25,
      crc32c: 0x01020304,
    });
  });

  test('leave bytes where they are', () => {
    const bytes = hex('0801 2204 01020304');
    const { tensorContent } = decode(bytes, readTensorProto);
    expect(tensorContent).toEqual(hex('01020304'));
    expect(tensorContent.buffer).toBe(bytes.buffer);
  });

  test.each([
    ['a length beyond the end', '0a05 61'],
    ['a nested length beyond its parent', '3204 0a05 6162 0000000000'],
    ['a group without an end', '0b'],
    ['an end without a group', '0c'],
    ['field 0', '0000'],
    ['a tag that never ends', 'ffffffffffff'],
  ])('refuse %s', (_, bytes) => {
    expect(() => decode(hex(bytes), readNodeDef)).toThrow(MalformedMessage);
  });

  test('refuse groups nested without end', () => {
    expect(() => decode(new Uint8Array(100_000).fill(0x0b), readNodeDef)).toThrow(MalformedMessage);
  });

  test('are up to date with the schemas', () => {
    expect(() =>
      execFileSync(process.execPath, ['scripts/generate-protobuf.mjs', '--check'], { stdio: 'pipe' }),
    ).not.toThrow();
  });
});
