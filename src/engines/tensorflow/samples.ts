import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSetOptions } from '#data/data-set.js';
import { type Diagnostic, fail } from '#diagnostics/diagnostic.js';
import { openCalibrationData } from '#quantize/calibration-data.js';
import type { SignatureDef } from '#saved-model/records.js';
import { NpyError } from '#tensor/npy.js';
import { writeNpz } from '#tensor/npz.js';
import type { Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { signatureInfo } from './signature-info.js';

/**
 * Writes samples of a data set, or of random numbers, for each signature, one `.npz` file a sample: they are read and
 * written one by one. File names sort in the samples' order. Throws a DiagnosticError for data that does not fit.
 */
export async function writeSamples(
  folder: string,
  data: string,
  signatures: readonly SignatureDef[],
  shapes: ReadonlyMap<string, Shape>,
  options: DataSetOptions = {},
): Promise<readonly Diagnostic[]> {
  mkdirSync(folder);
  const { source, diagnostics } = await openCalibrationData(data, options);
  for (const [number, signature] of signatures.entries()) {
    let count = 0;
    for await (const { values } of source.samples(signatureInfo(signature, shapes))) {
      const name = `${String(number).padStart(4, '0')}-${String(count++).padStart(9, '0')}.npz`;
      writeFileSync(join(folder, name), packed(values, data));
    }
    if (count === 0) fail('invalid-data', { detail: `${data} holds no samples.`, locations: [{ file: data }] });
  }
  return diagnostics;
}

/** The tensors as an `.npz` file. Throws a DiagnosticError, `invalid-data`, for what NumPy cannot hold. */
export function packed(values: ReadonlyMap<string, Tensor>, source: string): Uint8Array {
  try {
    return writeNpz(values);
  } catch (error) {
    if (!(error instanceof NpyError)) throw error;
    return fail('invalid-data', {
      detail: `${source} cannot be given to TensorFlow: ${error.message}.`,
      locations: [{ file: source }],
    });
  }
}
