import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readRunContext } from '#github/run-context.js';

const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-event-'));
afterAll(() => rmSync(folder, { recursive: true }));

function context(event: string, payload: unknown): ReturnType<typeof readRunContext> {
  const path = join(folder, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return readRunContext({ GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: 'o/r' });
}

function pullRequest(repository: string | null): object {
  const head = { sha: 'h', repo: repository === null ? null : { full_name: repository } };
  return { pull_request: { number: 7, head, base: { sha: 'b', repo: { full_name: 'o/r' } } } };
}

test('a pull request of the repository itself, of a fork, of one that was deleted', () => {
  expect(context('pull_request', pullRequest('o/r')).pullRequest).toEqual({
    number: 7,
    headSha: 'h',
    baseSha: 'b',
    isFork: false,
  });
  expect(context('pull_request', pullRequest('f/r')).pullRequest?.isFork).toBe(true);
  expect(context('pull_request', pullRequest(null)).pullRequest?.isFork).toBe(true);
});

test.each([
  ['pull_request', true, false],
  ['pull_request_target', true, true],
])('%s', (event, isProposal, isPrivileged) => {
  expect(context(event, pullRequest('f/r'))).toMatchObject({ isProposal, isPrivileged });
});

test('a push, the first of a branch, a merge queue, a schedule', () => {
  expect(context('push', { before: 'abc' })).toMatchObject({
    baseSha: 'abc',
    isProposal: false,
    pullRequest: undefined,
  });
  expect(context('push', { before: '0'.repeat(40) }).baseSha).toBeUndefined();
  expect(context('merge_group', { merge_group: { base_sha: 'def' } }).baseSha).toBe('def');
  expect(context('schedule', {})).toMatchObject({ baseSha: undefined, isProposal: false });
});

test('events that are none, and no event', () => {
  for (const payload of ['', 'null', '[]', '{"pull_request": 3}', '{"pull_request": {"number": "7"}}']) {
    expect(context('pull_request', payload).pullRequest).toBeUndefined();
  }
  expect(readRunContext({})).toMatchObject({ event: '', repository: '', isProposal: false, isPrivileged: false });
});

test('the workflow run that this one follows', () => {
  const workflow_run = { id: 5, event: 'pull_request', head_sha: 'h', head_repository: { full_name: 'f/r' } };
  const found = context('workflow_run', { workflow_run });
  expect(found.workflowRun).toEqual({ id: 5, headSha: 'h', headRepository: 'f/r', event: 'pull_request' });
  expect(
    context('workflow_run', { workflow_run: { ...workflow_run, head_repository: null } }).workflowRun,
  ).toMatchObject({
    headRepository: undefined,
  });
  expect(context('push', {}).workflowRun).toBeUndefined();
});

test('the tag that was pushed, or that of the release', () => {
  const pushed = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' };
  expect(readRunContext(pushed).tag).toBe('v1');
  expect(readRunContext({ ...pushed, GITHUB_REF_TYPE: 'branch' }).tag).toBeUndefined();
  expect(context('release', { release: { tag_name: 'v2' } }).tag).toBe('v2');
});
