/** How TFLite stores strings: their number, the offset of each and of the end, then their bytes; all int32. */
export function packStrings(strings: readonly Uint8Array[]): Uint8Array {
  const header = headerBytes(strings.length);
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

/**
 * The `count` strings that were stored so, as views on `bytes`, which may go on behind them; undefined where that is not
 * what the bytes hold.
 */
export function unpackStrings(bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  if (bytes.byteLength === 0 && count === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = headerBytes(count);
  if (bytes.byteLength < header || view.getInt32(0, true) !== count) return undefined;
  const strings: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const start = view.getInt32(4 * (i + 1), true);
    const end = view.getInt32(4 * (i + 2), true);
    if (start < header || end < start || end > bytes.byteLength) return undefined;
    strings.push(bytes.subarray(start, end));
  }
  return strings;
}

function headerBytes(count: number): number {
  return 4 * (count + 2);
}
