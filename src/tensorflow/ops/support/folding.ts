import { byteLength, type DType } from '#tensor/dtype.js';
import { elementCount } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

/** Constants up to this size are made whatever they are made from. */
const ALWAYS_BYTES = 1 << 18;

/** Whether all operands are known, and of dtypes that the kernels take. */
export function allKnown(operands: readonly (Tensor | undefined)[]): operands is readonly Tensor[] {
  return operands.every((tensor) => tensor !== undefined && tensor.dtype !== 'int4');
}

/** Whether a constant of this size is worth what it adds to the model: it is small, or replaces as much. */
export function worthFolding(
  dtype: DType,
  shape: readonly number[],
  operands: readonly (Tensor | undefined)[],
): boolean {
  const bytes = byteLength(dtype, elementCount(shape));
  if (bytes <= ALWAYS_BYTES) return true;
  return bytes <= operands.reduce((sum, tensor) => sum + (tensor?.bytes.byteLength ?? 0), 0);
}
