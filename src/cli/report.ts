import type { ExitCode } from '#diagnostics/exit-code.js';
import type { ConvertResult, Diagnostic, ModelInspection } from '#index.js';
import type { MadeModel } from '#make-model.js';
import type { QuantizedModel } from '#quantize-model.js';
import type { SearchReport } from '#search-model.js';
import { version } from '#version.js';

/** What came of one SavedModel. */
export interface ModelReport {
  readonly input: string;
  /** `converted`, or what the exit code says of the failure. */
  readonly status: 'converted' | 'unsupported' | 'invalid-input' | 'internal-error';
  /** What made the model. */
  readonly engine?: MadeModel['engine'];
  /** The file that was written; absent, with all that describes it, where none was. */
  readonly output?: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly operatorCount?: number;
  readonly operators?: ModelInspection['operators'];
  readonly macs?: number;
  readonly weightBytes?: number;
  /** What became of each op that computes with floating-point numbers. */
  readonly quantization?: QuantizedModel['report'];
  /** What was tried to find the smallest model. */
  readonly search?: SearchReport;
  /** Stages and passes in the order in which they ran, in milliseconds, with the number of ops afterwards. */
  readonly timings?: ConvertResult['timings'];
  readonly explanations?: ConvertResult['explanations'];
  readonly diagnostics: readonly Diagnostic[];
  /** From reading to the written file, in milliseconds. */
  readonly durationMs: number;
}

export const STATUS: Readonly<Record<Exclude<ExitCode, 0>, ModelReport['status']>> = {
  1: 'unsupported',
  2: 'invalid-input',
  3: 'internal-error',
};

/** The content of `--report`. */
export function reportText(models: readonly ModelReport[], exitCode: ExitCode): string {
  return `${JSON.stringify({ tool: { name: 'tflite-gate', version }, exitCode, models }, undefined, 2)}\n`;
}
