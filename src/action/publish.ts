import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedRun } from '#check/check-run.js';
import type { ActionConfig } from '#config/action-config.js';
import { COMMENT_LIMIT, commentKey, upsertComment } from '#github/comment.js';
import type { RunContext } from '#github/run-context.js';
import type { RunRecord } from '#record/record.js';
import { type MarkdownOptions, renderMarkdown } from '#report/markdown/render-markdown.js';
import type { Environment, Toolkit } from './run-step.js';
import { uploadFiles } from './upload-files.js';

/** GitHub drops a summary over 1 MiB as a whole, so it ends well before. */
const SUMMARY_LIMIT = 900_000;

export interface Publishing {
  readonly config: ActionConfig;
  readonly context: RunContext;
  /** Folder of the files, absolute. */
  readonly output: string;
  readonly toolkit: Toolkit;
  readonly environment: Environment;
}

/**
 * Shows a run where people look: artifact, job summary, comment. What cannot be done is one notice; the verdict stands.
 * The comment is a file as well, for a workflow that may write where this one may not.
 */
export async function publish({ record, report }: CheckedRun, publishing: Publishing): Promise<void> {
  const { config, context, output, toolkit, environment } = publishing;
  const key = commentKey(context, config.matrix);
  writeFileSync(join(output, 'comment.md'), commentText(record));
  const about = { number: context.pullRequest?.number ?? null, headSha: context.pullRequest?.headSha ?? null, key };
  writeFileSync(join(output, 'comment.json'), `${JSON.stringify(about)}\n`);
  const url = await uploadFiles(record, report, publishing, key);
  if (url !== undefined) toolkit.setOutput('artifact-url', url);
  const links = url === undefined ? {} : { 'Report and files': url };
  await writeSummary(record, links, toolkit, environment);
  if (!report.comment || !context.pullRequest) return;
  const body = commentText(record, links);
  const { url: address, notice } = await upsertComment({ context, token: config.token, body, key });
  if (address !== undefined) toolkit.setOutput('comment-url', address);
  if (notice !== undefined) toolkit.notice(notice, { title: 'No comment' });
}

type Links = MarkdownOptions['links'] & {};

/** A comment on a run, as long as one may be. */
export function commentText(record: RunRecord, links: Links = {}): string {
  return renderMarkdown(record, { limit: COMMENT_LIMIT, measure: (text) => text.length, links, folded: true });
}

/** Without its file, a runner that is none of GitHub's shows no summaries. */
export async function writeSummary(
  record: RunRecord,
  links: Links,
  { summary }: Toolkit,
  environment: Environment,
): Promise<void> {
  if (environment['GITHUB_STEP_SUMMARY'] === undefined) return;
  const measure = (text: string): number => Buffer.byteLength(text);
  await summary.addRaw(renderMarkdown(record, { limit: SUMMARY_LIMIT, measure, links, folded: false })).write();
}
