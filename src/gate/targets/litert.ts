import { laterRelease, runtimeVersionOf } from '#tflite/export/runtime-versions.js';
import { operatorName } from '#tflite/file/describe.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import type { Misfit, TargetModel, TargetTable } from './target-model.js';

const SOURCE = "LiteRT's table of op versions by release (runtime_version.cc) of 2026-08-21";

/** Custom ops with a kernel in every LiteRT: tflite/core/kernels/register.cc. */
const included = new Set([
  'NumericVerify',
  'Mfcc',
  'AudioSpectrogram',
  'TFLite_Detection_PostProcess',
  'aeq.hadamard_rotation',
]);

/** In the table of releases, but without a kernel: only delegates run it. */
const withoutKernel = new Set(['STABLEHLO_CBRT']);

/** LiteRT without anything linked into it: `version` or newer, in TensorFlow's numbering; undefined for today's. */
export function litert({ operator_codes }: ModelRecord, version: string | undefined): TargetTable {
  const check = ({ ops }: TargetModel): Misfit[] =>
    operator_codes.flatMap((code): Misfit[] => {
      const op = operatorName(code);
      const custom = code.builtin_code === 'CUSTOM';
      const reason = custom ? missingCustom(op) : missingVersion(code, version);
      if (reason === undefined) return [];
      const uses = ops.filter((each) => each.name === op && each.version === code.version && each.custom === custom);
      // The runtime refuses declarations that nothing uses as well.
      if (uses.length === 0) return [{ op, reason, place: undefined }];
      return uses.map(({ place }) => ({ op, reason, place }));
    });
  return { source: SOURCE, check };
}

function missingCustom(name: string): string | undefined {
  if (included.has(name)) return undefined;
  return name.startsWith('Flex')
    ? 'runs only where the Flex delegate, with kernels of TensorFlow, is linked in'
    : 'is a custom op: the application has to bring its kernel';
}

type Code = ModelRecord['operator_codes'][number];

function missingVersion({ builtin_code, version }: Code, runtime: string | undefined): string | undefined {
  const release = withoutKernel.has(builtin_code) ? undefined : runtimeVersionOf(builtin_code, version);
  if (release === undefined) return `LiteRT has no kernel for version ${version} of it`;
  if (runtime === undefined || isEnough(runtime, release)) return undefined;
  return `version ${version} of it needs TensorFlow Lite ${release}, ${runtime} is older`;
}

/** `2.14` stands for all of 2.14.x. */
function isEnough(runtime: string, release: string): boolean {
  const precision = runtime.split('.').length;
  return laterRelease(runtime, release.split('.').slice(0, precision).join('.')) === runtime;
}
