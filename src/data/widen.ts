import { type DType, dtypes } from '#tensor/dtype.js';
import { allocate, Tensor } from '#tensor/tensor.js';

/** Whether integers (or truth values) of one dtype are integers of the other, whatever their values. */
export function widens(from: DType, to: DType): boolean {
  const [source, target] = [dtypes[from], dtypes[to]];
  if (from === 'int4' || to === 'int4') return false;
  if (target.kind !== 'int' && target.kind !== 'uint') return false;
  if (source.kind === 'bool') return true;
  if (source.kind === target.kind) return source.bytes <= target.bytes;
  return source.kind === 'uint' && target.kind === 'int' && source.bytes < target.bytes;
}

/** The same integers in a dtype that the tensor's own widens to. */
export function widened(tensor: Tensor, dtype: DType): Tensor {
  if (tensor.dtype === dtype || dtype === 'string') return tensor;
  const data = allocate(dtype, tensor.size);
  const large = data instanceof BigInt64Array || data instanceof BigUint64Array;
  tensor.data.forEach((value: number | bigint, i: number) => {
    data[i] = (large ? BigInt(value) : value) as number;
  });
  return Tensor.from(dtype, tensor.shape, data);
}
