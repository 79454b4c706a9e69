import type { Diagnostic } from '#diagnostics/diagnostic.js';
import type { Explanation } from '#passes/explain-observer.js';
import { type PassTiming, stageTiming } from '#passes/time-observer.js';
import type { Dim } from '#tensor/shape.js';
import type { Replacements } from '#tensorflow/replacements/rule.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';
import { writeVerifiedModelFile } from '#tflite/file/write-verified.js';
import { inspectModel, type ModelInspection } from '#tflite/inspect/inspect-model.js';
import { nativeEngine } from './engines/native.js';

export type { CheckedRun, CheckOptions } from '#check/check-run.js';
export type { DataModule } from '#data/module-data-set.js';
export { DiagnosticError } from '#diagnostics/diagnostic.js';
export type { MetricModule } from '#evaluate/user-metric.js';
export type { RunRecord } from '#record/record.js';
export { type CodeRule, defineReplacement } from '#tensorflow/replacements/define-replacement.js';
export type { RuntimeSettings } from './find-runtime.js';
export { type InspectOptions, inspect, type SavedModelInspection, type TfliteInspection } from './inspect.js';
export { type ModelRun, type RunModelOptions, runModel, runOnSamples, type SampleFinding } from './run-model.js';
export type { Diagnostic, Explanation, ModelInspection, PassTiming, Replacements };

export interface ConvertOptions {
  /** Tags of the meta graph; by default the only one, or `serve`. */
  readonly tags?: readonly string[] | undefined;
  /** Keys of the signatures to convert; by default all that are meant to be called. */
  readonly signatures?: readonly string[] | undefined;
  /** Shapes of inputs by the signature's input name, unknown dimensions as `null`. */
  readonly inputShapes?: Readonly<Record<string, readonly Dim[]>> | undefined;
  /** Whether TensorFlow's own kernels, in the Flex delegate, may compute what TFLite has no kernel for. */
  readonly selectTfOps?: boolean | undefined;
  /** Ops whose kernels the application registers itself, by TensorFlow's names. */
  readonly allowCustomOps?: readonly string[] | undefined;
  /** Whether recurrent layers may become single ops, which keep their state between runs. */
  readonly fuseRnn?: boolean | undefined;
  /** Rules that write ops with other ones; what they did is noted there. */
  readonly replacements?: Replacements | undefined;
  /** Folder into which the IR is written after each pass that changed it. */
  readonly dumpPasses?: string | undefined;
  /** Whether the IR is checked after each pass, as it is with `dumpPasses`, and not only after the last. */
  readonly verifyPasses?: boolean | undefined;
  /** Name of a pass whose reasons for leaving ops alone are collected. */
  readonly explain?: string | undefined;
  /** The command line that repeats the conversion, for reports of internal errors. */
  readonly command?: string | undefined;
}

export interface ConvertResult {
  /** The model, to be written by `writeModel`. */
  readonly model: ModelToWrite;
  /** Warnings and notices; errors are thrown. */
  readonly diagnostics: readonly Diagnostic[];
  /** Stages and passes in the order in which they ran. */
  readonly timings: readonly PassTiming[];
  readonly explanations: readonly Explanation[];
}

/** Converts the SavedModel in a folder. Throws a DiagnosticError that lists all that keeps it from being converted. */
export function convert(savedModel: string, options: ConvertOptions = {}): ConvertResult {
  const { inputShapes, ...rest } = options;
  const shapes = inputShapes && new Map(Object.entries(inputShapes));
  return nativeEngine.convert(savedModel, { ...rest, inputShapes: shapes });
}

/**
 * Writes a converted model, or the bytes of a `.tflite` file, to `path`, read back and verified before the file gets its
 * name. Gives what is in it. Rejects with a DiagnosticError where the file cannot be written. `timings` gets what writing
 * and verifying took.
 */
export async function writeModel(
  model: ModelToWrite | Uint8Array,
  path: string,
  timings: PassTiming[] = [],
): Promise<ModelInspection> {
  const onStage = (name: string, ms: number) => timings.push(stageTiming(name, ms));
  return inspectModel(await writeVerifiedModelFile(model, path, { onStage }));
}
