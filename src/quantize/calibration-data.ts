import type { DataSet, DataSetOptions } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import type { CalibrationSample, SampleSource } from './calibrate.js';

/** Stands for a path where there is no data. */
export const RANDOM = 'random';

const RANDOM_SAMPLES = 32;

export interface CalibrationData {
  readonly source: DataSet | SampleSource;
  /** A warning where the data is none. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Opens the data set at `path`, or for `random` makes up samples: the last resort, which a warning says
 * (`random-calibration`). Throws a DiagnosticError as `openDataSet` does.
 */
export async function openCalibrationData(path: string, options: DataSetOptions = {}): Promise<CalibrationData> {
  if (path !== RANDOM) return { source: await openDataSet(path, options), diagnostics: [] };
  const detail = `the model was calibrated on ${RANDOM_SAMPLES} samples of random numbers (normal, mean 0, deviation 1).`;
  return { source: randomSamples(), diagnostics: [diagnostic('random-calibration', { detail })] };
}

/** Seeded inputs as `randomInputs` makes them, the same on any machine. */
export function randomSamples(count = RANDOM_SAMPLES): SampleSource {
  return {
    async *samples(signature: SignatureInfo): AsyncGenerator<CalibrationSample> {
      for (let index = 0; index < count; index++) {
        yield { index, values: randomInputs(signature, { seed: index + 1 }) };
      }
    },
  };
}
