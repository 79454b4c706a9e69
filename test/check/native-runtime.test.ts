import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Variant } from '#record/record.js';
import type { LiteRtLibrary } from '#runtime/native/litert-library.js';
import { writeProgram } from '../support/fake-python.js';
import { availableLibrary } from '../support/litert-library.js';
import { CONFIG, Repository } from './repository.js';

jest.setTimeout(120_000);

const library = await availableLibrary();
const withLibrary = library ? describe : describe.skip;

let repository: Repository;
afterEach(() => repository.dispose());

/** A program that passes for a Python with the library that there is. */
function python(): string {
  const { path, version } = library as LiteRtLibrary;
  const answer = JSON.stringify({ fits: true, tensorflow: [], litert: { version, folder: dirname(path) } });
  const folder = mkdtempSync(join(tmpdir(), 'native-runtime-'));
  const code = `fs.appendFileSync(__filename + '.log', '.');
process.stdout.write(JSON.stringify({ executable: __filename, ...${answer} }))`;
  return writeProgram(join(folder, 'python'), code);
}

const VARIANTS = '[float32, { quantize: int8, representative-data: calibration.npz }]';

withLibrary('a check by the native runtime', () => {
  test('judges as the one by wasm does, and keeps its results apart', async () => {
    repository = new Repository(CONFIG.replace('[float32]', VARIANTS));
    const cache = join(repository.root, 'cache');
    const wasm = await repository.check({ base: 'none', overrides: { cache } });
    const overrides = { cache, runtime: 'native', python: python() } as const;
    const native = await repository.check({ base: 'none', overrides });
    expect(native.verdict).toBe('passed');
    expect([wasm.tool.runtime, native.tool.runtime]).toEqual([
      undefined,
      expect.stringMatching(/^LiteRT 2\.\d+\.\d+$/),
    ]);
    expect(native.timing.variants.map(({ cached }) => cached)).toEqual([false, false]);
    const figures = ({ metrics, sha256 }: Variant & { sha256?: unknown }) => [
      sha256,
      ...metrics.map(({ name, value }) => [name, value]),
    ];
    expect(native.models[0]?.variants.map(figures)).toEqual(wasm.models[0]?.variants.map(figures));
    const again = await repository.check({ base: 'none', overrides });
    expect(again.timing.variants.map(({ cached }) => cached)).toEqual([true, true]);
  });
});

test('a pull request cannot choose it', async () => {
  repository = new Repository();
  repository.write('.tflite-gate.yml', `${CONFIG}runtime: native\npython: python3.99\n`);
  const record = await repository.check();
  expect(record.verdict).toBe('passed');
  expect(record.changes.map(({ path, kind }) => [path, kind])).toEqual([
    ['runtime', 'permission'],
    ['python', 'permission'],
  ]);
});

test('where it is missing, the check ends before anything is made', async () => {
  repository = new Repository();
  const checking = repository.check({ base: 'none', overrides: { runtime: 'native', python: 'python3.99' } });
  await expect(checking).rejects.toMatchObject({ diagnostics: [{ code: 'runtime-missing' }] });
});
