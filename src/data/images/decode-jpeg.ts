import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import decode, { init } from '@jsquash/jpeg/decode.js';
import type { Picture } from './decode-image.js';
import { ImageError, refuseHuge } from './image-options.js';

const WASM = 'mozjpeg_dec.wasm';

const messages: string[] = [];
let ready: Promise<void> | undefined;

/**
 * Decodes a JPEG, baseline or progressive, with libjpeg itself as wasm, whose pixels are those of TensorFlow's
 * `decode_jpeg(dct_method='INTEGER_ACCURATE')` and of Pillow. Throws an ImageError.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Picture> {
  refuseHugeFrame(bytes);
  ready ??= start();
  await ready;
  messages.length = 0;
  let picture: Picture | undefined;
  try {
    // The wasm takes all bytes of the buffer that it gets.
    picture = await decode(bytes.slice().buffer);
  } catch (error) {
    messages.push((error as Error).message);
    // After a failure its memory is in an unknown state.
    ready = undefined;
  }
  // It gives what it has of a picture that ends early, and says so.
  const [message] = messages;
  if (picture === undefined || message !== undefined) throw new ImageError(`it is damaged: ${message ?? 'no pixels'}`);
  return picture;
}

/** The frame's header tells height and width; what stands before it are segments that tell their length. */
function refuseHugeFrame(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; ) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker === 0xff) {
      at++;
      continue;
    }
    // SOF0 to SOF15 but for DHT, JPG and DAC, which have their numbers among them.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      refuseHuge(view.getUint16(at + 7), view.getUint16(at + 5));
      return;
    }
    at += 2 + view.getUint16(at + 2);
  }
}

async function start(): Promise<void> {
  const module = await WebAssembly.compile(await readWasm());
  const say = (line: string) => {
    messages.push(line);
  };
  // Its types do not know of the module as first of two arguments.
  await (init as (module: object, options: object) => Promise<void>)(module, { print: say, printErr: say });
}

/**
 * Beside this module in the bundle, compressed; else in the package, which is not found by `require.resolve`, which
 * bundlers follow.
 */
async function readWasm(): Promise<Uint8Array> {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundled = join(here, `${WASM}.br`);
  if (existsSync(bundled)) return promisify(brotliDecompress)(await readFile(bundled));
  for (let folder = here; ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules/@jsquash/jpeg/codec/dec', WASM);
    if (existsSync(installed)) return readFile(installed);
    if (folder === dirname(folder)) throw new Error('the package @jsquash/jpeg is not installed');
  }
}
