import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import type { Picture } from './decode-image.js';
import { ImageError, refuseHuge } from './image-options.js';

const SIGNATURE = 8;
/** Length and name in front, checksum behind. */
const CHUNK_FRAME = 12;

/** Decodes a PNG of any kind; 16 bits a channel become 8. Throws an ImageError. */
export function decodePng(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Signature, the first chunk's length and name, and its content take 29 bytes.
  if (bytes.length < 29) throw new ImageError('it ends early');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  refuseHuge(width, height);
  try {
    if (view.getUint8(28) !== 0) refuseBomb(view, width * height);
    return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw new ImageError(`it is damaged: ${(error as Error).message}`);
  }
}

/** Of an interlaced picture the decoder inflates all that there is, however much more than the pixels need. */
function refuseBomb(view: DataView, pixels: number): void {
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE; at + CHUNK_FRAME <= view.byteLength; at += CHUNK_FRAME + view.getUint32(at)) {
    const isData = view.getUint32(at + 4) === 0x49444154;
    const length = Math.min(view.getUint32(at), view.byteLength - at - 8);
    if (isData) parts.push(new Uint8Array(view.buffer, view.byteOffset + at + 8, length));
  }
  // At most eight bytes a pixel, and a byte a line in each of seven passes.
  inflateSync(Buffer.concat(parts), { maxOutputLength: pixels * 16 + 1024 });
}
