import * as core from '@actions/core';
import { type ActionConfig, actionInputNames, parseActionInputs } from '#config/action-config.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { artifactUrl, isEnterpriseServer, uploadArtifact } from '#github/upload-artifact.js';
import { annotationsOf } from '#report/annotations.js';
import type { RunRecord } from '#report/record.js';
import { renderSummary } from '#report/render-summary.js';
import { runAction } from './run-action.js';

async function main(): Promise<void> {
  const config = parseActionInputs(Object.fromEntries(actionInputNames.map((name) => [name, core.getInput(name)])));
  const root = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
  const record = await runAction(config, root, core);
  const url = await upload(config, record, root);
  core.setOutput('passed', record.passed);
  core.setOutput('models', record.models.map(({ diagnostics, ...model }) => ({ ...model, findings: diagnostics.length })));
  if (url !== undefined) core.setOutput('artifact-url', url);
  for (const { severity, title, message, file } of annotationsOf(record)) {
    core[severity === 'error' ? 'error' : severity](message, { title, ...(file === undefined ? {} : { file }) });
  }
  await core.summary.addRaw(renderSummary(record)).write();
  if (record.models.length === 0) core.warning('No SavedModel was found: no folder holds a saved_model.pb.');
  if (!record.passed) core.setFailed(failure(record));
}

function failure(record: RunRecord): string {
  const failed = record.models.filter((model) => model.verdict !== 'passed');
  return `${failed.length} of ${record.models.length} models did not pass: ${failed.map((model) => model.name).join(', ')}.`;
}

/** Uploads the files; where that cannot be done the verdict still stands, and a warning says why. */
async function upload(config: ActionConfig, record: RunRecord, root: string): Promise<string | undefined> {
  const files = record.models.flatMap((model) => (model.file === undefined ? [] : [model.file]));
  if (config.artifactName === undefined || files.length === 0) return undefined;
  if (isEnterpriseServer()) {
    core.warning(`GitHub Enterprise Server takes no artifacts from this action; the files are in ${config.outputDirectory}.`);
    return undefined;
  }
  if (process.env['ACTIONS_RUNTIME_TOKEN'] === undefined) {
    core.notice(`No artifact service here; the files are in ${config.outputDirectory}.`);
    return undefined;
  }
  try {
    const { id } = await uploadArtifact(config.artifactName, files, root);
    return artifactUrl(id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    core.warning(`The files could not be uploaded: ${reason}. In a matrix, give each job its own artifact-name.`);
    return undefined;
  }
}

try {
  await main();
} catch (error) {
  if (error instanceof DiagnosticError) {
    for (const found of error.diagnostics) {
      core.error([found.detail, ...found.help].join(' '), { title: found.title });
    }
    core.setFailed(error.message);
  } else {
    core.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
