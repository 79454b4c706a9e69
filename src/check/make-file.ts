import { statSync } from 'node:fs';
import { join } from 'node:path';
import { RANDOM } from '#config/choices.js';
import type { VariantConfig } from '#config/config.js';
import { resolveInside } from '#config/resolve-inside.js';
import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { PassTiming } from '#passes/time-observer.js';
import type { QuantizationReport } from '#quantize/report.js';
import type { PassTime, Variant } from '#record/record.js';
import type { Replacements } from '#tensorflow/replacements/rule.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { writeVerifiedModelFile } from '#tflite/file/write-verified.js';
import type { EngineOptions, QuantizationOptions } from '../engines/engine.js';
import type { TensorFlowProcess } from '../engines/tensorflow/tensorflow-process.js';
import { makeModel } from '../make-model.js';
import { loadReplacements, replacementsBy, verifyReplacements } from '../replacements.js';
import type { MeasureJob } from './measure-job.js';
import { isRecipeFile, isRuleFile } from './variant-files.js';

export interface MadeFile {
  readonly path: string;
  readonly bytes: number;
  /** As read back; large buffers are zeros. */
  readonly record: ModelRecord;
  readonly engine: Variant['engine'];
  readonly float: Variant['float'];
  readonly diagnostics: readonly Diagnostic[];
  /** What the conversion did, in the order in which it was done first. */
  readonly passes: readonly PassTime[];
}

/** Scheme or recipe of a variant, as records name it. */
export function schemeOf({ quantize, recipe }: VariantConfig): string {
  return quantize ?? recipe ?? 'float32';
}

/** Whether a variant is the float model itself, by which others are judged. */
export function isFloat({ quantize, recipe, ioType }: VariantConfig): boolean {
  return (quantize === undefined || quantize === 'float32') && recipe === undefined && ioType === 'float32';
}

/** What a float model is called that is made for comparisons alone; no variant can be called so. */
export const BESIDE = '(float)';

/** The float model by which a model's variants are judged: the one among them, else the first as it would be in float. */
export function floatVariant(variants: readonly VariantConfig[]): VariantConfig {
  const [first] = variants;
  if (!first) throw new Error('a model without variants');
  const plain = {
    quantize: undefined,
    recipe: undefined,
    representativeData: undefined,
    calibration: undefined,
  } as const;
  return variants.find(isFloat) ?? { ...first, ...plain, name: BESIDE, ioType: 'float32' };
}

export function fileOf({ model, output }: MeasureJob, variant: string): string {
  return join(output, `${model}-${variant}.tflite`);
}

/**
 * Converts, quantizes and writes one variant. `tensorflow` serves the variants of this SavedModel alone. Throws a
 * DiagnosticError with all that keeps the file from being made.
 */
export async function makeFile(
  job: MeasureJob,
  variant: VariantConfig,
  tensorflow: TensorFlowProcess,
): Promise<MadeFile> {
  const options = await engineOptions(job, variant);
  const path = fileOf(job, variant.name);
  const all = { ...options, ...quantizationOptions(job, variant) };
  const made = await makeModel(job.savedModel, all, variant.engine, tensorflow);
  const record = await writeVerifiedModelFile(made.model, path);
  return {
    path,
    bytes: statSync(path).size,
    record,
    engine: made.engine,
    float: made.report ? floatNotes(made.report) : [],
    diagnostics: [...made.diagnostics, ...(await verified(options))],
    passes: passTimes(made.timings),
  };
}

function quantizationOptions(job: MeasureJob, variant: VariantConfig): QuantizationOptions {
  const inside = (file: string | undefined) => (file === undefined ? undefined : resolveInside(job.root, file));
  const { recipe, representativeData, calibration, quantize, ioType } = variant;
  const { evaluate } = job;
  return {
    scheme: quantize,
    recipe: recipe !== undefined && isRecipeFile(recipe) ? inside(recipe) : recipe,
    representativeData: representativeData === RANDOM ? RANDOM : inside(representativeData),
    representativeOptions: { image: evaluate.image, audio: evaluate.audio, labels: evaluate.labels },
    calibration: inside(calibration),
    ioType,
    runtime: job.runtime,
  };
}

async function engineOptions(job: MeasureJob, variant: VariantConfig): Promise<EngineOptions> {
  const { tags, signatures, inputShapes } = job.selection;
  const { selectTfOps, allowCustomOps, replacements, fuseRnn } = variant;
  const sources = replacements.map((source) => (isRuleFile(source) ? resolveInside(job.root, source) : source));
  return {
    tags,
    signatures,
    inputShapes: inputShapes && new Map(Object.entries(inputShapes)),
    selectTfOps,
    allowCustomOps,
    fuseRnn,
    ...(sources.length === 0 ? {} : { replacements: await replacementsOf(sources, job.allowCode) }),
  };
}

async function replacementsOf(sources: readonly string[], allowCode: boolean): Promise<Replacements> {
  return replacementsBy(await loadReplacements(sources, { allowCode }));
}

/** What rules did, held against what they replaced. Throws a DiagnosticError where they do something else. */
async function verified({ replacements }: EngineOptions): Promise<readonly Diagnostic[]> {
  const findings = replacements ? await verifyReplacements(replacements.applied) : [];
  if (findings.some(({ severity }) => severity === 'error')) throw new DiagnosticError(findings);
  return findings;
}

/** Passes that run until nothing changes are told once. */
function passTimes(timings: readonly PassTiming[]): PassTime[] {
  const times = new Map<string, PassTime>();
  for (const { name, ms, ops, changed } of timings) {
    const { runs, changes, milliseconds } = times.get(name) ?? { runs: 0, changes: 0, milliseconds: 0 };
    times.set(name, {
      name,
      runs: runs + 1,
      changes: changes + Number(changed),
      milliseconds: milliseconds + ms,
      ops,
    });
  }
  return [...times.values()];
}

/** Ops that stayed float although the scheme wants them otherwise, the same ones together. */
function floatNotes({ ops }: QuantizationReport): Variant['float'] {
  const notes = new Map<string, Variant['float'][number]>();
  for (const { op, location, reason } of ops) {
    if (reason === undefined) continue;
    const layer = location.layer ?? location.node ?? '';
    const key = JSON.stringify([op, layer, reason]);
    notes.set(key, { op, layer, reason, count: (notes.get(key)?.count ?? 0) + 1 });
  }
  return [...notes.values()];
}
