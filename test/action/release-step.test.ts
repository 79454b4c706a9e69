import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { recordText } from '#check/read-record.js';
import { RunRecord } from '#record/record.js';
import { releaseStep } from '../../src/action/release-step.js';
import { GitHubService } from '../github/github-service.js';
import { sampleFigures, sampleModel, sampleRecord, sampleVariant } from '../record/sample-record.js';
import { RecordingToolkit } from './toolkit.js';

let github: GitHubService;
let folder: string;
const model = Buffer.from('a model');
const sha256 = createHash('sha256').update(model).digest('hex');

beforeEach(async () => {
  github = await new GitHubService().start();
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-release-'));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models/digits-int8.tflite'), model);
  save({});
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await github.stop();
});

function save(more: Partial<RunRecord>, bytes = 1000): void {
  const variant = sampleVariant({ figures: sampleFigures({ bytes, sha256 }) });
  const timing = { milliseconds: Math.random(), variants: [] };
  const record = sampleRecord({ models: [sampleModel({ variants: [variant] })], timing, ...more });
  writeFileSync(join(folder, 'result.json'), recordText(record));
}

async function step(inputs: Record<string, string> = {}, tag = 'v1'): Promise<RecordingToolkit> {
  const toolkit = new RecordingToolkit({ token: 'secret-token', folder: '.', ...inputs });
  await releaseStep(toolkit, {
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_WORKSPACE: folder,
    ...(tag === '' ? {} : { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: tag }),
  });
  return toolkit;
}

function contentOf(tag: string, name: string): Buffer | undefined {
  return github.releases.find((each) => each.tag === tag)?.assets.find((each) => each.name === name)?.content;
}

test('releases the files, and each model with its record', async () => {
  const { outputs, annotations, failure, secrets } = await step();
  expect({ failure, secrets }).toEqual({ failure: undefined, secrets: ['secret-token'] });
  expect(outputs).toEqual({ published: true, 'release-url': 'https://github.com/o/r/releases/tag/v1' });
  expect(annotations).toEqual([
    { severity: 'notice', title: 'No attestation', message: expect.stringContaining('id-token: write') },
  ]);
  expect(contentOf('v1', 'digits-int8.tflite')).toEqual(model);
  const record = RunRecord.parse(JSON.parse(String(contentOf('v1', 'digits.json'))));
  expect(record.models.map(({ name }) => name)).toEqual(['digits']);
  expect(String(contentOf('v1', 'SHA256SUMS'))).toContain(`${sha256}  digits-int8.tflite\n`);
});

test('another run of the same input makes the same files', async () => {
  await step();
  const uploads = () => github.requests.filter((line) => line.startsWith('POST')).length;
  const before = uploads();
  save({});
  expect((await step()).failure).toBeUndefined();
  expect(uploads()).toBe(before);
});

test('compares with the release before', async () => {
  await step();
  save({}, 1500);
  await step({}, 'v2');
  const { body } = github.releases.find(({ tag }) => tag === 'v2')!;
  expect(body.replaceAll('&#43;', '+').replaceAll('&#46;', '.')).toMatch(/1\.5 kB[^|]*\+500 B[\s\S]*since v1/);
});

test('a dry run uploads nothing', async () => {
  const { outputs, log } = await step({ 'dry-run': 'true' });
  expect(outputs).toEqual({ published: false });
  expect(log.join('\n')).toContain('would upload digits-int8.tflite');
  expect(github.releases).toEqual([]);
});

test.each<[string, () => void, Record<string, string>, string, RegExp]>([
  ['that did not pass', () => save({ verdict: 'failed', headline: 'Too big.' }), {}, 'v1', /did not pass: Too big/],
  ['without a tag', () => {}, {}, '', /no tag/],
  ['without a token', () => {}, { token: '' }, 'v1', /"token"/],
  ['with a wrong input', () => {}, { existing: 'both' }, 'v1', /"existing"/],
  ['with a wrong switch', () => {}, { draft: 'yes' }, 'v1', /"draft"/],
  [
    'of a file that changed',
    () => writeFileSync(join(folder, 'models/digits-int8.tflite'), 'x'),
    {},
    'v1',
    /not the file/,
  ],
  ['of a file that is gone', () => rmSync(join(folder, 'models/digits-int8.tflite')), {}, 'v1', /cannot be read/],
])('a release %s fails before anything is uploaded', async (_, prepare, inputs, tag, message) => {
  prepare();
  const { failure, annotations, outputs } = await step(inputs, tag);
  expect(failure).toBe('The release is not complete.');
  expect(outputs).toEqual({ published: false });
  expect(annotations).toEqual([
    expect.objectContaining({ severity: 'error', message: expect.stringMatching(message) }),
  ]);
  expect(github.requests).toEqual([]);
});
