import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { checkRun } from '#check/check-run.js';
import { RunRecord } from '#record/record.js';
import { CONFIG, EXAMPLE, FIXTURES, Repository, variantOf, verdictsOf } from './repository.js';

jest.setTimeout(60_000);

let repository: Repository;
afterEach(() => repository.dispose());

test('nothing changed: passes, and is not measured twice', async () => {
  repository = new Repository();
  const record = await repository.check();
  expect(record.verdict).toBe('passed');
  expect(record.headline).toBe('1 model passed.');
  expect(record.models[0]?.status).toBe('unchanged');
  expect(variantOf(record).metrics[0]?.base?.drop).toBe(0);
  expect(existsSync(join(repository.output, 'models/digits-float32.tflite'))).toBe(true);
  expect(RunRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});

test('weights with a little noise: a drop within noise, which passes', async () => {
  repository = new Repository();
  repository.replaceVariables('little');
  const record = await repository.check();
  const variant = variantOf(record);
  expect(record.models[0]?.status).toBe('changed');
  expect(verdictsOf(variant)).toEqual({
    'metrics.top-1.min': 'pass',
    'metrics.top-1.max-regression': 'within-noise',
    'size.max-increase': 'pass',
  });
  expect(record.verdict).toBe('passed');
  const drop = variant.checks.find(({ id }) => id === 'metrics.top-1.max-regression');
  expect(drop?.reason).toMatch(/within noise \(p = .*\); [\d,]+ samples would settle it\.$/);
  const strict = await repository.check({ overrides: { strict: true } });
  expect(strict.verdict).toBe('failed');
});

test('weights with much noise fail', async () => {
  repository = new Repository();
  repository.replaceVariables('much');
  const record = await repository.check();
  expect(record.verdict).toBe('failed');
  const variant = variantOf(record);
  expect(verdictsOf(variant)['metrics.top-1.max-regression']).toBe('fail');
  expect(variant.checks.find(({ id }) => id.endsWith('max-regression'))?.certainty).toBe('certain');
});

test('an op that TFLite has no kernel for fails, and is named', async () => {
  repository = new Repository();
  repository.remove('models/digits');
  repository.copy(join(FIXTURES, 'unsupported'), 'models/digits');
  const record = await repository.check();
  expect(record.verdict).toBe('failed');
  const variant = variantOf(record);
  expect(variant.verdict).toBe('unsupported');
  expect(variant.findings.map(({ op }) => op)).toContain('Betainc');
  expect(variant.file).toBeNull();
});

test('a model that the base has and the head has not fails', async () => {
  repository = new Repository();
  repository.remove('models/digits');
  const record = await repository.check();
  expect(record.verdict).toBe('failed');
  expect(variantOf(record).verdict).toBe('missing');
  expect(variantOf(record).checks[0]?.reason).toBe('models/digits is no longer there, and the base checks it.');
});

test('a new model passes, and is called new', async () => {
  repository = new Repository('');
  repository.copy(join(EXAMPLE, 'saved_model'), 'models/second');
  const record = await repository.check();
  expect(record.verdict).toBe('passed');
  expect(record.models.map(({ name, status }) => [name, status])).toEqual([
    ['digits', 'unchanged'],
    ['second', 'new'],
  ]);
});

test('twice the size fails for that alone', async () => {
  repository = new Repository();
  repository.remove('models/digits');
  repository.copy(join(FIXTURES, 'larger'), 'models/digits');
  const record = await repository.check();
  expect(record.verdict).toBe('failed');
  expect(verdictsOf(variantOf(record))).toEqual({
    'metrics.top-1.min': 'pass',
    'metrics.top-1.max-regression': 'pass',
    'size.max-increase': 'fail',
  });
});

test('a pull request that loosens its own limit is judged by the base', async () => {
  repository = new Repository();
  repository.replaceVariables('much');
  repository.write(
    '.tflite-gate.yml',
    CONFIG.replace('max-regression: 0.002', 'max-regression: 0.9').replace('0.9,', '0.01,'),
  );
  const record = await repository.check();
  expect(record.verdict).toBe('failed');
  expect(record.config.source).toBe('base');
  expect(record.changes.map(({ kind, loosened, counted }) => [kind, loosened, counted])).toEqual([
    ['limit', true, false],
    ['limit', true, false],
  ]);
  const allowed = await repository.check({ overrides: { allowLimitChanges: true } });
  expect(verdictsOf(variantOf(allowed))['metrics.top-1.max-regression']).toBe('pass');
});

test('test data that was swapped do not count', async () => {
  repository = new Repository();
  const before = await repository.check();
  repository.copy(join(EXAMPLE, 'calibration.npz'), 'test.npz');
  const record = await repository.check();
  expect(record.changes).toEqual([
    expect.objectContaining({ kind: 'data', path: 'test.npz', counted: false, loosened: true }),
  ]);
  expect(variantOf(record).metrics[0]?.samples).toBe(variantOf(before).metrics[0]?.samples);
});

test('results are kept by content, and taken from there', async () => {
  repository = new Repository();
  const cache = join(repository.root, '.cache');
  const first = await repository.check({ overrides: { cache } });
  const second = await repository.check({ overrides: { cache } });
  expect(second.timing.variants.map(({ cached }) => cached)).toEqual([true]);
  expect({ ...second, timing: null }).toEqual({ ...first, timing: null });
  const file = join(repository.output, 'models/digits-float32.tflite');
  expect(readFileSync(file).length).toBe(variantOf(first).figures?.bytes);
});

test('samples on which a model is calibrated and judged are warned of', async () => {
  const variants = 'variants: [{ name: int8, quantize: int8, representative-data: test.npz }]';
  repository = new Repository(CONFIG.replace('variants: [float32]', variants));
  const { findings } = variantOf(await repository.check(), 'digits', 'int8');
  expect(findings.map(({ code }) => code)).toContain('shared-samples');
});

test('wrong data: one error with the place in the repository, and nothing is written', async () => {
  repository = new Repository();
  repository.write('test.npz', 'no numbers');
  repository.commit();
  await expect(repository.check()).rejects.toThrow(/test\.npz/);
  await expect(repository.check()).rejects.not.toThrow(/tflite-gate-check-/);
  expect(existsSync(repository.output)).toBe(false);
});

test('results that are a part of the repository do not count', async () => {
  repository = new Repository();
  repository.write('results/made-up.json', '{}');
  repository.commit();
  await expect(repository.check({ overrides: { cache: 'results' } })).rejects.toThrow('they could be made up');
});

test('an entry of the kept results that was changed is as good as none', async () => {
  repository = new Repository();
  const cache = join(repository.root, '.cache');
  const first = await repository.check({ overrides: { cache } });
  for (const name of readdirSync(cache).filter((each) => each !== '.gitignore')) {
    const bytes = readFileSync(join(cache, name));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(join(cache, name), bytes);
  }
  const second = await repository.check({ overrides: { cache } });
  expect(second.timing.variants.map(({ cached }) => cached)).toEqual([false]);
  expect(second.models).toEqual(first.models);
});

test('the time of a run against the base, in turns', async () => {
  repository = new Repository(CONFIG.replace('size:', 'latency: { max-ratio: 100 }\n      size:'));
  repository.replaceVariables('little');
  const check = variantOf(await repository.check()).checks.find(({ kind }) => kind === 'latency');
  expect(check).toMatchObject({ id: 'latency.max-ratio', verdict: 'pass', unit: 'ratio' });
  expect(check?.measured).toBeGreaterThan(0);
});

test('rows that are run at once give what each gives alone, also where the last batch is not full', async () => {
  repository = new Repository();
  const { record, measurements } = await checkRun({ ...repository.options, overrides: { limit: 90 } });
  repository.write('.tflite-gate.yml', CONFIG.replace('metrics: [top-1]', 'metrics: [top-1], batch: 40'));
  repository.commit();
  const batched = await checkRun({ ...repository.options, overrides: { limit: 90 } });
  expect(variantOf(record).metrics[0]?.samples).toBe(90);
  const rows = (of: typeof measurements) => of.get('digits')?.variants.get('float32')?.metrics[0]?.rows;
  expect(rows(batched.measurements)).toEqual(rows(measurements));
});

test('a replacement rule that is a module does not run where code is refused', async () => {
  const variants = 'variants: [{ name: float32, replacements: [rule.mjs] }]';
  repository = new Repository(
    CONFIG.replace('version: 1', 'version: 1\nallow-code: true').replace('variants: [float32]', variants),
  );
  repository.write(
    'rule.mjs',
    "import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', '');\nexport default [];\n",
  );
  repository.commit();
  const record = await repository.check({ refuseCode: true });
  expect(variantOf(record).verdict).toBe('invalid');
  expect(
    variantOf(record)
      .findings.map(({ detail }) => detail)
      .join(),
  ).toContain('rule.mjs is a program');
});

test('data behind a symbolic link, which may lead elsewhere in the head, are refused', async () => {
  repository = new Repository(CONFIG.replace('data: test.npz', 'data: link/test.npz'));
  repository.copy(join(EXAMPLE, 'test.npz'), 'real/test.npz');
  symlinkSync('real', join(repository.root, 'link'));
  repository.commit();
  repository.copy(join(EXAMPLE, 'calibration.npz'), 'real/test.npz');
  await expect(repository.check()).rejects.toThrow('leads through the symbolic link link');
});

test('data that only the head keeps are a change that is said', async () => {
  repository = new Repository();
  repository.remove('test.npz');
  repository.commit();
  repository.copy(join(EXAMPLE, 'test.npz'), 'test.npz');
  repository.git('add', 'test.npz');
  const { changes } = await repository.check();
  expect(changes).toEqual([expect.objectContaining({ kind: 'data', path: 'test.npz', from: null, loosened: true })]);
});
