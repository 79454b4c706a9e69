import type { Tensor } from '#tensor/tensor.js';

/** The bytes of a constant's buffer: those of the tensor itself, by reference. Only strings are packed anew. */
export function constantContent(tensor: Tensor): Uint8Array {
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
