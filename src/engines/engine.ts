import type { DataSetOptions } from '#data/data-set.js';
import type { Diagnostic } from '#diagnostics/diagnostic.js';
import type { Explanation } from '#passes/explain-observer.js';
import type { PassTiming } from '#passes/time-observer.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import type { Dim } from '#tensor/shape.js';
import type { Replacements } from '#tensorflow/replacements/rule.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';

export interface EngineOptions {
  /** Tags of the meta graph; by default the only one, or `serve`. */
  readonly tags?: readonly string[] | undefined;
  /** Keys of the signatures to convert; by default all that are meant to be called. */
  readonly signatures?: readonly string[] | undefined;
  /** Shapes of inputs by the signature's input name. */
  readonly inputShapes?: ReadonlyMap<string, readonly Dim[]> | undefined;
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

/** How a model is quantized on the way; it stays float where nothing is said. */
export interface QuantizationOptions {
  /** A scheme for all ops; else a recipe decides. */
  readonly scheme?: string | undefined;
  /** Name of a ready recipe, or path of a YAML file. */
  readonly recipe?: string | undefined;
  /** A data set's path, or `random`: what the ranges of activations are found on. */
  readonly representativeData?: string | undefined;
  /** How samples of that data set become inputs: as those do on which the model will be judged. */
  readonly representativeOptions?: Pick<DataSetOptions, 'image' | 'audio' | 'labels'> | undefined;
  /** A file of ranges found earlier, in place of data. */
  readonly calibration?: string | undefined;
  /** Where to write the ranges that were found. */
  readonly saveCalibration?: string | undefined;
  /** Element type of the inputs and outputs that are float32 in the float model. */
  readonly ioType?: string | undefined;
  /** What runs the model to find ranges. Default: `wasm`. */
  readonly runtime?: Runtime | undefined;
}

export interface ConversionOptions extends EngineOptions, QuantizationOptions {}

export interface EngineResult {
  /** The bytes of a whole file where another converter wrote it: they stay as they are. */
  readonly model: ModelToWrite | Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
  readonly timings: readonly PassTiming[];
  readonly explanations: readonly Explanation[];
}

/** Makes a TFLite model of a SavedModel. Throws a DiagnosticError where it cannot. See docs/decisions/008. */
export interface Engine<Options extends EngineOptions = EngineOptions> {
  readonly name: 'native' | 'tensorflow';
  convert(savedModel: string, options: Options): EngineResult | Promise<EngineResult>;
}
