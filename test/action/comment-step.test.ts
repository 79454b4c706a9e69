import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { recordText } from '#check/read-record.js';
import { commentStep } from '../../src/action/comment-step.js';
import { GitHubService } from '../github/github-service.js';
import { HOSTILE, sampleCheck, sampleModel, sampleRecord, sampleVariant } from '../record/sample-record.js';
import { RecordingToolkit } from './toolkit.js';

const key = '0123456789abcdef';
let github: GitHubService;
let folder: string;
beforeEach(async () => {
  github = await new GitHubService().start();
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-comment-'));
  writeFileSync(join(folder, 'result.json'), recordText(sampleRecord()));
  save({ number: 7, headSha: 'h', key });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await github.stop();
});

function save(content: unknown): void {
  writeFileSync(join(folder, 'comment.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

/** After the run of a pull request from a fork. */
const afterRun = {
  workflow_run: { id: 5, event: 'pull_request', head_sha: 'h', head_repository: { full_name: 'f/r' } },
};

async function step(
  event: string,
  payload: object,
  token = 'secret-token',
  inputs: Readonly<Record<string, string>> = {},
): Promise<RecordingToolkit> {
  const path = join(folder, 'event.json');
  writeFileSync(path, JSON.stringify(payload));
  const toolkit = new RecordingToolkit({ token, folder: '.', ...inputs });
  await commentStep(toolkit, {
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_WORKSPACE: folder,
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  });
  return toolkit;
}

test('comments on the pull request whose run it follows', async () => {
  github.pulls.set(7, { sha: 'h', repository: 'f/r' });
  const { outputs, annotations, failure, secrets } = await step('workflow_run', afterRun);
  expect({ annotations, failure, secrets }).toEqual({ annotations: [], failure: undefined, secrets: ['secret-token'] });
  expect(outputs['comment-url']).toContain('#issuecomment-');
  expect(github.comments[0]?.body).toMatch(
    /^<!-- tflite-gate:0123456789abcdef -->[\s\S]*Passed[\s\S]*\/o\/r\/actions\/runs\/5\)/,
  );
});

test.each([
  ['another commit', { sha: 'other', repository: 'f/r' }],
  ['another repository, with the same commit', { sha: 'h', repository: 'victim/r' }],
])('a stated number of a pull request with %s is not believed', async (_, pull) => {
  github.pulls.set(7, pull);
  const { annotations, failure } = await step('workflow_run', afterRun);
  expect(failure).toBeUndefined();
  expect(annotations).toEqual([
    { severity: 'notice', title: 'No comment', message: expect.stringContaining('Pull request 7') },
  ]);
  expect(github.comments).toEqual([]);
});

test('a fork cannot say what the comment says, only what its models are called', async () => {
  github.pulls.set(7, { sha: 'h', repository: 'f/r' });
  writeFileSync(join(folder, 'comment.md'), '# anything');
  const models = HOSTILE.map((name) => sampleModel({ name }));
  writeFileSync(join(folder, 'result.json'), recordText(sampleRecord({ models, headline: '<img src=x> @octocat' })));
  await step('workflow_run', afterRun);
  const body = github.comments[0]?.body ?? '';
  expect(body).not.toMatch(/# anything|<img|<script|@octocat|!\[/);
});

test('comments in the run of a pull request itself, after jobs that did not', async () => {
  const repo = { full_name: 'o/r' };
  const pull_request = { number: 9, head: { sha: 'h', repo }, base: { sha: 'b', repo } };
  await step('pull_request', { pull_request });
  await step('pull_request', { pull_request });
  expect(github.comments).toMatchObject([{ issue: 9, updates: 1 }]);
});

test('as the last job of the run that checked it writes the summary and annotates, in a run that follows it does not', async () => {
  const variants = [sampleVariant({ verdict: 'failed', checks: [sampleCheck()] })];
  const record = sampleRecord({ verdict: 'failed', models: [sampleModel({ variants })] });
  writeFileSync(join(folder, 'result.json'), recordText(record));
  const repo = { full_name: 'o/r' };
  const pull_request = { number: 9, head: { sha: 'h', repo }, base: { sha: 'b', repo } };
  const own = await step('pull_request', { pull_request });
  expect(own.annotations).toMatchObject([{ severity: 'error', file: 'models/digits/saved_model.pb' }]);
  expect(own.markdown).toContain('❌ **Failed.**');
  expect(own.failure).toBeUndefined();
  const quiet = await step('pull_request', { pull_request }, 'token', { summary: 'false', annotations: 'false' });
  expect([quiet.annotations, quiet.markdown]).toEqual([[], undefined]);
  expect((await step('pull_request', { pull_request }, 'token', { summary: 'no' })).failure).toBe(
    'There is no comment.',
  );
  github.pulls.set(7, { sha: 'h', repository: 'f/r' });
  const following = await step('workflow_run', afterRun);
  expect([following.annotations, following.markdown]).toEqual([[], undefined]);
});

test.each<[string, string, object, string]>([
  ['a push', 'push', {}, 'secret-token'],
  ['the run of a push', 'workflow_run', { workflow_run: { ...afterRun.workflow_run, event: 'push' } }, 'secret-token'],
  ['no token', 'workflow_run', afterRun, ''],
])('%s is one notice', async (_, event, payload, token) => {
  const { annotations, failure } = await step(event, payload, token);
  expect(failure).toBeUndefined();
  expect(annotations).toMatchObject([{ severity: 'notice' }]);
  expect(github.comments).toEqual([]);
});

test('a run without a pull request left nothing to comment on', async () => {
  save({ number: null, headSha: null, key });
  expect((await step('workflow_run', afterRun)).annotations).toMatchObject([{ severity: 'notice' }]);
});

test.each(['no JSON', 'null', { number: '7', headSha: 'h', key }, { number: 7, headSha: 'h', key: '--> @all' }])(
  'a damaged file fails: %j',
  async (content) => {
    save(content);
    const { annotations, failure } = await step('workflow_run', afterRun);
    expect(failure).toBe('There is no comment.');
    expect(annotations).toMatchObject([{ severity: 'error', message: expect.stringContaining('comment.json') }]);
  },
);
