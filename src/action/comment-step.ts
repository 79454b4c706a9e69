import { join, resolve } from 'node:path';
import { readRecord } from '#check/read-record.js';
import { COMMENT_LIMIT, commentKey, upsertComment } from '#github/comment.js';
import { type RunContext, readRunContext } from '#github/run-context.js';
import { readSavedComment } from '#github/saved-comment.js';
import { whyNotPullRequest } from '#github/verify-pull-request.js';
import { renderMarkdown } from '#report/markdown/render-markdown.js';
import { setFailedBy } from './failure.js';
import type { Environment, Toolkit } from './run-step.js';

const NO_COMMENT = { title: 'No comment' };

interface Target {
  readonly number: number;
  readonly key: string;
}

/**
 * Comments with the record that a run before left in a folder: on the pull request of this run, or on that of the
 * workflow run that this one follows, whose files may be of a fork's making. So the comment is written anew from the
 * record, in which nothing is markup, and only where GitHub says that the run is that pull request's. Never throws.
 */
export async function commentStep(toolkit: Toolkit, environment: Environment): Promise<void> {
  try {
    const token = toolkit.getInput('token');
    if (token !== '') toolkit.setSecret(token);
    const context = readRunContext(environment);
    const folder = resolve(environment['GITHUB_WORKSPACE'] ?? '', toolkit.getInput('folder') || 'tflite-gate');
    const target = await targetOf(context, token, folder, toolkit.getInput('matrix'));
    if (typeof target === 'string') {
      toolkit.notice(target, NO_COMMENT);
      return;
    }
    const runId = context.workflowRun?.id ?? context.runId;
    const body = renderMarkdown(readRecord(join(folder, 'result.json')), {
      limit: COMMENT_LIMIT,
      measure: (text) => text.length,
      links: { 'Report and files': `${context.serverUrl}/${context.repository}/actions/runs/${runId}` },
      folded: true,
    });
    const { url, notice } = await upsertComment({ context, token, body, ...target });
    if (url !== undefined) toolkit.setOutput('comment-url', url);
    if (notice !== undefined) toolkit.notice(notice, NO_COMMENT);
  } catch (error) {
    setFailedBy(toolkit, error, 'There is no comment.');
  }
}

/** Where to comment, or why nowhere. */
async function targetOf(context: RunContext, token: string, folder: string, matrix: string): Promise<Target | string> {
  if (context.pullRequest) return { number: context.pullRequest.number, key: commentKey(context, matrix) };
  if (!context.workflowRun)
    return `The event ${context.event} is not about a pull request: there is nothing to comment on.`;
  const saved = readSavedComment(folder);
  if (!saved) return 'The workflow run was not about a pull request: there is nothing to comment on.';
  if (token === '') return 'The step has no token to comment with.';
  return (await whyNotPullRequest({ context, token, number: saved.number })) ?? saved;
}
