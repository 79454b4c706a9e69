import { Tensor } from '#tensor/tensor.js';

/** Tensors of one dtype and shape, but for the first axis, one after the other along that axis. */
export function joinTensors(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new Error('nothing to join');
  if (tensors.length === 1) return first;
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const shape = [rows, ...first.shape.slice(1)];
  if (first.dtype === 'string') {
    return Tensor.fromStrings(
      shape,
      tensors.flatMap(({ strings }) => strings),
    );
  }
  const bytes = new Uint8Array(tensors.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const tensor of tensors) {
    bytes.set(tensor.bytes, at);
    at += tensor.byteLength;
  }
  return Tensor.fromBytes(first.dtype, shape, bytes);
}
