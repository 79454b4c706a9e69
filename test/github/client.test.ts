import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createClient, isDenied, type Octokit, ownerAndName, reasonOf, secondsToWait } from '#github/client.js';
import { contextAt } from './contexts.js';
import { GitHubService, type ServiceAnswer } from './github-service.js';

let github: GitHubService;
let client: Octokit;
beforeEach(async () => {
  github = await new GitHubService().start();
  github.pulls.set(7, { sha: 'h', repository: 'o/r' });
  client = await createClient({ context: contextAt(github.url), token: 'secret-token', second: 1 });
});
afterEach(() => github.stop());

const pull = () => client.rest.pulls.get({ owner: 'o', repo: 'r', pull_number: 7 });

function failsFirst(times: number, answer: ServiceAnswer): void {
  let left = times;
  github.intercept = () => (left-- > 0 ? answer : undefined);
}

test.each<[string, ServiceAnswer]>([
  ['server error', { status: 502, json: {} }],
  ['rate limit', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }, json: {} }],
  ['secondary rate limit', { status: 403, headers: { 'retry-after': '1' }, json: {} }],
  [
    'secondary rate limit, told by words',
    { status: 403, json: { message: 'You have exceeded a secondary rate limit' } },
  ],
  ['too many requests', { status: 429, headers: { 'retry-after': '1' }, json: {} }],
])('a %s is tried again', async (_, answer) => {
  failsFirst(2, answer);
  expect((await pull()).data.head.sha).toBe('h');
  expect(github.requests).toHaveLength(3);
});

test.each<[string, ServiceAnswer]>([
  ['is denied', { status: 403, json: { message: 'Resource not accessible by integration' } }],
  ['would wait too long', { status: 403, headers: { 'retry-after': '3600' }, json: {} }],
  ['is wrong', { status: 422, json: {} }],
])('what %s is not', async (_, answer) => {
  failsFirst(1, answer);
  await expect(pull()).rejects.toMatchObject({ status: answer.status });
  expect(github.requests).toHaveLength(1);
});

test('nothing is written to the log, and an error does not tell the token', async () => {
  const spies = (['debug', 'info', 'log', 'warn', 'error'] as const).map((name) => jest.spyOn(console, name));
  github.intercept = () => ({ status: 401, headers: { deprecation: 'true' }, json: { message: 'Bad credentials' } });
  const error = await pull().catch((thrown: unknown) => thrown);
  expect(isDenied(error)).toBe(true);
  expect(reasonOf(error)).toMatch(/^Bad credentials.*\(HTTP 401\)$/);
  expect(JSON.stringify(error)).not.toContain('secret-token');
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});

describe('how long a rate limit lasts', () => {
  const error = (status: number, headers: Record<string, string>, message = '') =>
    Object.assign(new Error(message), { status, response: { headers } });
  test.each([
    [error(403, { 'retry-after': '30' }), 30],
    [error(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '160' }), 60],
    [error(403, { 'x-ratelimit-remaining': '12' }, 'Resource not accessible'), undefined],
    [error(500, { 'retry-after': '30' }), undefined],
  ])('%#', (thrown, seconds) => expect(secondsToWait(thrown, 100)).toBe(seconds));
});

test('a reason is one short line', () => {
  expect(reasonOf(new Error(`a\n::error::b ${'x'.repeat(1000)}`))).toHaveLength(300);
  expect(reasonOf(new Error('a\n b'))).toBe('a b');
});

test('a repository has an owner', () => expect(ownerAndName({ repository: 'o/r' })).toEqual({ owner: 'o', repo: 'r' }));
