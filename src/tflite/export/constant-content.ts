import type { Tensor } from '#tensor/tensor.js';
import type { BufferContent } from '../file/model-record.js';

/** The content of a constant's buffer: the tensor's own bytes, by reference or when they are made. Strings are packed. */
export function constantContent(tensor: Tensor): BufferContent {
  const { deferred, byteLength } = tensor;
  if (deferred) return { byteLength, key: deferred.key, sample: deferred.sample, load: () => tensor.pass() };
  return tensor.dtype === 'string' ? packStrings(tensor.strings) : tensor.bytes;
}

/** How TFLite stores strings: their number, the offset of each and of the end, then their bytes; all int32. */
function packStrings(strings: readonly Uint8Array[]): Uint8Array {
  const header = 4 * (strings.length + 2);
  const total = strings.reduce((sum, text) => sum + text.byteLength, header);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, strings.length, true);
  let offset = header;
  strings.forEach((text, i) => {
    view.setInt32(4 * (i + 1), offset, true);
    bytes.set(text, offset);
    offset += text.byteLength;
  });
  view.setInt32(4 * (strings.length + 1), offset, true);
  return bytes;
}
