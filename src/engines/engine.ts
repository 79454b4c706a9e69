import type { Diagnostic } from '#diagnostics/diagnostic.js';
import type { Explanation } from '#passes/explain-observer.js';
import type { PassTiming } from '#passes/time-observer.js';
import type { Dim } from '#tensor/shape.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';

export interface EngineOptions {
  /** Tags of the meta graph; by default the only one, or `serve`. */
  readonly tags?: readonly string[] | undefined;
  /** Keys of the signatures to convert; by default all that are meant to be called. */
  readonly signatures?: readonly string[] | undefined;
  /** Shapes of inputs by the signature's input name. */
  readonly inputShapes?: ReadonlyMap<string, readonly Dim[]> | undefined;
  /** Folder into which the IR is written after each pass that changed it. */
  readonly dumpPasses?: string | undefined;
  /** Name of a pass whose reasons for leaving ops alone are collected. */
  readonly explain?: string | undefined;
  /** The command line that repeats the conversion, for reports of internal errors. */
  readonly command?: string | undefined;
}

export interface EngineResult {
  readonly model: ModelToWrite;
  readonly diagnostics: readonly Diagnostic[];
  readonly timings: readonly PassTiming[];
  readonly explanations: readonly Explanation[];
}

/** Makes a TFLite model of a SavedModel. Throws a DiagnosticError where it cannot. */
export interface Engine {
  readonly name: string;
  convert(savedModel: string, options: EngineOptions): EngineResult;
}
