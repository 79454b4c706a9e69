import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runStep } from '../../src/action/run-step.js';
import { RecordingToolkit } from './toolkit.js';

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
  const toolkit = new RecordingToolkit(inputs);
  await runStep(toolkit, environment(more));
  return toolkit;
}

describe('a model that converts', () => {
  test('is written, run, and told of in outputs and summary', async () => {
    add(digits, 'models/digits/saved_model');
    const { failure, outputs, annotations, markdown, log } = await step();
    expect(failure).toBeUndefined();
    expect(annotations).toEqual([]);
    const bytes = readFileSync(join(workspace, 'tflite-gate/digits.tflite'));
    expect(outputs).toEqual({
      passed: true,
      models: [
        {
          name: 'digits',
          savedModel: 'models/digits/saved_model',
          verdict: 'passed',
          file: 'tflite-gate/digits.tflite',
          size: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          ops: 6,
          milliseconds: expect.any(Number),
          findings: 0,
        },
      ],
    });
    expect(JSON.parse(JSON.stringify(outputs['models']))).toEqual(outputs['models']);
    expect(markdown).toContain('Passed: the model is converted and runs.');
    expect(log.join('\n')).toContain('passed models/digits/saved_model: tflite-gate/digits.tflite');
  });

  test('goes into the folder that is given, also outside of the workspace', async () => {
    add(digits, 'digits');
    const outside = mkdtempSync(join(tmpdir(), 'tflite-gate-out-'));
    try {
      expect((await step({ 'output-directory': 'out/put' })).outputs['models']).toMatchObject([
        { file: 'out/put/digits.tflite' },
      ]);
      expect((await step({ 'output-directory': outside })).outputs['models']).toMatchObject([
        { file: join(outside, 'digits.tflite') },
      ]);
      expect(existsSync(join(workspace, 'out/put/digits.tflite'))).toBe(true);
      expect(readdirSync(outside)).toEqual(['digits.tflite']);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  test('keeps apart from another of the same name', async () => {
    add(digits, 'a/digits');
    add(digits, 'b/digits');
    const { outputs } = await step();
    expect(outputs['models']).toMatchObject([
      { file: 'tflite-gate/a-digits.tflite' },
      { file: 'tflite-gate/b-digits.tflite' },
    ]);
    expect(readdirSync(join(workspace, 'tflite-gate')).sort()).toEqual(['a-digits.tflite', 'b-digits.tflite']);
  });

  test('needs no summary file', async () => {
    add(digits, 'digits');
    const toolkit = new RecordingToolkit();
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
    expect(failure).toBe('1 of 2 models did not pass: beta.');
    expect(outputs).toMatchObject({
      passed: false,
      models: [
        { name: 'beta', verdict: 'unsupported', findings: 3 },
        { name: 'digits', verdict: 'passed', file: 'tflite-gate/digits.tflite' },
      ],
    });
    expect((outputs['models'] as object[])[0]).not.toHaveProperty('file');
    expect(readdirSync(join(workspace, 'tflite-gate'))).toEqual(['digits.tflite']);
    expect(annotations.map(({ severity, title, file }) => [severity, title, file])).toEqual([
      ['error', expect.stringContaining('(Betainc)'), 'beta/saved_model.pb'],
      ['error', expect.stringContaining('(Igammac)'), 'beta/saved_model.pb'],
    ]);
    expect(annotations.map(({ message }) => message).join('\n')).toMatch(
      /prior\/Betainc[\s\S]*posterior\/Betainc[\s\S]*posterior\/Igammac/,
    );
    for (const text of [markdown, log.join('\n')]) {
      expect(text).toMatch(/Betainc.*2 times/);
      for (const node of ['prior/Betainc', 'posterior/Betainc', 'posterior/Igammac']) {
        expect(text?.replaceAll('&#95;', '_').replaceAll('&#47;', '/')).toContain(node);
      }
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
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)).toMatchObject({ title: '3 more', message: expect.stringContaining('summary') });
    expect(markdown).toContain('### beta5');
  });
});

describe('input that is not right', () => {
  test('a workspace without models fails', async () => {
    const { failure, outputs, markdown } = await step();
    expect(failure).toMatch(/^No SavedModel was found/);
    expect(outputs).toEqual({ passed: false, models: [] });
    expect(markdown).toContain('No SavedModel was found.');
  });

  test('a pattern that matches nothing fails', async () => {
    add(digits, 'digits');
    const { failure, outputs, annotations } = await step({ models: 'digits\nother/*' });
    expect(failure).toBeDefined();
    expect(outputs).toEqual({ passed: false });
    expect(annotations).toEqual([
      { severity: 'error', title: 'Not a SavedModel', message: expect.stringContaining('"other/*" matches no folder') },
    ]);
    expect(existsSync(join(workspace, 'tflite-gate'))).toBe(false);
  });

  test('each input with a wrong value is named', async () => {
    const { failure, annotations } = await step({ 'fail-on': 'everything', 'artifact-name': 'a/b' });
    expect(failure).toBeDefined();
    expect(annotations).toHaveLength(1);
    expect(annotations[0]?.message).toMatch(/"artifact-name"[\s\S]*"fail-on"/);
  });

  test('a Git LFS pointer fails, whatever fail-on says', async () => {
    mkdirSync(join(workspace, 'model'));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    writeFileSync(join(workspace, 'model/saved_model.pb'), pointer);
    const { failure, outputs, annotations } = await step({ 'fail-on': 'none' });
    expect(failure).toBe('1 of 1 model did not pass: model.');
    expect(outputs).toMatchObject({ passed: false, models: [{ verdict: 'invalid' }] });
    expect(annotations[0]?.message).toContain('lfs: true');
  });
});

describe('the upload', () => {
  test('is left out where it is not wanted or not possible, and says so', async () => {
    add(digits, 'digits');
    const none = await step({ 'artifact-name': 'none' }, { ACTIONS_RUNTIME_TOKEN: 'token' });
    expect(none.annotations).toEqual([]);
    const enterprise = await step(
      {},
      { GITHUB_SERVER_URL: 'https://github.example.com', ACTIONS_RUNTIME_TOKEN: 'token' },
    );
    expect(enterprise.failure).toBeUndefined();
    expect(enterprise.annotations).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('Enterprise') },
    ]);
    const local = await step();
    expect(local.annotations).toEqual([]);
    expect(local.log.at(-1)).toContain('no artifact service');
  });

  test('warns where it fails, and leaves the verdict alone', async () => {
    add(digits, 'digits');
    const { failure, annotations, outputs } = await step({}, { ACTIONS_RUNTIME_TOKEN: 'no token at all' });
    expect(failure).toBeUndefined();
    expect(outputs).not.toHaveProperty('artifact-url');
    expect(annotations).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('could not be uploaded') },
    ]);
  });
});
