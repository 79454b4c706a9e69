import { join, resolve } from 'node:path';
import { readRecord } from '#check/read-record.js';
import { commentKey, upsertComment } from '#github/comment.js';
import { type RunContext, readRunContext } from '#github/run-context.js';
import { readSavedComment } from '#github/saved-comment.js';
import { whyNotPullRequest } from '#github/verify-pull-request.js';
import { annotationsOf } from '#report/annotations.js';
import { annotate, setFailedBy } from './failure.js';
import { switchOf } from './inputs.js';
import { commentText, writeSummary } from './publish.js';
import type { Environment, Toolkit } from './run-step.js';

const NO_COMMENT = { title: 'No comment' };

interface Target {
  readonly number: number;
  readonly key: string;
}

/**
 * Shows the record that jobs before left in a folder. In the run that checked, as its last job: job summary, annotations,
 * and a comment on its pull request. In a run that follows it, whose files may be of a fork's making, the comment alone:
 * written anew from the record, in which nothing is markup, and only where GitHub says that the run is that pull
 * request's. Never throws.
 */
export async function commentStep(toolkit: Toolkit, environment: Environment): Promise<void> {
  try {
    const token = toolkit.getInput('token');
    if (token !== '') toolkit.setSecret(token);
    const context = readRunContext(environment);
    const folder = resolve(environment['GITHUB_WORKSPACE'] ?? '', toolkit.getInput('folder') || 'tflite-gate');
    const shows = { summary: switchOf(toolkit, 'summary', true), annotations: switchOf(toolkit, 'annotations', true) };
    const runId = context.workflowRun?.id ?? context.runId;
    const links = { 'Report and files': `${context.serverUrl}/${context.repository}/actions/runs/${runId}` };
    if (!context.workflowRun) {
      const record = readRecord(join(folder, 'result.json'));
      if (shows.annotations) annotate(toolkit, annotationsOf(record));
      if (shows.summary) await writeSummary(record, links, toolkit, environment);
    }
    const target = await targetOf(context, token, folder, toolkit.getInput('matrix'));
    if (typeof target === 'string') {
      toolkit.notice(target, NO_COMMENT);
      return;
    }
    const body = commentText(readRecord(join(folder, 'result.json')), links);
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
