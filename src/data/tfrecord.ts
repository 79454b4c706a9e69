import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import { ByteReader, EndOfData } from './byte-reader.js';
import { rejectData } from './data-error.js';
import { readChunks, readStart } from './file-access.js';

/** Length as 8 bytes and its checksum as 4; the record; its checksum as 4. */
const HEAD = 12;
const FOOT = 4;
/** A record is one array of bytes. */
const LARGEST = 2 ** 31;

/** Whether a file that begins with these bytes, `HEAD` of them at least, is a TFRecord. */
export function isTFRecord(start: Uint8Array): boolean {
  return start.length >= HEAD && headLength(start) !== undefined;
}

export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b && start[2] === 8;
}

/**
 * The records of a TFRecord file, plain or compressed by gzip, one after the other. All checksums are verified. Throws
 * a DiagnosticError (`invalid-data`) that names the file and the record.
 * Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
 */
export async function* readTFRecords(path: string): AsyncGenerator<Uint8Array> {
  const start = await readStart(path, HEAD);
  const compressed = !isTFRecord(start) && isGzip(start);
  const reader = new ByteReader(compressed ? gunzip(path) : readChunks(path));
  let number = 0;
  try {
    for (; !(await reader.atEnd()); number++) {
      const length = headLength(await reader.read(HEAD));
      if (length === undefined) rejectData(path, `the length of record ${number} is damaged: its checksum is wrong`);
      if (length > LARGEST) rejectData(path, `record ${number} has ${length} bytes; at most 2 GB can be read`);
      const record = await reader.read(length);
      const foot = await reader.read(FOOT);
      if (maskCrc32c(crc32c(record)) !== viewOf(foot).getUint32(0, true)) {
        rejectData(path, `record ${number} is damaged: its checksum is wrong`);
      }
      yield record;
    }
  } catch (error) {
    if (!(error instanceof EndOfData)) throw error;
    rejectData(path, `record ${number}: ${error.message}`);
  } finally {
    await reader.close();
  }
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const unzipping = createGunzip({ chunkSize: 1 << 18 });
  // Failures on either side end the stream, where the loop meets them: there is nothing left for the callback to do.
  pipeline(readChunks(path), unzipping, () => undefined);
  try {
    yield* unzipping as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!String(code).startsWith('Z_')) throw error;
    rejectData(path, `its compression is damaged: ${(error as Error).message}`);
  } finally {
    unzipping.destroy();
  }
}

/** Undefined where the checksum is wrong. */
function headLength(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  if (maskCrc32c(crc32c(head.subarray(0, 8))) !== view.getUint32(8, true)) return undefined;
  return Number(view.getBigUint64(0, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
