import { basename, resolve } from 'node:path';
import { type ActionConfig, actionInputNames, parseActionInputs } from '#config/action-config.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { printable } from '#diagnostics/printable.js';
import { renderText } from '#diagnostics/render-text.js';
import { artifactUrl, isEnterpriseServer, uploadArtifact } from '#github/upload-artifact.js';
import { annotationsOf } from '#report/annotations.js';
import type { ModelResult, RunRecord } from '#report/record.js';
import { renderSummary } from '#report/render-summary.js';
import { withoutCommands } from './log-text.js';
import { processModels } from './process-models.js';

type Annotate = (message: string, properties?: { title?: string; file?: string }) => void;

/** The parts of `@actions/core` that are used. */
export interface Toolkit {
  getInput(name: string): string;
  setOutput(name: string, value: unknown): void;
  info(message: string): void;
  readonly notice: Annotate;
  readonly warning: Annotate;
  readonly error: Annotate;
  setFailed(message: string): void;
  readonly summary: { addRaw(text: string): { write(): Promise<unknown> } };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The whole step: inputs in; files, outputs, annotations, summary and verdict out. Never throws. */
export async function runStep(toolkit: Toolkit, environment: Environment): Promise<void> {
  try {
    const config = parseActionInputs(
      Object.fromEntries(actionInputNames.map((name) => [name, toolkit.getInput(name)])),
    );
    const root = environment['GITHUB_WORKSPACE'] ?? process.cwd();
    const record = await processModels(config, root, {
      started: (savedModel) => toolkit.info(withoutCommands(`Converting ${printable(savedModel)} …`)),
      finished: (result) => toolkit.info(withoutCommands(outcome(result))),
    });
    const url = await upload(config, record, root, toolkit, environment);
    await show(record, url, toolkit, environment);
  } catch (error) {
    toolkit.setOutput('passed', false);
    if (!(error instanceof DiagnosticError)) {
      toolkit.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return;
    }
    for (const { detail, help, title } of error.diagnostics) toolkit.error([detail, ...help].join(' '), { title });
    toolkit.setFailed('Nothing was converted.');
  }
}

/** The log has every finding in full: annotations are few. */
function outcome({ savedModel, verdict, file, size, ops, diagnostics }: ModelResult): string {
  const made = file === undefined ? '' : `: ${file}, ${size} bytes, ${ops} ops`;
  const line = `${verdict} ${printable(savedModel)}${made}`;
  return diagnostics.length === 0 ? line : `${line}\n${renderText(diagnostics, { maxLocations: Infinity })}`.trimEnd();
}

async function show(
  record: RunRecord,
  url: string | undefined,
  toolkit: Toolkit,
  environment: Environment,
): Promise<void> {
  toolkit.setOutput('passed', record.passed);
  toolkit.setOutput(
    'models',
    record.models.map(({ diagnostics, ...model }) => ({ ...model, findings: diagnostics.length })),
  );
  if (url !== undefined) toolkit.setOutput('artifact-url', url);
  for (const { severity, title, message, file } of annotationsOf(record)) {
    toolkit[severity](message, { title, ...(file === undefined ? {} : { file }) });
  }
  // Without it, a runner that is none of GitHub's shows no summaries.
  if (environment['GITHUB_STEP_SUMMARY'] !== undefined) await toolkit.summary.addRaw(renderSummary(record)).write();
  if (!record.passed) toolkit.setFailed(failure(record));
}

function failure({ models }: RunRecord): string {
  if (models.length === 0) {
    return 'No SavedModel was found: no folder of the workspace holds a saved_model.pb. Is the repository checked out before this step?';
  }
  const failed = models.filter((model) => model.verdict !== 'passed').map((model) => model.name);
  return `${failed.length} of ${models.length} model${models.length === 1 ? '' : 's'} did not pass: ${failed.join(', ')}.`;
}

/** Uploads the files and gives the address; where that cannot be done the verdict still stands, and a warning says why. */
async function upload(
  { artifactName, outputDirectory }: ActionConfig,
  { models }: RunRecord,
  root: string,
  toolkit: Toolkit,
  environment: Environment,
): Promise<string | undefined> {
  const files = models.flatMap(({ file }) => (file === undefined ? [] : [basename(file)]));
  if (artifactName === undefined || files.length === 0) return undefined;
  if (isEnterpriseServer(environment)) {
    toolkit.warning(
      `GitHub Enterprise Server takes no artifacts from this action; the files are in ${outputDirectory}.`,
    );
    return undefined;
  }
  if (environment['ACTIONS_RUNTIME_TOKEN'] === undefined) {
    toolkit.info(`There is no artifact service here; the files are in ${outputDirectory}.`);
    return undefined;
  }
  try {
    const { id } = await uploadArtifact(artifactName, files, resolve(root, outputDirectory));
    return artifactUrl(id, environment);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    toolkit.warning(`The files could not be uploaded: ${reason}. In a matrix, give each job its own artifact-name.`);
    return undefined;
  }
}
