import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBundle } from '#saved-model/bundle.js';
import { textOf } from '#saved-model/strings.js';
import { wholeOf } from '#saved-model/tensor-slice.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { failureOf, fixture } from './fixtures.js';

const withVariables = readdirSync(fixture('tf')).filter((name) =>
  readdirSync(fixture('tf', name)).includes('variables.npz'),
);

/** bfloat16 values stand in .npz files as float32. */
function widened(tensor: Tensor): unknown {
  if (tensor.dtype === 'string') return tensor.strings.map(textOf);
  if (tensor.dtype !== 'bfloat16') return tensor.data;
  return new Float32Array(Uint32Array.from(tensor.data as Uint16Array, (bits) => bits << 16).buffer);
}

describe('a checkpoint', () => {
  test.each(withVariables)('gives what TensorFlow reads: %s', (name) => {
    const bundle = openBundle(fixture('tf', name, 'saved_model', 'variables', 'variables'));
    const expected = readNpz(readFileSync(fixture('tf', name, 'variables.npz')));
    const summary = JSON.parse(readFileSync(fixture('tf', name, 'fixture.json'), 'utf8'));
    expect([...bundle.keys()].filter((key) => key !== '_CHECKPOINTABLE_OBJECT_GRAPH').sort()).toEqual(
      [...expected.keys()].sort(),
    );
    for (const [key, wanted] of expected) {
      const tensor = bundle.read(key);
      expect(tensor.dtype).toBe(summary.checkpoint_dtypes[key]);
      expect(tensor.shape).toEqual(wanted.shape);
      expect(bundle.entry(key)).toEqual({ key, dtype: tensor.dtype, shape: tensor.shape });
      expect(widened(tensor)).toEqual(widened(wanted));
    }
  });

  test('without files is empty', () => {
    const bundle = openBundle(fixture('tf', 'tf1_frozen', 'saved_model', 'variables', 'variables'));
    expect([...bundle.keys()]).toEqual([]);
    expect(bundle.entry('a')).toBeUndefined();
  });
});

describe('slices', () => {
  const bundle = openBundle(fixture('slices', 'variables'));
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

  test('are put together', () => {
    expect([...(bundle.read('wide').data as Int16Array)]).toEqual(upTo(9000));
    expect([...(bundle.read('scope/blocks').data as Float32Array)]).toEqual(upTo(24));
  });

  test('are found one by one, and cut from others', () => {
    const part = (key: string, fullShape: number[], start: number[], length: number[]) =>
      [...(bundle.read(key, { fullShape, start, length }).data as Int16Array)].map(Number);
    expect(part('wide', [1, 9000], [0, 64], [1, 64])).toEqual(upTo(64).map((i) => i + 64));
    expect(part('wide', [1, 9000], [0, 60], [1, 100])).toEqual(upTo(100).map((i) => i + 60));
    expect(part('scope/blocks', [4, 6], [1, 2], [2, 2])).toEqual([8, 9, 14, 15]);
    expect(part('whole', [3, 4], [1, 0], [2, 2])).toEqual([4, 5, 8, 9]);
  });

  test('of another shape than the tensor has are refused', () => {
    expect(failureOf(() => bundle.read('whole', wholeOf([4, 3])))).toMatchObject({ code: 'corrupt-file' });
  });

  test('stand beside strings and int4', () => {
    const { strings } = bundle.read('string');
    expect(strings.map((string) => string.length)).toEqual([0, 3, 200]);
    expect(textOf(strings[1] as Uint8Array)).toBe('abc');
    // -3 … 3 as nibbles, the low one first
    expect([...bundle.read('int4').bytes]).toEqual([0xed, 0x0f, 0x21, 0x03]);
  });
});

describe('a damaged checkpoint', () => {
  let folder: string;
  let index: string;
  let data: string;
  const key = 'values/int32/.ATTRIBUTES/VARIABLE_VALUE';
  const read = (name = key) => failureOf(() => openBundle(join(folder, 'variables')).read(name));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    cpSync(fixture('tf', 'tf2_dtypes', 'saved_model', 'variables'), folder, { recursive: true });
    index = join(folder, 'variables.index');
    data = join(folder, 'variables.data-00000-of-00001');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function change(path: string, at: (bytes: Uint8Array) => number): void {
    const bytes = readFileSync(path);
    const position = at(bytes);
    bytes[position] = (bytes[position] as number) ^ 1;
    writeFileSync(path, bytes);
  }

  test('with a changed byte of data has a wrong checksum', () => {
    const { bytes } = openBundle(join(folder, 'variables')).read(key);
    change(data, (file) => Buffer.from(file).indexOf(bytes));
    expect(read()).toMatchObject({ code: 'corrupt-file', locations: [{ file: data }] });
    expect(read().detail).toContain(`the bytes of \`${key}\` do not have the checksum`);
    // Only what is read is judged.
    expect(openBundle(join(folder, 'variables')).read('values/int16/.ATTRIBUTES/VARIABLE_VALUE').dtype).toBe('int16');
  });

  test('with a changed string or length of one has a wrong checksum', () => {
    const name = 'values/string/.ATTRIBUTES/VARIABLE_VALUE';
    const first = openBundle(join(folder, 'variables'))
      .read(name)
      .strings.find((string) => string.length > 1) as Uint8Array;
    change(data, (file) => Buffer.from(file).indexOf(first));
    expect(read(name)).toMatchObject({ code: 'corrupt-file', locations: [{ file: data }] });
  });

  test('with a changed byte of the index has a wrong checksum', () => {
    change(index, () => 20);
    expect(read().detail).toMatch(/variables\.index: the block at 0 has a wrong checksum\.$/);
    expect(read().code).toBe('corrupt-file');
  });

  test('that ends early says so', () => {
    truncateSync(data, 10);
    expect(read().code).toBe('corrupt-file');
    expect(read().detail).toMatch(/it has 10 bytes, but .* it is truncated, or belongs to another model/);
    truncateSync(index, 200);
    expect(read().detail).toMatch(/it does not end as a checkpoint index does: it is truncated/);
    truncateSync(index, 20);
    expect(read().detail).toMatch(/it has 20 bytes, fewer than the footer/);
  });

  test('without its files names the missing one', () => {
    rmSync(data);
    expect(read()).toMatchObject({ code: 'missing-shard', locations: [{ file: data }] });
    expect(read().detail).toMatch(
      /^variables\.data-00000-of-00001 is not in .*, though the index says that `values\/int32/,
    );
    writeFileSync(data, '');
    rmSync(index);
    expect(read()).toMatchObject({ code: 'missing-shard', locations: [{ file: index }] });
  });

  test('that lacks what the graph restores says so', () => {
    expect(read('other')).toMatchObject({ code: 'corrupt-file', locations: [{ file: index }] });
    expect(read('other').detail).toMatch(/it has no `other`, which the graph restores: it belongs to another model\.$/);
    rmSync(data);
    rmSync(index);
    expect(read()).toMatchObject({ code: 'missing-shard', locations: [{ file: index }] });
    expect(read().detail).toMatch(/^The graph restores `values\/int32.*, but variables\.index is not in /);
  });

  test('of Git LFS pointers says so', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n';
    writeFileSync(data, pointer);
    expect(read()).toMatchObject({ code: 'lfs-pointer', locations: [{ file: data }] });
    writeFileSync(index, pointer);
    expect(read()).toMatchObject({ code: 'lfs-pointer', locations: [{ file: index }] });
  });
});

test('a shard that is missing is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    cpSync(fixture('tf', 'tf2_shards', 'saved_model', 'variables'), folder, { recursive: true });
    rmSync(join(folder, 'variables.data-00002-of-00004'));
    const bundle = openBundle(join(folder, 'variables'));
    const failures = [0, 1, 2, 3, 4].map((i) => {
      try {
        bundle.read(`layers/${i}/.ATTRIBUTES/VARIABLE_VALUE`);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    });
    const failed = failures.filter((message) => message !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(5);
    for (const message of failed) expect(message).toContain('variables.data-00002-of-00004 is not in');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
