import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Diagnostic, DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { parseModel } from '#tflite/file/read-model.js';
import { StoredFile } from '#tflite/file/stored-file.js';
import type { ConversionOptions, Engine, EngineResult } from '../engine.js';
import { withSources } from '../with-sources.js';
import { foreignNotes, refuseFloatOps, refuseOtherCustomOps } from './check-official-model.js';
import { type ConvertRequest, needsSamples, officialScheme } from './convert-request.js';
import { parseConverterError } from './parse-error.js';
import { writeSamples } from './samples.js';
import type { TensorFlowProcess } from './tensorflow-process.js';

/** The official converter, in a Python process, which whoever calls this ends. */
export function tensorflowEngine(process: TensorFlowProcess): Engine<ConversionOptions> {
  return { name: 'tensorflow', convert: (path, options) => convert(path, options, process) };
}

/**
 * Throws a DiagnosticError: `invalid-option` for what the official converter cannot do, `unsupported-op` or
 * `unsupported-model` where it refuses the model, `engine-missing`, `engine-stopped`, and what is wrong with the
 * SavedModel or the data.
 */
async function convert(path: string, options: ConversionOptions, process: TensorFlowProcess): Promise<EngineResult> {
  const start = performance.now();
  const scheme = officialScheme(options);
  const savedModel = openSavedModel(path, options.tags ? { tags: options.tags } : {});
  const signatures = selectSignatures(savedModel, options.signatures);
  const shapes = options.inputShapes ?? new Map();
  refuseUnknownInputs(path, signatures, shapes);
  const { representativeData, representativeOptions, selectTfOps = false, allowCustomOps = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-tensorflow-'));
  try {
    const samples = join(folder, 'samples');
    const notes: Diagnostic[] = [];
    const calibrates = needsSamples(scheme) && representativeData !== undefined;
    if (calibrates) {
      notes.push(...(await writeSamples(samples, representativeData, signatures, shapes, representativeOptions)));
    }
    const output = join(folder, 'model.tflite');
    const request: ConvertRequest = {
      kind: 'convert',
      savedModel: resolve(path),
      tags: savedModel.tags,
      signatures: signatures.map(({ key }) => key),
      inputShapes: Object.fromEntries(shapes),
      scheme,
      ioType: options.ioType ?? 'float32',
      selectTfOps,
      allowCustomOps: allowCustomOps.length > 0,
      samples: calibrates ? samples : null,
      output,
      scratch: join(folder, 'saved_model'),
    };
    const reply = await process.request({ ...request });
    if (!reply.ok) {
      const error = new DiagnosticError(parseConverterError(`${reply.error}: ${reply.message}`, path));
      throw withSources(error, path);
    }
    const file = new StoredFile(output);
    const bytes = file.read(0, file.size());
    const model = parseModel(bytes, output);
    refuseOtherCustomOps(model, path, new Set(allowCustomOps));
    if (scheme === 'int8-only') refuseFloatOps(model, path);
    notes.push(...foreignNotes(model));
    const timings = [{ name: 'tensorflow', ms: performance.now() - start, ops: 0, changed: true }];
    return { model: bytes, diagnostics: notes, timings, explanations: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same error as the native engine's, before TensorFlow is started. */
function refuseUnknownInputs(
  path: string,
  signatures: ReturnType<typeof selectSignatures>,
  shapes: ReadonlyMap<string, unknown>,
): void {
  const names = new Set(signatures.flatMap(({ inputs }) => inputs.map(({ name }) => name)));
  const stray = [...shapes.keys()].find((name) => !names.has(name));
  if (stray === undefined) return;
  fail('invalid-option', {
    detail: `A shape is given for \`${stray}\`, but no signature that is converted has such an input.`,
    locations: [{ file: path }],
    help: [`The inputs are ${[...names].map((name) => `\`${name}\``).join(', ')}.`],
  });
}
