import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readNpy, writeNpy } from '#tensor/npy.js';
import { readNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { readZip } from '#tensor/zip.js';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const arrays = readNpz(fixture('arrays.npz'));
const text = (tensor: Tensor) => tensor.strings.map((string) => new TextDecoder().decode(string));
const get = (key: string) => {
  const tensor = arrays.get(key);
  if (!tensor) throw new Error(`no ${key}`);
  return tensor;
};

describe('readNpy', () => {
  test.each(['float32', 'float64', 'int8', 'int16', 'int32'])('reads %s', (dtype) => {
    expect(get(dtype)).toMatchObject({ dtype, shape: [2, 3] });
    expect([...get(dtype).data]).toEqual([-2, -1, 0, 1, 2, 3]);
  });

  test.each(['uint8', 'uint16', 'uint32'])('reads %s', (dtype) => {
    expect(get(dtype)).toMatchObject({ dtype, shape: [2, 3] });
    expect([...get(dtype).data]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('reads 64-bit integers, bool, float16 and complex', () => {
    expect([...get('int64').data]).toEqual([-2n, -1n, 0n, 1n, 2n, 3n]);
    expect([...get('uint64').data]).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect([...get('bool').data]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...get('float16').data]).toEqual([0xc000, 0xbc00, 0, 0x3c00, 0x4000, 0x4200]);
    expect([...get('complex64').data]).toEqual([0, -1, 1, 0, 2, 1, 3, 2, 4, 3, 5, 4]);
    expect([...get('complex128').data]).toEqual([0, -1, 1, 0, 2, 1, 3, 2, 4, 3, 5, 4]);
  });

  test('reads byte strings and text', () => {
    expect(get('bytes').shape).toEqual([2, 2]);
    expect(text(get('bytes'))).toEqual(['one', '', 'three', 'a\0b']);
    expect(text(get('text'))).toEqual(['spät', '日本', '😀', '']);
  });

  test('reads scalars, empty arrays and vectors', () => {
    expect(get('scalar').shape).toEqual([]);
    expect([...get('scalar').data]).toEqual([2.5]);
    expect(get('empty')).toMatchObject({ shape: [0, 3], size: 0 });
    expect(get('vector').shape).toEqual([3]);
  });

  test('converts Fortran order', () => {
    expect(get('fortran').shape).toEqual([2, 3, 4]);
    expect([...get('fortran').data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(text(get('fortran_text'))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('converts big-endian elements', () => {
    expect([...get('big_endian').data]).toEqual([1.5, -2]);
    expect([...get('big_endian_complex').data]).toEqual([1, 2]);
    expect(text(get('big_endian_text'))).toEqual(['ab', 'c']);
  });

  test('refuses what no tensor can hold, and says what to do', () => {
    const files = readZip(fixture('unreadable.npz'));
    const read = (key: string) => () => readNpy(files.get(`${key}.npy`) as Uint8Array);
    expect(read('objects')).toThrow(/Python objects.*astype/);
    expect(read('records')).toThrow(/records/);
    expect(read('dates')).toThrow(/<M8\[D\]/);
    expect(read('raw')).toThrow(/raw memory; save bfloat16/);
  });

  test('reads versions 2 and 3 of the header', () => {
    const files = readZip(fixture('unreadable.npz'));
    for (const key of ['version2', 'version3']) {
      expect([...readNpy(files.get(`${key}.npy`) as Uint8Array).data]).toEqual([0, 1, 2]);
    }
  });

  test('refuses files that are damaged or of an unknown version', () => {
    const good = writeNpy(Tensor.float32([1, 2]));
    expect(() => readNpy(good.subarray(0, -1))).toThrow('ends early: 7 bytes of elements, 8 expected');
    expect(() => readNpy(good.subarray(0, 20))).toThrow('ends inside its header');
    expect(() => readNpy(new Uint8Array(100))).toThrow('not a .npy array');
    const unknown = good.slice();
    unknown[6] = 9;
    expect(() => readNpy(unknown)).toThrow('version 9');
    const garbled = good.slice();
    garbled[12] = 0x21;
    expect(() => readNpy(garbled)).toThrow('header cannot be read');
  });
});

describe('writeNpy', () => {
  test('writes the bytes that NumPy writes', () => {
    const files = readZip(fixture('arrays.npz'));
    // NumPy writes Fortran order, big-endian elements and UTF-32 text its own way.
    const same = [...arrays.keys()].filter((key) => !/fortran|big_endian|text/.test(key));
    expect(same.length).toBeGreaterThan(15);
    for (const key of same) {
      expect([key, Buffer.from(writeNpy(get(key))).equals(files.get(`${key}.npy`) as Uint8Array)]).toEqual([key, true]);
    }
  });

  test('refuses what the format cannot hold', () => {
    expect(() => writeNpy(Tensor.fromBytes('bfloat16', [1], new Uint8Array(2)))).toThrow(
      'no element type for bfloat16',
    );
    expect(() => writeNpy(Tensor.fromBytes('int4', [2], new Uint8Array(1)))).toThrow('no element type for int4');
    expect(() => writeNpy(Tensor.fromStrings([1], [Uint8Array.of(65, 0)]))).toThrow('ends in a NUL');
  });
});
