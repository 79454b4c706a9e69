import type { ModelLayout } from './model-layout.js';
import type { BufferContent, ModelRecord } from './model-record.js';
import { parseModel, parseParts } from './read-model.js';

/** Larger buffers hold weights, in which there is nothing to look at but their length. */
const SMALL = 1 << 16;

/**
 * The model that a file of this layout holds, without making or reading its large buffers: inside of the flatbuffer they
 * are zeros, which take no memory, outside of it what `contentAt` gives. `bytesOf` gives the bytes of the head and of
 * small pieces. Throws a DiagnosticError where they make no model.
 */
export function modelOfLayout(
  layout: ModelLayout,
  bytesOf: (position: number, content: BufferContent) => Uint8Array,
  contentAt: (position: number, content: BufferContent) => BufferContent,
): ModelRecord {
  const { head, pieces, byteLength, outside } = layout;
  if (outside) {
    const contents = new Map(pieces.map(({ position, content }) => [position, content]));
    return parseParts(bytesOf(0, head), byteLength, (start) => contentAt(start, contents.get(start) as BufferContent));
  }
  // Of shared memory V8 does not think that it presses: otherwise it would look for garbage now, when all is done.
  const bytes = new Uint8Array(new SharedArrayBuffer(byteLength));
  bytes.set(bytesOf(0, head));
  for (const { position, content } of pieces) {
    if (content.byteLength <= SMALL) bytes.set(bytesOf(position, content), position);
  }
  return parseModel(bytes);
}
