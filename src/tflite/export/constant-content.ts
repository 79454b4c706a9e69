import type { Tensor } from '#tensor/tensor.js';
import type { BufferContent } from '../file/model-record.js';
import { packStrings } from '../file/packed-strings.js';

/** The content of a constant's buffer: the tensor's own bytes, by reference or when they are made. Strings are packed. */
export function constantContent(tensor: Tensor): BufferContent {
  const { deferred, byteLength } = tensor;
  if (deferred) return { byteLength, key: deferred.key, sample: deferred.sample, load: () => tensor.pass() };
  return tensor.dtype === 'string' ? packStrings(tensor.strings) : tensor.bytes;
}
