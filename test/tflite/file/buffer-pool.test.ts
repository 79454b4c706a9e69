import { expect, test } from '@jest/globals';
import { BufferPool } from '#tflite/file/buffer-pool.js';

test('each content has one buffer, numbered from 1 in the order of arrival', () => {
  const pool = new BufferPool();
  expect(pool.add(Uint8Array.of(1, 2, 3))).toBe(1);
  expect(pool.add(Uint8Array.of(1, 2, 4))).toBe(2);
  expect(pool.add(Uint8Array.of(1, 2, 3, 0))).toBe(3);
  expect(pool.add(Uint8Array.of(1, 2, 3))).toBe(1);
  expect(pool.buffers.map((buffer) => buffer.byteLength)).toEqual([0, 3, 3, 4]);
});

test('nothing is buffer 0', () => {
  const pool = new BufferPool();
  expect(pool.add(new Uint8Array(0))).toBe(0);
  expect(pool.buffers).toHaveLength(1);
});

test('large buffers that differ in one byte anywhere are told apart', () => {
  const pool = new BufferPool();
  pool.add(new Uint8Array(100_003));
  for (const position of [0, 1, 5, 50_001, 99_999, 100_002]) {
    const bytes = new Uint8Array(100_003);
    bytes[position] = 1;
    const index = pool.add(bytes);
    expect(index).toBe(pool.buffers.length - 1);
    expect(pool.add(bytes.slice())).toBe(index);
  }
  expect(pool.buffers).toHaveLength(8);
});

test('a view that starts at an odd address is the same as any other', () => {
  const pool = new BufferPool();
  const bytes = Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8);
  expect(pool.add(bytes.subarray(1))).toBe(pool.add(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
});

test('thunks are told apart by identity and not evaluated', () => {
  const pool = new BufferPool();
  const load = () => {
    throw new Error('evaluated');
  };
  const lazy = { byteLength: 4, load };
  expect([pool.add(lazy), pool.add({ byteLength: 4, load }), pool.add(lazy)]).toEqual([1, 2, 1]);
});
