import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ActionConfig } from '#config/action-config.js';
import { findSavedModels } from '#config/find-saved-models.js';
import { modelNames } from '#config/model-names.js';
import { type Diagnostic, diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import { diagnosticsOf } from '#diagnostics/exit-code.js';
import type { ModelResult, RunRecord } from '#report/record.js';
import { convert, runOnSamples, writeModel } from '../index.js';

/** What happens when: called before and after each model. */
export interface Progress {
  started(savedModel: string): void;
  finished(result: ModelResult): void;
}

/**
 * Finds, converts and runs the SavedModels below `root`. The run has passed where there is one, and all did. Throws a
 * DiagnosticError where the inputs match nothing.
 */
export async function processModels(config: ActionConfig, root: string, progress: Progress): Promise<RunRecord> {
  const folders = await findSavedModels(root, config.models);
  const names = modelNames(folders);
  const models: ModelResult[] = [];
  for (const [i, folder] of folders.entries()) {
    progress.started(folder);
    const result = await processModel(names[i] as string, folder, root, resolve(root, config.outputDirectory));
    progress.finished(result);
    models.push(result);
  }
  return { passed: models.length > 0 && models.every((model) => isPassed(model, config)), models };
}

function isPassed({ verdict }: ModelResult, { failOn }: ActionConfig): boolean {
  return verdict === 'passed' || (verdict === 'unsupported' && !failOn.has('unsupported'));
}

async function processModel(name: string, savedModel: string, root: string, output: string): Promise<ModelResult> {
  const start = performance.now();
  let written: Pick<ModelResult, 'file' | 'size' | 'sha256' | 'ops' | 'milliseconds'> = {};
  try {
    const { model, diagnostics } = convert(join(root, savedModel));
    const path = join(output, `${name}.tflite`);
    mkdirSync(output, { recursive: true });
    const { operatorCount: ops } = await writeModel(model, path);
    const milliseconds = Math.round(performance.now() - start);
    const size = statSync(path).size;
    written = { file: shownPath(path, root), size, sha256: await sha256(path), ops, milliseconds };
    const warnings = (await runOnSamples(path)).map((finding) =>
      diagnostic('not-a-number', {
        detail: `On seeded random inputs the output "${finding.output}" of the signature "${finding.signature}" is NaN throughout.`,
        locations: [{ file: savedModel, signature: finding.signature }],
      }),
    );
    return { name, savedModel, verdict: 'passed', ...written, diagnostics: [...diagnostics, ...warnings] };
  } catch (error) {
    // A defect of the converter that one model brings to light does not keep the others from being reported.
    const diagnostics = diagnosticsOf(error);
    return { name, savedModel, verdict: verdictOf(diagnostics), ...written, diagnostics };
  }
}

function verdictOf(diagnostics: readonly Diagnostic[]): 'unsupported' | 'invalid' {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.every((found) => kindOf(found) === 'unsupported') ? 'unsupported' : 'invalid';
}

/** Relative to the workspace where it is inside, with `/` between the parts. */
function shownPath(path: string, root: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.replaceAll('\\', '/');
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
