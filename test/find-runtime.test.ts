import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { libraryFile } from '#runtime/native/litert-library.js';
import { findLiteRtLibrary, resolveRuntime } from '../src/find-runtime.js';
import { findingsOf } from './runtime/fixtures.js';
import { writeProgram } from './support/fake-python.js';
import { availableLibrary } from './support/litert-library.js';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'find-runtime-'));

/** A program that passes for a Python with that package, or without. */
function python(litert: { readonly version: string; readonly folder: string } | null): string {
  const answer = JSON.stringify({ fits: true, tensorflow: [], litert });
  const code = `process.stdout.write(JSON.stringify({ executable: __filename, ...${answer} }))`;
  return writeProgram(join(folder, `python-${litert?.version ?? 'none'}`), code);
}

async function refusal(name: string): Promise<string> {
  const [finding] = await findingsOf(findLiteRtLibrary({ python: name }));
  expect(finding).toMatchObject({ code: 'runtime-missing' });
  expect(finding?.help).toEqual([
    expect.stringContaining('pip install "ai-edge-litert==2.3.*"'),
    expect.stringContaining('--engine-setup auto'),
  ]);
  return finding?.detail ?? '';
}

test('wasm needs nothing', async () => {
  expect(await resolveRuntime(undefined)).toBe('wasm');
  expect(await resolveRuntime({ runtime: 'wasm', python: 'python3.99' })).toBe('wasm');
});

test('no Python, or one without the package', async () => {
  expect(await refusal('python3.99')).toBe('There is no program python3.99.');
  const without = python(null);
  expect(await refusal(without)).toBe(`${without} does not have the package ai-edge-litert.`);
});

test('a package of another version, without the library, or with a library that cannot be loaded', async () => {
  const path = join(folder, libraryFile());
  expect(await refusal(python({ version: '2.2.0', folder }))).toBe(
    `${path} is of ai-edge-litert 2.2.0; only 2.3 is known.`,
  );
  expect(await refusal(python({ version: '2.3.7', folder }))).toBe(`${path} does not exist.`);
  const damaged = join(folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, libraryFile()), 'no library');
  expect(await refusal(python({ version: '2.3.0', folder: damaged }))).toContain(
    `${join(damaged, libraryFile())} cannot be used: `,
  );
});

const library = await availableLibrary();
(library ? test : test.skip)('the one that a Python has', () => {
  expect(library).toMatchObject({
    path: expect.stringMatching(/libLiteRt\./),
    version: expect.stringMatching(/^2\.3/),
  });
});
