import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { planRun } from '#check/check-run.js';
import { findBase } from '#check/find-base.js';
import { CONFIG, EXAMPLE, FIXTURES, Repository, variantOf, verdictsOf } from './repository.js';

jest.setTimeout(60_000);

let repository: Repository;
afterEach(() => repository.dispose());

const INT8 = '{ name: int8, quantize: int8, representative-data: calibration.npz }';

describe('the commit', () => {
  test('is the first parent of the merge of the event’s head, and of no other merge', async () => {
    repository = new Repository();
    const { root } = repository;
    const fork = repository.git('rev-parse', 'HEAD').trim();
    repository.git('switch', '--quiet', '--create', 'feature');
    repository.write('a', 'of the feature');
    const own = repository.commit();
    repository.git('switch', '--quiet', 'main');
    repository.write('b', 'of main');
    const base = repository.commit();
    repository.git('switch', '--quiet', 'feature');
    repository.git('merge', '--quiet', '--no-ff', '--message', 'main into the feature', 'main');
    const head = repository.git('rev-parse', 'HEAD').trim();
    const ofHead = await findBase(root, { eventBase: base, headSha: head });
    expect([ofHead.tree?.commit, ofHead.reason]).toEqual([base, 'It is the commit that the event names.']);
    expect(own).not.toBe(base);
    repository.git('switch', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '--message', 'by GitHub', 'feature');
    const ofMerge = await findBase(root, { eventBase: fork, headSha: head });
    expect([ofMerge.tree?.commit, ofMerge.reason]).toEqual([base, 'It is the first parent of the merge.']);
  });

  test('has models that the head still lists; one that neither has is a slip of the pen', async () => {
    repository = new Repository(`${CONFIG}  - path: build/made\n`);
    await expect(repository.check()).rejects.toThrow('build/made');
  });

  test('is looked at for the models only that were asked for', async () => {
    repository = new Repository('');
    repository.copy(join(EXAMPLE, 'saved_model'), 'models/other');
    repository.commit();
    const { gate } = await planRun({ ...repository.options, only: ['models/digits'] });
    expect(gate.models.map(({ path }) => path)).toEqual(['models/digits']);
  });
});

describe('what judges', () => {
  const METRIC = (value: number) =>
    `export const direction = 'higher';
export const update = () => [${value}];
export const merge = (a, b) => [a[0] + b[0]];
export const result = ([sum]) => (sum > 0 ? 1 : 0);
`;

  test('is the base’s, file by file, though git keeps one of them in neither', async () => {
    const text = CONFIG.replace('version: 1', 'version: 1\nallow-code: true')
      .replace('[top-1]', '[./m.mjs]')
      .replace('accuracy: { min: 0.9, max-regression: 0.002 }', 'metrics: { m: { min: 0.5 } }');
    repository = new Repository(text);
    repository.write('m.mjs', METRIC(0));
    repository.write('.gitignore', 'test.npz\n');
    repository.git('rm', '--quiet', '--cached', 'test.npz');
    repository.commit();
    repository.write('m.mjs', METRIC(1));
    const record = await repository.check();
    expect(verdictsOf(variantOf(record))['metrics.m.min']).toBe('fail');
    expect(record.changes).toEqual([expect.objectContaining({ path: 'm.mjs', counted: false })]);
  });

  test('data that the base does not have count, and are said to', async () => {
    repository = new Repository();
    repository.git('rm', '--quiet', '--cached', 'test.npz');
    repository.git('commit', '--quiet', '--message', 'without data');
    repository.git('add', 'test.npz');
    const record = await repository.check();
    expect(record.changes).toEqual([expect.objectContaining({ path: 'test.npz', counted: true, loosened: true })]);
  });

  test('data that were swapped are shown also where they count', async () => {
    repository = new Repository();
    repository.copy(join(EXAMPLE, 'calibration.npz'), 'test.npz');
    const record = await repository.check({ overrides: { allowLimitChanges: true } });
    expect(record.changes).toEqual([expect.objectContaining({ path: 'test.npz', counted: true, loosened: true })]);
    expect(variantOf(record).metrics[0]?.samples).toBe(100);
  });
});

describe('data that the base cannot give', () => {
  const OTHER = CONFIG.replace('test.npz', 'data/digits.npz');

  test('are refused in a submodule of which the pull request names another commit', async () => {
    repository = new Repository(OTHER);
    const data = new Repository('');
    try {
      data.copy(join(EXAMPLE, 'test.npz'), 'digits.npz');
      data.commit();
      repository.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', data.root, 'data');
      repository.commit();
      expect((await repository.check()).verdict).toBe('passed');
      repository.copy(join(EXAMPLE, 'calibration.npz'), 'data/digits.npz');
      await expect(repository.check()).rejects.toThrow('data/digits.npz is of the submodule data');
      const allowed = await repository.check({ overrides: { allowLimitChanges: true } });
      expect(allowed.changes).toEqual([expect.objectContaining({ path: 'data/digits.npz', counted: true })]);
    } finally {
      data.dispose();
    }
  });

  test('are refused in a folder with a link to what changed', async () => {
    repository = new Repository(OTHER.replace('data/digits.npz', 'data'));
    repository.write('data/yes/a.png', 'a picture');
    symlinkSync('../../test.npz', join(repository.root, 'data/yes/b.png'));
    repository.commit();
    repository.copy(join(EXAMPLE, 'calibration.npz'), 'test.npz');
    await expect(repository.check()).rejects.toThrow('the symbolic link data/yes/b.png');
  });
});

describe('the base’s model', () => {
  test('is made anew where the pull request says how files are checked out', async () => {
    repository = new Repository();
    expect((await repository.check()).models[0]?.status).toBe('unchanged');
    repository.write('.gitattributes', '*.pb text eol=crlf\n');
    expect((await repository.check()).models[0]?.status).toBe('changed');
  });

  test('is the same where calibration data are downloaded for both', async () => {
    repository = new Repository(CONFIG.replace('[float32]', `[${INT8}]`));
    repository.write('.gitignore', 'calibration.npz\n');
    repository.git('rm', '--quiet', '--cached', 'calibration.npz');
    repository.commit();
    const unchanged = variantOf(await repository.check(), 'digits', 'int8');
    expect(verdictsOf(unchanged)).toMatchObject({
      'metrics.top-1.max-regression': 'pass',
      'size.max-increase': 'pass',
    });
    repository.replaceVariables('little');
    const changed = variantOf(await repository.check(), 'digits', 'int8');
    expect(changed.metrics[0]?.base?.value).toBeGreaterThan(0.9);
    expect(changed.findings.map(({ code }) => code)).toEqual([]);
  });

  test('that cannot be made is said to be compared with nothing', async () => {
    repository = new Repository();
    repository.remove('models/digits');
    repository.copy(join(FIXTURES, 'unsupported'), 'models/digits');
    repository.commit();
    repository.remove('models/digits');
    repository.copy(join(EXAMPLE, 'saved_model'), 'models/digits');
    const record = await repository.check();
    const skipped = variantOf(record).checks.filter(({ verdict }) => verdict === 'skipped');
    expect(skipped.map(({ id, reason }) => [id, reason])).toEqual([
      ['metrics.top-1.max-regression', "The base's could not be made."],
      ['size.max-increase', "The base's could not be made."],
    ]);
    expect(variantOf(record).findings).toEqual([
      expect.objectContaining({ code: 'base-not-made', detail: expect.stringContaining('Betainc') }),
    ]);
  });

  test('is found under a name in other letter case', async () => {
    repository = new Repository(CONFIG.replace('[float32]', '[{ name: dyn, quantize: dynamic }]'));
    repository.write('.tflite-gate.yml', CONFIG.replace('[float32]', '[{ name: Dyn, quantize: dynamic }]'));
    repository.replaceVariables('much');
    const record = await repository.check();
    expect(verdictsOf(variantOf(record, 'digits', 'Dyn'))['metrics.top-1.max-regression']).toBe('fail');
  });
});

test('a variant is judged by the model’s own float one, also where only it is made anew', async () => {
  const variants = (ioType: string) =>
    `[{ name: float32, engine: native }, { name: dyn, quantize: dynamic, io-type: ${ioType} }]`;
  repository = new Repository(CONFIG.replace('[float32]', variants('float32')));
  const cache = join(repository.root, '.cache');
  const first = await repository.check({ overrides: { cache } });
  const shard = await repository.check({ overrides: { cache }, shard: { index: 2, count: 2 } });
  const [own] = shard.models[0]?.variants ?? [];
  expect(own?.metrics).toEqual(first.models[0]?.variants.find(({ name }) => name === own?.name)?.metrics);
  expect(shard.timing.variants.map(({ cached }) => cached)).toEqual([true]);
});
