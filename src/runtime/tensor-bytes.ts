import { byteLength, type DType } from '#tensor/dtype.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { packStrings, unpackStrings } from '#tflite/file/packed-strings.js';

/** A tensor of the bytes that LiteRT or a file has for it; undefined where they do not make one. */
export function tensorOf(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor | undefined {
  const count = elementCount(shape);
  if (dtype === 'string') {
    const strings = unpackStrings(bytes, count);
    return strings && Tensor.fromStrings(shape, strings);
  }
  return bytes.byteLength === byteLength(dtype, count) ? Tensor.fromBytes(dtype, shape, bytes) : undefined;
}

/** A tensor's bytes as LiteRT takes them, in a buffer of their own: a view would take the whole file along. */
export function bytesFor(tensor: Tensor): Uint8Array {
  return tensor.dtype === 'string' ? packStrings(tensor.strings) : new Uint8Array(tensor.bytes);
}
