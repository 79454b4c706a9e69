import { CAPACITY, INPUT, MODULE } from './crc32c-wasm.generated.js';

/**
 * CRC-32C (Castagnoli), the checksum of LevelDB tables, TensorFlow checkpoints and TFRecords, fast enough that whole
 * checkpoints are verified while they are read.
 *
 * Long data is first shortened without any table, after "Chorba: A novel CRC32 implementation" (Russell, 2024). Modulo
 * the CRC's polynomial, x^210 ≡ x^185 + x^66 + x^41 + x^12 + 1. Over GF(2) squaring is additive, so the same holds for
 * y = x^128, which is x squared seven times: a block of 128 bits may be removed by adding it to the blocks 25, 144,
 * 169, 198 and 210 places further on. So remain the last 210 blocks, with the CRC of the whole, for which tables do.
 */
const POLYNOMIAL = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;

let engine: { readonly heap: Uint8Array; update(crc: number, length: number): number } | undefined;

/** CRC-32C of bytes, as an unsigned number; with `previous`, that of what it is of and these bytes after it. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  engine ??= makeEngine();
  const { heap, update } = engine;
  let crc = ~previous;
  for (let start = 0; start < bytes.length; start += CAPACITY) {
    const part = bytes.length <= CAPACITY ? bytes : bytes.subarray(start, start + CAPACITY);
    heap.set(part, INPUT);
    crc = update(crc, part.length);
  }
  return ~crc >>> 0;
}

/** A CRC as LevelDB stores it, so that the checksum of data with checksums in it stays sound. */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  update(crc: number, length: number): number;
}

function makeEngine() {
  const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
  const { memory, update } = new WebAssembly.Instance(module).exports as Exports;
  fillTables(new Int32Array(memory.buffer, 0, 8 * 256));
  return { heap: new Uint8Array(memory.buffer), update };
}

/** Table k holds the effect of a byte that k more bytes follow. */
function fillTables(tables: Int32Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const crc = tables[i - 256] as number;
    tables[i] = (tables[crc & 255] as number) ^ (crc >>> 8);
  }
}
