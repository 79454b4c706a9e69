import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { baselineText } from '#check/baseline-file.js';
import { checkRun } from '#check/check-run.js';
import type { RunRecord } from '#record/record.js';
import { CONFIG, EXAMPLE, Repository, variantOf, verdictsOf } from './repository.js';

jest.setTimeout(60_000);

const FILE = 'baseline.json';
const AGAINST_FILE = { base: 'none', overrides: { baseline: FILE } } as const;

let repository: Repository;
afterEach(() => repository.dispose());

/** Writes the baseline of the repository as it is. */
async function writeBaseline(): Promise<void> {
  repository.write(FILE, baselineText(await checkRun({ ...repository.options, base: 'none' })));
}

function editBaseline(edit: (baseline: { judgedBy: string; models: Record<string, unknown> }) => void): void {
  const path = join(repository.root, FILE);
  const baseline = JSON.parse(readFileSync(path, 'utf8'));
  edit(baseline);
  writeFileSync(path, JSON.stringify(baseline));
}

const details = (record: RunRecord) => variantOf(record).findings.map(({ code, detail }) => `${code}: ${detail}`);

test('a baseline takes the place of a commit', async () => {
  repository = new Repository();
  await writeBaseline();
  const same = await repository.check(AGAINST_FILE);
  expect(same.verdict).toBe('passed');
  expect(same.base).toEqual({ kind: 'file', name: FILE, reason: 'It is named as `baseline`.' });
  expect(details(same)).toEqual([]);
  expect(variantOf(same).metrics[0]?.base?.drop).toBe(0);
  repository.replaceVariables('much');
  const worse = await repository.check(AGAINST_FILE);
  expect(worse.verdict).toBe('failed');
  expect(verdictsOf(variantOf(worse))['metrics.top-1.max-regression']).toBe('fail');
});

test('metrics of other data are not compared, though there are as many samples', async () => {
  repository = new Repository();
  await writeBaseline();
  const text = CONFIG.replace('metrics: [top-1]', 'metrics: [top-1], seed: 2, limit: 300');
  repository.write('.tflite-gate.yml', text);
  const record = await repository.check(AGAINST_FILE);
  expect(verdictsOf(variantOf(record))['metrics.top-1.max-regression']).toBe('skipped');
  await writeBaseline();
  repository.write('.tflite-gate.yml', text.replace('seed: 2', 'seed: 3'));
  const drawn = await repository.check(AGAINST_FILE);
  expect(verdictsOf(variantOf(drawn))).toEqual({
    'metrics.top-1.min': 'pass',
    'metrics.top-1.max-regression': 'skipped',
    'size.max-increase': 'pass',
  });
  expect(details(drawn)).toEqual([
    'other-baseline: baseline.json was judged on other data, or with other settings for them: metrics are not compared with it.',
  ]);
});

test('where the data lie does not matter, what is in them does', async () => {
  repository = new Repository();
  await writeBaseline();
  repository.copy(join(EXAMPLE, 'test.npz'), 'moved.npz');
  repository.write('.tflite-gate.yml', CONFIG.replace('test.npz', 'moved.npz'));
  expect(details(await repository.check(AGAINST_FILE))).toEqual([]);
  repository.copy(join(EXAMPLE, 'calibration.npz'), 'moved.npz');
  expect(details(await repository.check(AGAINST_FILE))).toEqual([expect.stringContaining('on other data')]);
});

test('a model or variant that the baseline has not is named', async () => {
  repository = new Repository();
  await writeBaseline();
  repository.write('.tflite-gate.yml', CONFIG.replace('[float32]', '[float32, float16]'));
  const record = await repository.check(AGAINST_FILE);
  expect(details(record)).toEqual([]);
  expect(variantOf(record, 'digits', 'float16').findings.map(({ detail }) => detail)).toEqual([
    'baseline.json does not have it: it is compared with nothing.',
  ]);
  editBaseline(({ models }) => {
    delete models['digits'];
  });
  expect(details(await repository.check(AGAINST_FILE))).toEqual([
    'other-baseline: baseline.json does not have it: it is compared with nothing.',
  ]);
});

test('one of another runtime is compared, and said to be', async () => {
  repository = new Repository();
  await writeBaseline();
  editBaseline((baseline) => {
    baseline.judgedBy = 'LiteRT 2.3.0';
  });
  const record = await repository.check(AGAINST_FILE);
  expect(verdictsOf(variantOf(record))['metrics.top-1.max-regression']).toBe('pass');
  expect(details(record)).toEqual([
    'other-baseline: baseline.json was judged by LiteRT 2.3.0, this run by WebAssembly: the last digits of metrics may differ for that.',
  ]);
});

test.each([
  ['no JSON', '{'],
  ['an older one', '{"baseline":1,"tool":"1.0.0","models":{}}'],
  [
    'numbers that are none',
    '{"baseline":2,"tool":"1","judgedBy":"WebAssembly","models":{"digits":{"judging":"","variants":{"float32":{"metrics":[{"name":"top-1"}]}}}}}',
  ],
])('%s is refused', async (_, text) => {
  repository = new Repository();
  repository.write(FILE, text);
  await expect(repository.check(AGAINST_FILE)).rejects.toThrow('baseline.json is no baseline');
});
