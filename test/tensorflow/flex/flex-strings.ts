/** The strings of a FlexBuffer that is a vector of strings, by the format's own description: apart from any writer. */
export function readFlexStrings(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const unsigned = (at: number, width: number): number => {
    if (width === 1) return view.getUint8(at);
    if (width === 2) return view.getUint16(at, true);
    return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
  };
  const rootWidth = view.getUint8(bytes.length - 1);
  const rootType = view.getUint8(bytes.length - 2);
  if (rootType >> 2 !== 10) throw new Error(`the root is of type ${rootType >> 2}, no vector`);
  const width = 1 << (rootType & 3);
  const rootAt = bytes.length - 2 - rootWidth;
  const vector = rootAt - unsigned(rootAt, rootWidth);
  const length = unsigned(vector - width, width);
  return Array.from({ length }, (_, i) => {
    const at = vector + i * width;
    const type = view.getUint8(vector + length * width + i);
    if (type >> 2 !== 5) throw new Error(`element ${i} is of type ${type >> 2}, no string`);
    const start = at - unsigned(at, width);
    const size = unsigned(start - (1 << (type & 3)), 1 << (type & 3));
    if (view.getUint8(start + size) !== 0) throw new Error(`element ${i} does not end with a zero`);
    return bytes.slice(start, start + size);
  });
}
