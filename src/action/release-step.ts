import { join, resolve } from 'node:path';
import { readRecord } from '#check/read-record.js';
import { fail } from '#diagnostics/diagnostic.js';
import { printableLines } from '#diagnostics/printable.js';
import { attestFiles } from '#github/attest-files.js';
import { type PreviousRelease, publishRelease } from '#github/release.js';
import { type PreviousRecords, releaseNotes } from '#github/release-notes.js';
import { readRunContext } from '#github/run-context.js';
import { RunRecord } from '#record/record.js';
import { setFailedBy } from './failure.js';
import { switchOf } from './inputs.js';
import { withoutCommands } from './log-text.js';
import { modelRecordName, releaseFiles } from './release-files.js';
import type { Environment, Toolkit } from './run-step.js';

/** Releases the models that a step before checked: inputs in, a release of the tag out. Never throws. */
export async function releaseStep(toolkit: Toolkit, environment: Environment): Promise<void> {
  const log = (text: string): void => toolkit.info(withoutCommands(printableLines(text).join('\n')));
  try {
    const { token, folder, tag, existing, dryRun, keepDraft, attest } = readInputs(toolkit, environment);
    toolkit.setSecret(token);
    const record = readRecord(join(folder, 'result.json'));
    if (record.verdict !== 'passed') {
      fail('release-refused', {
        detail: `The models did not pass: ${record.headline}`,
        help: ['Only what passed is released.', 'What fails a check, `fail-on` says.'],
      });
    }
    const files = await releaseFiles(record, folder);
    if (attest && !dryRun) {
      const { id, notice } = await attestFiles({ files, token, environment });
      if (id !== undefined) log(`Attested by ${id}.`);
      if (notice !== undefined) toolkit.notice(notice, { title: 'No attestation' });
    }
    const { url, published } = await publishRelease({
      context: readRunContext(environment),
      token,
      tag,
      files,
      notes: async (previous) => releaseNotes(record, previous && (await recordsOf(previous, record))),
      existing,
      dryRun,
      keepDraft,
      log,
    });
    toolkit.setOutput('published', published);
    if (url !== undefined) toolkit.setOutput('release-url', url);
  } catch (error) {
    toolkit.setOutput('published', false);
    setFailedBy(toolkit, error, 'The release is not complete.');
  }
}

interface Inputs {
  readonly token: string;
  readonly folder: string;
  readonly tag: string;
  readonly existing: 'replace' | 'keep';
  readonly dryRun: boolean;
  readonly keepDraft: boolean;
  readonly attest: boolean;
}

function readInputs(toolkit: Toolkit, environment: Environment): Inputs {
  const token = toolkit.getInput('token');
  if (token === '') fail('invalid-option', { detail: 'The input "token" is empty: a release needs one.' });
  const tag = toolkit.getInput('tag') || readRunContext(environment).tag;
  if (tag === undefined) {
    fail('invalid-option', {
      detail: 'There is no tag to release: the run is not that of a tag or a release.',
      help: ['Run it `on: push: tags: [...]`, or give the input "tag".'],
    });
  }
  const existing = toolkit.getInput('existing') || 'replace';
  if (existing !== 'replace' && existing !== 'keep') {
    fail('invalid-option', { detail: `The input "existing" is "${existing}"; it may be \`replace\` or \`keep\`.` });
  }
  return {
    token,
    folder: resolve(environment['GITHUB_WORKSPACE'] ?? '', toolkit.getInput('folder') || 'tflite-gate'),
    tag,
    existing,
    dryRun: switchOf(toolkit, 'dry-run', false),
    keepDraft: switchOf(toolkit, 'draft', false),
    attest: switchOf(toolkit, 'attest', true),
  };
}

/** Records of this run's models as the previous release has them. One that cannot be read counts as none. */
async function recordsOf({ tag, read }: PreviousRelease, { models }: RunRecord): Promise<PreviousRecords> {
  const records = new Map<string, RunRecord>();
  for (const { name } of models) {
    const content = await read(modelRecordName(name));
    const parsed = RunRecord.safeParse(jsonOf(content));
    if (parsed.success) records.set(name, parsed.data);
  }
  return { tag, records };
}

function jsonOf(content: Buffer | undefined): unknown {
  try {
    return JSON.parse(content?.toString() ?? '');
  } catch {
    return undefined;
  }
}
