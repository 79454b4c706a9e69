import { elementCount } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { rejectSample, type SamplePlace } from './data-error.js';

/** Throws a DiagnosticError where a float tensor holds NaN. `place` is that of its first row. */
export function refuseNaN(file: string, place: SamplePlace, key: string, tensor: Tensor): void {
  const at = firstNaN(tensor);
  if (at < 0) return;
  const rowSize = Math.max(1, elementCount(tensor.shape.slice(1)));
  rejectSample(
    file,
    typeof place === 'number' && tensor.rank > 0 ? place + Math.floor(at / rowSize) : place,
    key,
    `element ${at % rowSize} is NaN`,
    'Leave the sample out, or fill in the missing value as was done for training.',
  );
}

function firstNaN(tensor: Tensor): number {
  const { dtype } = tensor;
  if (dtype === 'float32' || dtype === 'float64') {
    const data = tensor.data as Float32Array;
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) return i;
  } else if (dtype === 'float16' || dtype === 'bfloat16') {
    const infinite = dtype === 'float16' ? 0x7c00 : 0x7f80;
    return (tensor.data as Uint16Array).findIndex((bits) => (bits & 0x7fff) > infinite);
  }
  return -1;
}
