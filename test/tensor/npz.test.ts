import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readNpz, writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe('readNpz', () => {
  test('reads compressed archives', () => {
    const arrays = readNpz(fixture('compressed.npz'));
    expect([...arrays.keys()]).toEqual(['zeros', 'ramp']);
    expect(arrays.get('zeros')).toMatchObject({ dtype: 'float32', shape: [5000] });
    expect(arrays.get('zeros')?.data.every((value) => value === 0)).toBe(true);
    expect([...(arrays.get('ramp')?.data ?? [])]).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  });

  test('names the array at fault', () => {
    expect(() => readNpz(fixture('unreadable.npz'))).toThrow(/^array 'objects': it is an array of Python objects/);
  });

  test('finds damage', () => {
    const bytes = fixture('compressed.npz');
    expect(() => readNpz(bytes.subarray(0, 300))).toThrow('not a zip archive');
    expect(() => readNpz(new Uint8Array(0))).toThrow('not a zip archive');
    const wrong = Uint8Array.from(bytes);
    wrong[60] = (wrong[60] as number) ^ 0xff;
    expect(() => readNpz(wrong)).toThrow(/zeros\.npy is damaged/);
    const stored = writeNpz(new Map([['x', Tensor.float32([1, 2, 3])]]));
    stored[stored.indexOf(0x3f)] = 0x40;
    expect(() => readNpz(stored)).toThrow('x.npy is damaged: its checksum is wrong');
  });

  test('refuses archives that hold something else', () => {
    const bytes = writeNpz(new Map([['x', Tensor.float32([1])]]));
    const renamed = Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('x.npy', 'x.txt'), 'latin1');
    expect(() => readNpz(renamed)).toThrow('x.txt, which is not an array');
  });
});

describe('writeNpz', () => {
  const arrays = new Map<string, Tensor>([
    ['b', Tensor.float32([1, Number.NaN, -0], [3, 1])],
    ['größe', Tensor.int32([], [0])],
    ['a', Tensor.fromStrings([2], [Buffer.from('x'), Buffer.from('yz')])],
  ]);

  test('what is written is read back, in order', () => {
    const read = readNpz(writeNpz(arrays));
    expect([...read.keys()]).toEqual(['b', 'größe', 'a']);
    for (const [key, tensor] of arrays) {
      const { dtype, shape } = tensor;
      expect(read.get(key)).toMatchObject({ dtype, shape });
      expect(Buffer.from(read.get(key)?.bytes ?? [])).toEqual(Buffer.from(tensor.bytes));
      expect(read.get(key)?.strings.map((bytes) => `${Buffer.from(bytes)}`)).toEqual(
        tensor.strings.map((bytes) => `${Buffer.from(bytes)}`),
      );
    }
  });

  test('is deterministic', () => {
    expect(Buffer.from(writeNpz(arrays)).equals(writeNpz(arrays))).toBe(true);
  });

  test('names the array that cannot be written', () => {
    const bad = new Map([['logits', Tensor.fromBytes('bfloat16', [1], new Uint8Array(2))]]);
    expect(() => writeNpz(bad)).toThrow(/^array 'logits': NumPy's files have no element type for bfloat16/);
  });
});
