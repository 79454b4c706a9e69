import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import { ByteReader, EndOfData } from './byte-reader.js';
import { rejectData } from './data-error.js';
import { readStart } from './file-access.js';
import { compressionOf, readInflated } from './inflate.js';

/** Length as 8 bytes and its checksum as 4; the record; its checksum as 4. */
const HEAD = 12;
const FOOT = 4;
/** A record is held as a whole, and a small compressed file may claim any length. */
const LARGEST = 2 ** 28;

/** Whether a file that begins with these bytes, `HEAD` of them at least, is a TFRecord. */
export function isTFRecord(start: Uint8Array): boolean {
  return start.length >= HEAD && headLength(start) !== undefined;
}

/**
 * The records of a TFRecord file, plain or compressed by gzip or zlib, one after the other. All checksums are verified.
 * Throws a DiagnosticError (`invalid-data`) that names the file and the record.
 * Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
 */
export async function* readTFRecords(path: string): AsyncGenerator<Uint8Array> {
  const start = await readStart(path, HEAD);
  const reader = new ByteReader(readInflated(path, isTFRecord(start) ? 'none' : compressionOf(start)));
  let number = 0;
  try {
    for (; !(await reader.atEnd()); number++) {
      const length = headLength(await reader.read(HEAD));
      if (length === undefined) rejectData(path, `the length of record ${number} is damaged: its checksum is wrong`);
      if (length > LARGEST) rejectData(path, `record ${number} has ${length} bytes; at most 256 MB can be read`);
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

/** Undefined where the checksum is wrong. */
function headLength(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  if (maskCrc32c(crc32c(head.subarray(0, 8))) !== view.getUint32(8, true)) return undefined;
  return Number(view.getBigUint64(0, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
