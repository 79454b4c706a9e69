import type { Diagnostic } from '#diagnostics/diagnostic.js';

/** What became of one SavedModel. */
export interface ModelResult {
  /** Its short name, unique in a run: the stem of its files. */
  readonly name: string;
  /** Folder of the SavedModel, as given or found, with `/` between its parts. */
  readonly savedModel: string;
  /** `passed`: converted, and it runs. `unsupported`: TFLite cannot express it, or LiteRT cannot run it. `invalid`: bad input. */
  readonly verdict: 'passed' | 'unsupported' | 'invalid';
  /** The `.tflite` file; absent where there is none. */
  readonly file?: string;
  /** Bytes of the file. */
  readonly size?: number;
  readonly sha256?: string;
  /** Ops of the `.tflite` file, all subgraphs together. */
  readonly ops?: number;
  /** Milliseconds that reading, converting and writing took. */
  readonly milliseconds?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunRecord {
  readonly passed: boolean;
  readonly models: readonly ModelResult[];
}
