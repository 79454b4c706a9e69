import { stat } from 'node:fs/promises';
import { rejectData } from './data-error.js';
import type { DataSet, DataSetOptions } from './data-set.js';
import { readStart, rejectUnreadable } from './file-access.js';
import { openFolder } from './folders/folder-format.js';
import { compressionOf } from './inflate.js';
import { NpzDataSet } from './npz-data-set.js';
import { RecordDataSet } from './record-data-set.js';
import { isTableName, openTable } from './tables/open-table.js';
import { tableFormat } from './tables/table-format.js';
import { isTFRecord } from './tfrecord.js';
import { tfrecordFormat } from './tfrecord-format.js';

/** Enough to tell the formats apart. */
const START = 16;

/**
 * Opens a data set: an .npz or .npy file, a .csv, .tsv, .jsonl or .ndjson table, plain or by gzip, a TFRecord of
 * tf.train.Example, plain, by gzip or zlib, or a folder of pictures or recordings. A file's format is told by its
 * content, that of a text by its name. Throws a DiagnosticError (`file-unreadable`, `lfs-pointer`, `invalid-data`,
 * `invalid-option`); what else is wrong with it shows when samples are read.
 */
export async function openDataSet(path: string, options: DataSetOptions = {}): Promise<DataSet> {
  const stats = await stat(path).catch((error: unknown) => rejectUnreadable(path, error));
  if (stats.isDirectory()) return new RecordDataSet(await openFolder(path, options), options);
  if (!stats.isFile()) rejectData(path, 'it is neither a file nor a folder');
  const start = await readStart(path, START);
  const latin1 = Buffer.from(start).toString('latin1');
  if (latin1.startsWith('PK')) return NpzDataSet.openNpz(path, options);
  if (latin1.startsWith('\x93NUMPY')) return NpzDataSet.openNpy(path, options);
  if (isTFRecord(start)) return new RecordDataSet(tfrecordFormat(path, options), options);
  if (isTableName(path)) return new RecordDataSet(tableFormat(await openTable(path), options), options);
  if (compressionOf(start) !== 'none') return new RecordDataSet(tfrecordFormat(path, options), options);
  return rejectData(
    path,
    stats.size === 0 ? 'it is empty' : 'it is no data set of a known format',
    'Give an .npz or .npy file (`numpy.savez`), a .csv or .jsonl table, a .tfrecord of tf.train.Example, or a folder of PNG, JPEG or WAV files.',
  );
}
