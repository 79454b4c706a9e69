import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { COMMENT_LIMIT, type CommentRequest, commentKey, isCommentKey, upsertComment } from '#github/comment.js';
import { contextAt } from './contexts.js';
import { GitHubService } from './github-service.js';

let github: GitHubService;
beforeEach(async () => {
  github = await new GitHubService().start();
});
afterEach(() => github.stop());

const key = commentKey({ workflow: 'Models', job: 'gate' });
const marker = `<!-- tflite-gate:${key} -->`;

function comment(body: string, more: Partial<CommentRequest> = {}): ReturnType<typeof upsertComment> {
  return upsertComment({ context: contextAt(github.url), token: 'secret-token', body, key, second: 1, ...more });
}

test('a key tells workflows, jobs and matrices apart, and no matrix is as none', () => {
  const job = { workflow: 'W', job: 'j' };
  const keys = [
    commentKey(job),
    commentKey(job, '{"os":"a"}'),
    commentKey({ ...job, job: 'k' }),
    commentKey({ workflow: 'X', job: 'j' }),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(keys.every(isCommentKey)).toBe(true);
  expect(commentKey(job, 'null')).toBe(commentKey(job));
  expect(commentKey({ workflow: 'a-->', job: '<b>' })).toMatch(/^[0-9a-f]{16}$/);
});

describe('where it may be written', () => {
  test('among many others there is one, which is made once and updated then', async () => {
    for (let i = 0; i < 130; i++) github.addComment(7, 'somebody', `comment ${i}`);
    expect((await comment('first')).kind).toBe('created');
    for (let i = 0; i < 80; i++) github.addComment(7, 'somebody', `more ${i}`);
    const second = await comment('second');
    expect(second).toEqual(await comment('third'));
    expect(second.kind).toBe('updated');
    const ours = github.comments.filter(({ body }) => body.includes('tflite-gate'));
    expect(ours).toMatchObject([{ body: `${marker}\nthird`, updates: 2, issue: 7 }]);
    expect(second.url).toContain(`#issuecomment-${ours[0]?.id}`);
    expect(github.comments).toHaveLength(211);
  });

  test('the oldest stays and duplicates go', async () => {
    const oldest = github.addComment(7, 'github-actions[bot]', `${marker}\nold`);
    github.addComment(7, 'github-actions[bot]', `${marker}\nduplicate`);
    const other = github.addComment(
      7,
      'github-actions[bot]',
      `<!-- tflite-gate:${commentKey({ workflow: 'o', job: 'j' })} -->\n`,
    );
    expect((await comment('new')).kind).toBe('updated');
    expect(github.comments.map(({ id }) => id)).toEqual([oldest.id, other.id]);
  });

  test("somebody else's comment with the marker, and a quotation of it, stay as they are", async () => {
    github.addComment(7, 'attacker', `${marker}\nnot ours`);
    github.addComment(7, 'github-actions[bot]', `> ${marker}\n`);
    expect((await comment('new')).kind).toBe('created');
    expect(github.comments.map(({ body }) => body)).toEqual([`${marker}\nnot ours`, `> ${marker}\n`, `${marker}\nnew`]);
  });

  test("a person's token finds the person's comment", async () => {
    Object.assign(github, { login: 'octocat', mayAsk: true });
    await comment('first');
    expect((await comment('second')).kind).toBe('updated');
    expect(github.comments).toHaveLength(1);
  });

  test("another app's token, which cannot be asked whose it is, ends with one comment as well", async () => {
    github.login = 'other-app[bot]';
    await comment('first');
    await comment('second');
    expect((await comment('third')).kind).toBe('updated');
    expect(github.comments).toMatchObject([{ body: `${marker}\nthird`, login: 'other-app[bot]' }]);
  });

  test('the longest body fits', async () => {
    expect((await comment('x'.repeat(COMMENT_LIMIT))).kind).toBe('created');
    await expect(comment('x'.repeat(COMMENT_LIMIT + 1))).rejects.toThrow('characters');
  });
});

describe('where it cannot be done, there is one notice', () => {
  test.each([401, 403, 404])('status %s tells the permission to add, and not the token', async (status) => {
    github.intercept = ({ method }) =>
      method === 'POST' ? { status, json: { message: 'Resource not accessible by integration' } } : undefined;
    const { kind, notice } = await comment('text');
    expect(kind).toBe('denied');
    expect(notice).toContain('pull-requests: write');
    expect(notice).toContain(`HTTP ${status}`);
    expect(notice).not.toContain('secret-token');
  });

  test('a fork and Dependabot are told the way round', async () => {
    github.intercept = () => ({ status: 403, json: { message: 'Resource not accessible by integration' } });
    const fork = contextAt(github.url, { pullRequest: { number: 7, headSha: 'h', baseSha: 'b', isFork: true } });
    const dependabot = contextAt(github.url, { actor: 'dependabot[bot]' });
    for (const context of [fork, dependabot]) {
      expect((await comment('text', { context })).notice).toContain('workflow_run');
    }
  });

  test.each(['push', 'merge_group', 'schedule', 'workflow_dispatch'])('%s is about no pull request', async (event) => {
    const { pullRequest: _, ...context } = contextAt(github.url, { event });
    const outcome = await comment('text', { context: { ...context, pullRequest: undefined } });
    expect(outcome).toEqual({ kind: 'skipped', notice: expect.stringContaining(event) });
    expect(github.requests).toEqual([]);
  });

  test.each([undefined, ''])('no token (%p)', async (token) => {
    expect(await comment('text', { token })).toEqual({ kind: 'denied', notice: expect.stringContaining('no token') });
  });

  test('GitHub being down is told after some tries', async () => {
    github.intercept = () => ({ status: 503, json: { message: 'No server is available' } });
    expect(await comment('text')).toEqual({ kind: 'denied', notice: expect.stringContaining('HTTP 503') });
    expect(github.requests).toHaveLength(4);
  });

  test('nobody answering is told', async () => {
    const context = contextAt('http://127.0.0.1:9');
    expect((await comment('text', { context })).kind).toBe('denied');
  });
});
