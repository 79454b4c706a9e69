import { decodeJpeg } from './decode-jpeg.js';
import { decodePng } from './decode-png.js';
import { ImageError } from './image-options.js';

/** Red, green, blue and opacity of each pixel, from 0 to 255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** By the bytes that a file begins with. */
export function imageFormat(bytes: Uint8Array): 'png' | 'jpeg' | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  return startsWith(bytes, [0xff, 0xd8, 0xff]) ? 'jpeg' : undefined;
}

/** Decodes a PNG or JPEG. Throws an ImageError. */
export async function decodeImage(bytes: Uint8Array): Promise<Picture> {
  switch (imageFormat(bytes)) {
    case 'png':
      return decodePng(bytes);
    case 'jpeg':
      return decodeJpeg(bytes);
    default:
      throw new ImageError('it is neither PNG nor JPEG');
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
