import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ActionConfig } from '#config/action-config.js';
import { findSavedModels } from '#config/find-saved-models.js';
import { modelNames } from '#config/model-names.js';
import { type Diagnostic, DiagnosticError, diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import type { ModelResult, RunRecord } from '#report/record.js';
import { convert, runOnSamples, writeModel } from '../index.js';

/** What the run tells while it goes on. */
export interface Logger {
  info(line: string): void;
}

/** Finds, converts and runs the SavedModels below `root`. Throws a DiagnosticError where the inputs match nothing. */
export async function runAction(config: ActionConfig, root: string, logger: Logger): Promise<RunRecord> {
  const folders = await findSavedModels(root, config.models);
  const names = modelNames(folders);
  const output = join(root, config.outputDirectory);
  const models: ModelResult[] = [];
  for (const [i, folder] of folders.entries()) {
    const name = names[i] as string;
    logger.info(`${folder} …`);
    const result = await processModel(name, folder, root, output, config.outputDirectory);
    logger.info(`${folder}: ${result.verdict}${result.size === undefined ? '' : `, ${result.size} bytes, ${result.ops} ops`}`);
    models.push(result);
  }
  const passed = models.every((model) => model.verdict === 'passed' || isTolerated(model, config));
  return { passed, models };
}

function isTolerated(model: ModelResult, config: ActionConfig): boolean {
  return model.verdict === 'unsupported' && !config.failOn.has('unsupported');
}

async function processModel(
  name: string,
  savedModel: string,
  root: string,
  output: string,
  shownOutput: string,
): Promise<ModelResult> {
  const start = performance.now();
  let written: { readonly file: string; readonly size: number; readonly ops: number } | undefined;
  try {
    const { model, diagnostics } = convert(join(root, savedModel));
    mkdirSync(output, { recursive: true });
    const path = join(output, `${name}.tflite`);
    const { operatorCount } = writeModel(model, path);
    const file = `${shownOutput.replaceAll('\\', '/')}/${name}.tflite`;
    written = { file, size: statSync(path).size, ops: operatorCount };
    const milliseconds = Math.round(performance.now() - start);
    const broken = await runOnSamples(path);
    const warnings = broken.map(({ signature, output }) =>
      diagnostic('not-a-number', {
        detail: `On seeded random inputs the output "${output}" of the signature "${signature}" is NaN throughout.`,
        locations: [{ file: savedModel, signature }],
      }),
    );
    return { name, savedModel, verdict: 'passed', ...written, sha256: await sha256(path), milliseconds, diagnostics: [...diagnostics, ...warnings] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { name, savedModel, verdict: verdictOf(error.diagnostics), ...written, diagnostics: error.diagnostics };
  }
}

function verdictOf(diagnostics: readonly Diagnostic[]): 'unsupported' | 'invalid' {
  return diagnostics.some((found) => found.severity === 'error' && kindOf(found) !== 'unsupported')
    ? 'invalid'
    : 'unsupported';
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
