import { laterRelease, runtimeVersionOf } from '#tflite/export/runtime-versions.js';
import type { ModelRecord } from '#tflite/file/model-record.js';

/**
 * The first release, in TensorFlow's numbering, whose runtime has all ops that the model declares; undefined where
 * there is none, as for ops that the application brings. Unused declarations count: the runtime refuses these as well.
 */
export function minimumRuntime({ operator_codes }: ModelRecord): string | undefined {
  const releases = operator_codes.map(({ builtin_code, version }) => runtimeVersionOf(builtin_code, version));
  return releases.reduce((a, b) => (a !== undefined && b !== undefined ? laterRelease(a, b) : undefined), FIRST);
}

/** The first one that was released. */
const FIRST = '1.5.0';
