import { fail } from '#diagnostics/diagnostic.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { SignatureDef, SignatureTensor } from '#saved-model/records.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';

/**
 * A SavedModel's signature as data sets and metrics take it, with the shapes that are asked for. Throws a
 * DiagnosticError, `invalid-data`, for an input that no data holds; such outputs are left out.
 */
export function signatureInfo(
  { key, inputs, outputs }: SignatureDef,
  shapes: ReadonlyMap<string, Shape>,
): SignatureInfo {
  return {
    key,
    inputs: inputs.map((input, index) => {
      const info = tensorInfo({ ...input, shape: shapes.get(input.name) ?? input.shape }, index);
      if (info) return info;
      const detail = `The input '${input.name}' of signature '${key}' is a ${input.dtype}, which no data holds.`;
      return fail('invalid-data', { detail });
    }),
    outputs: outputs.flatMap((output, index) => tensorInfo(output, index) ?? []),
  };
}

function tensorInfo({ name, dtype, shape, encoding }: SignatureTensor, tensor: number): TensorInfo | undefined {
  if (!Object.hasOwn(dtypes, dtype) || encoding !== 'dense') return undefined;
  return { name, tensor, dtype: dtype as DType, shape };
}
