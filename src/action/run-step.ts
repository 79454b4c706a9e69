import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type CheckedRun, checkRun } from '#check/check-run.js';
import { graphViews } from '#check/graph-view.js';
import { recordText } from '#check/read-record.js';
import { type ActionConfig, actionInputNames, parseActionInputs } from '#config/action-config.js';
import { printableLines } from '#diagnostics/printable.js';
import { type RunContext, readRunContext } from '#github/run-context.js';
import type { RunRecord } from '#record/record.js';
import { annotationsOf } from '#report/annotations.js';
import { renderRecord } from '#report/render-record.js';
import { version } from '#version.js';
import { annotate, setFailedBy } from './failure.js';
import { KeptResults } from './kept-results.js';
import { withoutCommands } from './log-text.js';
import { publish } from './publish.js';

type Annotate = (message: string, properties?: { title?: string; file?: string; startLine?: number }) => void;

/** The parts of `@actions/core` that are used. */
export interface Toolkit {
  getInput(name: string): string;
  setOutput(name: string, value: unknown): void;
  info(message: string): void;
  readonly notice: Annotate;
  readonly warning: Annotate;
  readonly error: Annotate;
  setFailed(message: string): void;
  setSecret(secret: string): void;
  readonly summary: { addRaw(text: string): { write(): Promise<unknown> } };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The whole step: inputs in; files, outputs, annotations, summary, comment and verdict out. Never throws. */
export async function runStep(toolkit: Toolkit, environment: Environment): Promise<void> {
  const log = (text: string): void => toolkit.info(withoutCommands(printableLines(text).join('\n')));
  log(`TFLite Gate ${version}`);
  try {
    const config = parseActionInputs(
      Object.fromEntries(actionInputNames.map((name) => [name, toolkit.getInput(name)])),
    );
    if (config.token !== undefined) toolkit.setSecret(config.token);
    const context = readRunContext(environment);
    const root = environment['GITHUB_WORKSPACE'] ?? process.cwd();
    const output = resolve(root, config.outputDirectory);
    const temporary = environment['RUNNER_TEMP'];
    const results = new KeptResults(environment, (notice) => toolkit.notice(notice, { title: 'Cache' }));
    const run = await check(
      config,
      context,
      root,
      output,
      log,
      results,
      temporary && join(temporary, 'tflite-gate-results'),
    );
    await results.save();
    const { record } = run;
    log(renderRecord(record, 'text'));
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, 'result.json'), recordText(record));
    writeFileSync(join(output, 'report.html'), renderRecord(record, 'html', { graphs: graphViews(record, output) }));
    setOutputs(toolkit, record, relative(root, output));
    if (run.report.annotations) annotate(toolkit, annotationsOf(record));
    await publish(run, { config, context, output, toolkit, environment });
    if (record.verdict !== 'passed') toolkit.setFailed(failureOf(record));
  } catch (error) {
    toolkit.setOutput('passed', false);
    setFailedBy(toolkit, error, 'Nothing was checked.');
  }
}

function check(
  { config, models, base, shard, overrides }: ActionConfig,
  context: RunContext,
  root: string,
  output: string,
  log: (text: string) => void,
  results: KeptResults,
  cache: string | undefined,
): Promise<CheckedRun> {
  return checkRun({
    root,
    output,
    config,
    base,
    eventBase: context.pullRequest?.baseSha ?? context.baseSha,
    headSha: context.pullRequest?.headSha,
    ...(models.length === 0 ? {} : { only: models }),
    shard,
    overrides: { ...overrides, cache: overrides.cache ?? cache },
    trusted: !context.isProposal,
    refuseCode: context.isPrivileged,
    onCache: (folder) => results.restore(folder),
    onModel: ({ name }, done, of) => log(`${done} of ${of} models: ${name}`),
  });
}

function setOutputs(toolkit: Toolkit, record: RunRecord, folder: string): void {
  const path = (name: string): string => join(folder, name).replaceAll('\\', '/');
  toolkit.setOutput('passed', record.verdict === 'passed');
  toolkit.setOutput('result', path('result.json'));
  toolkit.setOutput('report', path('report.html'));
  toolkit.setOutput(
    'models',
    record.models.flatMap(({ name, path: savedModel, variants }) =>
      variants.map(({ name: variant, verdict, file, figures, metrics }) => ({
        name,
        variant,
        savedModel,
        verdict,
        ...(file === null ? {} : { file: path(file) }),
        ...(figures ? { size: figures.bytes, sha256: figures.sha256, ops: figures.ops } : {}),
        metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.value])),
      })),
    ),
  );
}

function failureOf({ models, headline }: RunRecord): string {
  if (models.length > 0) return withoutCommands(printableLines(headline).join(' '));
  return 'No SavedModel was found: no folder of the workspace holds a saved_model.pb. Is the repository checked out before this step?';
}
