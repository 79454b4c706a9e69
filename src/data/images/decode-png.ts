import { PNG } from 'pngjs';
import type { Picture } from './decode-image.js';
import { ImageError } from './image-options.js';

/** A small file may claim any size: at four bytes each so many pixels take half a gigabyte. */
const MOST_PIXELS = 2 ** 27;

/** Decodes a PNG of any kind; 16 bits a channel become 8. Throws an ImageError. */
export function decodePng(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Signature, length and name of the first chunk take 16 bytes.
  if (bytes.length < 24) throw new ImageError('it ends early');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width * height > MOST_PIXELS) throw new ImageError(`it has ${width} × ${height} pixels, too many to read`);
  try {
    return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw new ImageError(`it is damaged: ${(error as Error).message}`);
  }
}
