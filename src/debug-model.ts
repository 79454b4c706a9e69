import { statSync } from 'node:fs';
import { openDataSet } from '#data/open-data-set.js';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { compareModels } from '#quantize/debug/compare-models.js';
import { byDamage, type DebugReport, type LayerError, type UnmatchedOp } from '#quantize/debug/layer-error.js';
import { SignatureGraph } from '#quantize/debug/signature-graph.js';
import { readSignatures } from '#runtime/describe-signatures.js';
import { openInterpreter, type Runtime } from '#runtime/open-interpreter.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { importModel } from '#tflite/import/import-model.js';
import { convertToRun } from './engines/convert-to-run.js';
import { type RuntimeSettings, resolveRuntime } from './find-runtime.js';

export interface DebugOptions {
  /** The float model: a `.tflite` file, or the folder of a SavedModel. */
  readonly against: string;
  /** A data set's path. */
  readonly data: string;
  /** Key of the only signature to look at; by default all that both models have. */
  readonly signature?: string | undefined;
  /** At most so many samples of each signature; by default all. */
  readonly limit?: number | undefined;
  /** What runs the models; by default the WebAssembly that comes along. */
  readonly runtime?: RuntimeSettings | undefined;
}

/**
 * What quantization cost a model, layer by layer: it and the float model are run on the same samples. Throws a
 * DiagnosticError for models, data and signatures that cannot be used or do not go together.
 */
export async function debugModel(path: string, options: DebugOptions): Promise<DebugReport> {
  const { against, data, limit } = options;
  const quantized = readModelFile(path);
  const source = await openDataSet(data);
  const runtime = await resolveRuntime(options.runtime);
  const float = readFloat(against, runtime);
  const { module, notes } = moduleOf(quantized, path);
  const layers: LayerError[] = [];
  const unmatched: UnmatchedOp[] = [];
  const samples: Record<string, number> = {};
  const interpreters = await Promise.all([
    openInterpreter(quantized, { file: path, runtime }),
    openInterpreter(float, { file: against, runtime }),
  ]);
  try {
    for (const [graph, other] of signaturesOf(quantized, float, path, options)) {
      const found = await compareModels(
        { graph, interpreter: interpreters[0] },
        { graph: other, interpreter: interpreters[1] },
        source,
        { module, limit, runtime },
      );
      layers.push(...found.layers);
      unmatched.push(...found.unmatched);
      notes.push(...found.notes);
      samples[graph.signature.key] = found.samples;
    }
  } finally {
    await Promise.all(interpreters.map((interpreter) => interpreter.dispose()));
  }
  if (unmatched.length > 0) {
    notes.push(
      'The models do not consist of the same ops, so tensors of one name may differ in meaning, which looks like a bad layer. A float model of the same converter tells more.',
    );
  }
  return { layers: layers.sort(byDamage), unmatched, samples, notes };
}

function readFloat(path: string, runtime: Runtime): ModelRecord {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return convertToRun(path, runtime);
  }
  return readModelFile(path);
}

/** The model for its ops' reasons; that it cannot be had is no reason to give up. */
function moduleOf(model: ModelRecord, path: string): { module: Module | undefined; notes: string[] } {
  try {
    return { module: importModel(model, path), notes: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map(({ detail }) => detail).join(' ');
    return { module: undefined, notes: [`Why ops compute with floats is not known: ${why}`] };
  }
}

/** Signatures of one key; those of two models with one signature each go together whatever their keys are. */
function signaturesOf(
  quantized: ModelRecord,
  float: ModelRecord,
  path: string,
  { against, signature: wanted }: DebugOptions,
): [SignatureGraph, SignatureGraph][] {
  const left = readSignatures(quantized);
  const right = readSignatures(float);
  const pairs = left
    .filter(({ key }) => wanted === undefined || key === wanted)
    .flatMap((signature): [SignatureGraph, SignatureGraph][] => {
      const only = left.length === 1 && right.length === 1 ? right[0] : undefined;
      const other = right.find(({ key }) => key === signature.key) ?? only;
      return other ? [[new SignatureGraph(quantized, signature), new SignatureGraph(float, other)]] : [];
    });
  if (pairs.length > 0) return pairs;
  const keys = (signatures: readonly { key: string }[]) => signatures.map(({ key }) => key || '(unnamed)').join(', ');
  return fail('unknown-signature', {
    detail: `${path} and ${against} have no signature${wanted === undefined ? '' : ` '${wanted}'`} in common.`,
    locations: [{ file: path }],
    help: [`${path} has ${keys(left) || 'none'}; ${against} has ${keys(right) || 'none'}.`],
  });
}
