import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RunRecord } from '#record/record.js';
import { runStep } from '../../src/action/run-step.js';
import { Repository } from '../check/repository.js';
import { RecordingToolkit } from './toolkit.js';

jest.setTimeout(60_000);

const here = dirname(fileURLToPath(import.meta.url));
const digits = join(here, '../../examples/digits/saved_model');
const unsupported = join(here, 'fixtures/unsupported');

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'tflite-gate-action-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function add(source: string, folder: string): void {
  cpSync(source, join(workspace, folder), { recursive: true });
}

/** As a runner sets them, except that there is no artifact service. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  return { GITHUB_WORKSPACE: workspace, GITHUB_STEP_SUMMARY: join(workspace, 'summary.md'), ...more };
}

async function step(inputs: Record<string, string> = {}, more: Record<string, string> = {}): Promise<RecordingToolkit> {
  const toolkit = new RecordingToolkit({ cache: 'none', ...inputs });
  await runStep(toolkit, environment(more));
  return toolkit;
}

function plain(markdown: string | undefined): string | undefined {
  return markdown?.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

describe('a model that converts', () => {
  test('is written, run, and told of in outputs, record, report and summary', async () => {
    add(digits, 'models/digits/saved_model');
    const { failure, outputs, markdown } = await step();
    expect(failure).toBeUndefined();
    const bytes = readFileSync(join(workspace, 'tflite-gate/models/digits-float32.tflite'));
    expect(outputs).toEqual({
      passed: true,
      result: 'tflite-gate/result.json',
      report: 'tflite-gate/report.html',
      models: [
        {
          name: 'digits',
          variant: 'float32',
          savedModel: 'models/digits/saved_model',
          verdict: 'passed',
          file: 'tflite-gate/models/digits-float32.tflite',
          size: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          ops: 6,
          metrics: expect.any(Object),
        },
      ],
    });
    const record = RunRecord.parse(JSON.parse(readFileSync(join(workspace, 'tflite-gate/result.json'), 'utf8')));
    expect(record.models.map(({ status }) => status)).toEqual(['alone']);
    const [{ stages = [] } = {}] = record.timing.variants;
    expect(stages.map(({ name }) => name)).toEqual(['make', 'evaluate']);
    expect(stages[0]?.passes?.find(({ name }) => name === 'fold-constants')).toMatchObject({
      runs: expect.any(Number),
      changes: expect.any(Number),
    });
    expect(readFileSync(join(workspace, 'tflite-gate/report.html'), 'utf8')).toContain('digits');
    expect(plain(markdown)).toContain('✅ **Passed.** 1 model passed.');
  });

  test('goes into the folder that is given, also outside of the workspace', async () => {
    add(digits, 'digits');
    const outside = mkdtempSync(join(tmpdir(), 'tflite-gate-out-'));
    try {
      expect((await step({ 'output-directory': 'out/put' })).outputs['result']).toBe('out/put/result.json');
      await step({ 'output-directory': outside });
      expect(readdirSync(join(outside, 'models'))).toEqual(['digits-float32.tflite']);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  test('keeps apart from another of the same name', async () => {
    add(digits, 'a/digits');
    add(digits, 'b/digits');
    await step();
    expect(readdirSync(join(workspace, 'tflite-gate/models')).sort()).toEqual([
      'a-digits-float32.tflite',
      'b-digits-float32.tflite',
    ]);
  });

  test('needs no summary file', async () => {
    add(digits, 'digits');
    const toolkit = new RecordingToolkit({ cache: 'none' });
    await runStep(toolkit, { GITHUB_WORKSPACE: workspace });
    expect(toolkit.failure).toBeUndefined();
    expect(toolkit.markdown).toBeUndefined();
  });
});

describe('a model with unsupported ops', () => {
  test('fails the step with every op, once, at its nodes; the others are converted all the same', async () => {
    add(unsupported, 'beta');
    add(digits, 'digits');
    const { failure, outputs, annotations, markdown, log } = await step();
    expect(failure).toBe('1 of 2 variants failed: beta (float32) cannot be converted.');
    expect(outputs).toMatchObject({
      passed: false,
      models: [
        { name: 'beta', verdict: 'unsupported' },
        { name: 'digits', verdict: 'passed' },
      ],
    });
    expect((outputs['models'] as object[])[0]).not.toHaveProperty('file');
    expect(readdirSync(join(workspace, 'tflite-gate/models'))).toEqual(['digits-float32.tflite']);
    const errors = annotations.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ title, file }) => [title, file])).toEqual([
      [expect.stringContaining('(Betainc)'), 'beta/saved_model.pb'],
      [expect.stringContaining('(Igammac)'), 'beta/saved_model.pb'],
    ]);
    expect(plain(markdown)).toMatch(/Betainc, 2 times/);
    for (const text of [plain(markdown), log.join('\n')]) {
      for (const node of ['Betainc', 'Igammac']) expect(text).toContain(node);
    }
  });

  test('passes where nothing is to fail', async () => {
    add(unsupported, 'beta');
    const { failure, outputs } = await step({ 'fail-on': 'none' });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ passed: true, models: [{ verdict: 'unsupported' }] });
  });

  test('never gives more annotations than GitHub shows', async () => {
    for (let i = 0; i < 6; i++) add(unsupported, `beta${i}`);
    const { annotations, markdown } = await step();
    const errors = annotations.filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(9);
    expect(errors.at(-1)).toMatchObject({ title: '4 more', message: expect.stringContaining('summary') });
    expect(plain(markdown)).toContain('#### beta5 (float32)');
  });
});

describe('a pull request', () => {
  const payload = (head: string, base: string) => ({
    pull_request: {
      number: 7,
      head: { sha: head, repo: { full_name: 'f/r' } },
      base: { sha: base, repo: { full_name: 'o/r' } },
    },
  });

  test('is compared with the first parent of its merge; without a token the comment is a notice and a file', async () => {
    const repository = new Repository();
    try {
      const old = repository.git('rev-parse', 'HEAD').trim();
      repository.git('checkout', '--quiet', '-b', 'change');
      repository.replaceVariables('much');
      const head = repository.commit();
      repository.git('checkout', '--quiet', 'main');
      repository.write('other', 'the base moved on');
      const base = repository.commit();
      repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'change');
      const event = join(workspace, 'event.json');
      writeFileSync(event, JSON.stringify(payload(head, old)));
      const { failure, annotations, outputs } = await step(
        {},
        {
          GITHUB_WORKSPACE: repository.root,
          GITHUB_EVENT_NAME: 'pull_request',
          GITHUB_EVENT_PATH: event,
          GITHUB_REPOSITORY: 'o/r',
        },
      );
      expect(failure).toContain('accuracy');
      const folder = join(repository.root, 'tflite-gate');
      const record = RunRecord.parse(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));
      expect(record.base).toEqual({ kind: 'commit', name: base, reason: 'It is the first parent of the merge.' });
      const notices = annotations.filter(({ title }) => title === 'No comment');
      expect(notices).toMatchObject([{ severity: 'notice', message: expect.stringContaining('no token') }]);
      expect(outputs).not.toHaveProperty('comment-url');
      expect(plain(readFileSync(join(folder, 'comment.md'), 'utf8'))).toContain('❌ **Failed.**');
      expect(JSON.parse(readFileSync(join(folder, 'comment.json'), 'utf8'))).toMatchObject({
        number: 7,
        headSha: head,
      });
    } finally {
      repository.dispose();
    }
  });

  test.each(['push', 'schedule', 'merge_group', 'workflow_dispatch'])(
    '%s: a verdict, no comment, no notice',
    async (event) => {
      add(digits, 'digits');
      const { failure, annotations } = await step({}, { GITHUB_EVENT_NAME: event });
      expect(failure).toBeUndefined();
      expect(annotations.filter(({ title }) => title === 'No comment')).toEqual([]);
    },
  );
});

describe('input that is not right', () => {
  test('a workspace without models fails', async () => {
    const { failure, outputs, markdown } = await step();
    expect(failure).toMatch(/^No SavedModel was found/);
    expect(outputs).toMatchObject({ passed: false, models: [] });
    expect(plain(markdown)).toContain('No models were found.');
  });

  test('a pattern that matches nothing fails, and nothing is written', async () => {
    add(digits, 'digits');
    const { failure, outputs, annotations } = await step({ models: 'digits\nother/*' });
    expect(failure).toBe('Nothing was checked.');
    expect(outputs).toEqual({ passed: false });
    expect(annotations).toMatchObject([
      { severity: 'error', title: 'Not a SavedModel', message: expect.stringContaining('"other/*" matches no folder') },
    ]);
    expect(existsSync(join(workspace, 'tflite-gate'))).toBe(false);
  });

  test('each input with a wrong value is named', async () => {
    const { failure, annotations } = await step({ 'fail-on': 'everything', 'artifact-name': 'a/b' });
    expect(failure).toBeDefined();
    expect(annotations).toHaveLength(1);
    expect(annotations[0]?.message).toMatch(/"fail-on"[\s\S]*"artifact-name"/);
  });

  test('a configuration with mistakes: all of them, at their lines', async () => {
    add(digits, 'digits');
    writeFileSync(
      join(workspace, '.tflite-gate.yml'),
      'version: 1\nmodels:\n  - path: digits\n    limit: 3\n    variants: [flot32]\n',
    );
    const { failure, annotations } = await step();
    expect(failure).toBe('Nothing was checked.');
    expect(annotations.map(({ file }) => file)).toEqual(['.tflite-gate.yml', '.tflite-gate.yml']);
    expect(annotations.map(({ message }) => message).join('\n')).toMatch(/:4:5:[\s\S]*:5:16:/);
  });

  test('a Git LFS pointer fails, whatever fail-on says', async () => {
    mkdirSync(join(workspace, 'model'));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    writeFileSync(join(workspace, 'model/saved_model.pb'), pointer);
    const { failure, outputs, annotations } = await step({ 'fail-on': 'none' });
    expect(failure).toBe('1 of 1 variant failed: model (float32) could not be checked.');
    expect(outputs).toMatchObject({ passed: false, models: [{ verdict: 'invalid' }] });
    expect(annotations[0]?.message).toContain('lfs: true');
  });
});

describe('the upload', () => {
  test('is left out where it is not wanted or not possible, and says so', async () => {
    add(digits, 'digits');
    const titled = ({ annotations }: RecordingToolkit) => annotations.filter(({ title }) => title === 'No artifact');
    expect(titled(await step({ 'artifact-name': 'none' }, { ACTIONS_RUNTIME_TOKEN: 'token' }))).toEqual([]);
    const enterprise = await step(
      {},
      { GITHUB_SERVER_URL: 'https://github.example.com', ACTIONS_RUNTIME_TOKEN: 'token' },
    );
    expect(enterprise.failure).toBeUndefined();
    expect(titled(enterprise)).toMatchObject([{ severity: 'notice', message: expect.stringContaining('Enterprise') }]);
    expect(titled(await step())).toMatchObject([{ message: expect.stringContaining('no artifact service') }]);
  });

  test('says where it fails, and leaves the verdict alone', async () => {
    add(digits, 'digits');
    const { failure, annotations, outputs } = await step({}, { ACTIONS_RUNTIME_TOKEN: 'no token at all' });
    expect(failure).toBeUndefined();
    expect(outputs).not.toHaveProperty('artifact-url');
    expect(annotations.find(({ title }) => title === 'No artifact')?.message).toContain('could not be uploaded');
  });
});
