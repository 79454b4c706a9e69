import { describe, expect, test } from '@jest/globals';
import { FlatBufferError, readRoot } from '#wire/flatbuffers/reader.js';
import {
  bool,
  type CompleteRecordOf,
  enumeration,
  field,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  type RecordOf,
  required,
  string,
  table,
  uint8,
  uint16,
  uint32,
  uint64,
  union,
  vector,
} from '#wire/flatbuffers/schema.js';
import { writeRoot } from '#wire/flatbuffers/writer.js';

const Colour = enumeration('Colour', { RED: 0, GREEN: 1, BLUE: 200 }, uint8);
const Point = table('Point', { x: field(0, float32), y: field(1, float32, 1) });
const Label = table('Label', { text: field(0, string) });
const Shape = union('Shape', [Point, Label]);
const Everything = table('Everything', {
  flag: field(0, bool, true),
  tiny: field(1, int8),
  byte: field(2, uint8),
  short: field(3, int16),
  word: field(4, uint16),
  int: field(5, int32, -1),
  uint: field(6, uint32),
  long: field(7, int64),
  ulong: field(8, uint64),
  float: field(9, float32),
  double: field(10, float64),
  colour: field(11, Colour, 'GREEN'),
  text: field(12, string),
  // Slot 13 is unused, as after a field was deprecated.
  bytes: field(14, vector(uint8, 16)),
  longs: field(15, vector(int64)),
  flags: field(16, vector(bool)),
  colours: field(17, vector(Colour)),
  texts: field(18, vector(string)),
  points: field(19, vector(Point)),
  point: field(20, Point),
  shape: field(22, Shape),
  always: required(23, vector(int32)),
});

const full: CompleteRecordOf<typeof Everything> = {
  flag: false,
  tiny: -128,
  byte: 255,
  short: -32768,
  word: 65535,
  int: -(2 ** 31),
  uint: 2 ** 32 - 1,
  long: -(2n ** 63n),
  ulong: 2n ** 64n - 1n,
  float: 0.5,
  double: 0.1,
  colour: 'BLUE',
  text: 'größer',
  bytes: Uint8Array.of(1, 2, 3),
  longs: [1, -2, 2 ** 53 - 1, 2n ** 53n],
  flags: [true, false, true],
  colours: ['RED', 'BLUE'],
  texts: ['a', '', 'a'],
  points: [
    { x: 1, y: 2 },
    { x: 0, y: 1 },
  ],
  point: { x: -0, y: 0 },
  shape: { type: 'Label', value: { text: 'l' } },
  always: [7],
};

const defaults: CompleteRecordOf<typeof Everything> = {
  flag: true,
  tiny: 0,
  byte: 0,
  short: 0,
  word: 0,
  int: -1,
  uint: 0,
  long: 0,
  ulong: 0,
  float: 0,
  double: 0,
  colour: 'GREEN',
  text: '',
  bytes: new Uint8Array(0),
  longs: [],
  flags: [],
  colours: [],
  texts: [],
  points: [],
  point: undefined,
  shape: undefined,
  always: [],
};

function roundTrip(record: RecordOf<typeof Everything>): CompleteRecordOf<typeof Everything> {
  return readRoot(Everything, writeRoot(Everything, record).bytes);
}

test('every kind of field says the same after writing and reading', () => {
  expect(roundTrip(full)).toEqual(full);
  expect(Object.is(roundTrip(full).point?.x, -0)).toBe(true);
});

test('what is left out reads as the default', () => {
  expect(roundTrip({})).toEqual(defaults);
});

test('defaults and empty vectors take no room, required ones do', () => {
  const bare = writeRoot(Point, {}).bytes.byteLength;
  expect(writeRoot(Point, { x: 0, y: 1 }).bytes.byteLength).toBe(bare);
  const always = writeRoot(Everything, {}).bytes.byteLength;
  expect(writeRoot(Everything, defaults).bytes.byteLength).toBe(always);
  expect(always).toBeGreaterThan(bare + 40);
});

test('tables, vectors and strings of the same content are stored once', () => {
  const points = (count: number) => Array.from({ length: count }, () => ({ x: 3 }));
  const texts = (count: number) => Array.from({ length: count }, () => 'the same text');
  const size = (count: number) =>
    writeRoot(Everything, { points: points(count), texts: texts(count) }).bytes.byteLength;
  expect(size(12) - size(2)).toBe(2 * 10 * 4);
  const longs = [1, 2, 3, 4];
  const twice = table('Twice', { a: field(0, vector(int64)), b: field(1, vector(int64)) });
  const shared = writeRoot(twice, { a: longs, b: longs }).bytes;
  expect(readRoot(twice, shared)).toEqual({ a: longs, b: longs });
  expect(writeRoot(twice, { a: longs, b: [1, 2, 3, 5] }).bytes.byteLength - shared.byteLength).toBeGreaterThan(32);
});

test('a number and a reference of the same value are not taken for the same', () => {
  const Pair = table('Pair', { number: field(0, uint32) });
  const Child = table('Child', { text: field(0, string) });
  const Both = table('Both', { pairs: field(0, vector(Pair)), child: field(1, Child) });
  for (let number = 1; number < 100; number++) {
    const record = { pairs: [{ number }, { number: number + 1 }], child: { text: 'x' } };
    expect(readRoot(Both, writeRoot(Both, record).bytes)).toEqual(record);
  }
});

test('forced alignment of bytes, and of the whole', () => {
  for (let length = 0; length < 20; length++) {
    const { bytes } = writeRoot(Everything, { text: 'x'.repeat(length), bytes: new Uint8Array(length + 1), long: 1 });
    expect(bytes.byteLength % 16).toBe(0);
    expect((readRoot(Everything, bytes).bytes.byteOffset - bytes.byteOffset) % 16).toBe(0);
  }
});

test('the place of deferred bytes is left open', () => {
  const Data = table('Data', { name: field(0, string), bytes: field(1, vector(uint8)) });
  const List = table('List', { items: field(0, vector(Data)) });
  const deferred = (byteLength: number) => ({ deferred: true as const, byteLength });
  const [a, b] = [deferred(3), deferred(3)];
  const { bytes: head, open } = writeRoot(List, { items: [{ name: 'a', bytes: a }, { name: 'a' }, { bytes: b }] });
  expect(open.map((entry) => entry.bytes)).toEqual([a, b]);
  const file = new Uint8Array(head.byteLength + 16);
  file.set(head);
  const view = new DataView(file.buffer);
  open.forEach(({ position }, i) => {
    const target = head.byteLength + 8 * i;
    expect(view.getUint32(position, true)).toBe(0);
    view.setUint32(position, target - position, true);
    file.set([3, 0, 0, 0, i, i, i], target);
  });
  expect(readRoot(List, file).items).toEqual([
    { name: 'a', bytes: Uint8Array.of(0, 0, 0) },
    { name: 'a', bytes: new Uint8Array(0) },
    { name: '', bytes: Uint8Array.of(1, 1, 1) },
  ]);
});

describe('values that do not fit are errors', () => {
  test.each([
    [{ tiny: 128 }, 'Everything.tiny: 128 is no int8'],
    [{ byte: -1 }, 'Everything.byte: -1 is no uint8'],
    [{ short: 1.5 }, 'Everything.short: 1.5 is no int16'],
    [{ int: 2 ** 31 }, 'Everything.int: 2147483648 is no int32'],
    [{ uint: Number.NaN }, 'Everything.uint: NaN is no uint32'],
    [{ always: [1, 2 ** 40] }, 'Everything.always: 1099511627776 is no int32'],
    [{ colour: 'PINK' as 'RED' }, 'Everything.colour: PINK is no Colour'],
    [{ shape: { type: 'Circle' as 'Point', value: {} } }, 'Everything.shape: Circle is no member of Shape'],
  ])('%j', (record, message) => {
    expect(() => writeRoot(Everything, record)).toThrow(message);
  });
});

describe('reading checks', () => {
  const Newer = table('Newer', {
    colour: field(11, enumeration('Colour', { RED: 0, GREEN: 1, PINK: 7 }, uint8)),
    shape: field(22, union('Shape', [Point, Label, table('Circle', {})])),
  });

  function placeAndMessage(bytes: Uint8Array, identifier?: string): [string, string] {
    try {
      readRoot(Everything, bytes, identifier);
    } catch (error) {
      if (error instanceof FlatBufferError) return [error.place, error.message];
      throw error;
    }
    throw new Error('nothing was thrown');
  }

  test('values of an enum and members of a union that a newer schema added', () => {
    expect(placeAndMessage(writeRoot(Newer, { colour: 'PINK' }).bytes)).toEqual([
      'colour',
      '7 is no Colour known to this version',
    ]);
    expect(placeAndMessage(writeRoot(Newer, { shape: { type: 'Circle', value: {} } }).bytes)).toEqual([
      'shape',
      '3 is no member of Shape known to this version',
    ]);
  });

  test('fields that a newer schema added are passed over', () => {
    const Longer = table('Longer', { x: field(0, float32), z: field(9, string) });
    expect(readRoot(Point, writeRoot(Longer, { x: 2, z: 'more' }).bytes)).toEqual({ x: 2, y: 1 });
  });

  test('the identifier', () => {
    const { bytes } = writeRoot(Everything, full, 'ABCD');
    expect(readRoot(Everything, bytes, 'ABCD')).toEqual(full);
    expect(placeAndMessage(bytes, 'TFL3')[1]).toBe('the file identifier is not "TFL3"');
    expect(placeAndMessage(bytes.subarray(0, 6), 'ABCD')[1]).toBe('6 bytes are too few for a flatbuffer');
  });

  test('strings that are not terminated', () => {
    const { bytes } = writeRoot(Label, { text: 'abcdefgh' });
    const end = bytes.lastIndexOf('h'.charCodeAt(0)) + 1;
    bytes[end] = 1;
    expect(() => readRoot(Label, bytes)).toThrow('a string is not terminated');
  });

  test('content that is referred to over and over', () => {
    const Row = table('Row', { values: field(0, vector(bool)), id: field(1, int32) });
    const Rows = table('Rows', { rows: field(0, vector(Row)) });
    const values = new Array<boolean>(5000).fill(true);
    const rows = Array.from({ length: 1000 }, (_, id) => ({ values, id: id + 1 }));
    const { bytes } = writeRoot(Rows, { rows });
    expect(bytes.byteLength).toBeLessThan(25_000);
    expect(() => readRoot(Rows, bytes)).toThrow('the file refers to the same content too often');
    expect(readRoot(Rows, writeRoot(Rows, { rows: rows.slice(0, 800) }).bytes).rows).toHaveLength(800);
  });
});
