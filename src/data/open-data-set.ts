import { stat } from 'node:fs/promises';
import { rejectData } from './data-error.js';
import type { DataSet, DataSetOptions } from './data-set.js';
import { readStart, rejectUnreadable } from './file-access.js';
import { ImageFolderDataSet } from './image-folder-data-set.js';
import { NpzDataSet } from './npz-data-set.js';
import { isGzip, isTFRecord } from './tfrecord.js';
import { TFRecordDataSet } from './tfrecord-data-set.js';

/** Enough to tell the formats apart. */
const START = 16;

/**
 * Opens a data set: an .npz or .npy file, a TFRecord of tf.train.Example, plain or by gzip, or a folder of pictures. A
 * file's format is told by its content. Throws a DiagnosticError (`file-unreadable`, `lfs-pointer`, `invalid-data`);
 * what else is wrong with it shows when samples are read.
 */
export async function openDataSet(path: string, options: DataSetOptions = {}): Promise<DataSet> {
  const stats = await stat(path).catch((error: unknown) => rejectUnreadable(path, error));
  if (stats.isDirectory()) return ImageFolderDataSet.open(path, options);
  const start = await readStart(path, START);
  const latin1 = Buffer.from(start).toString('latin1');
  if (latin1.startsWith('PK')) return NpzDataSet.openNpz(path);
  if (latin1.startsWith('\x93NUMPY')) return NpzDataSet.openNpy(path);
  if (isTFRecord(start) || isGzip(start)) return new TFRecordDataSet(path, options);
  return rejectData(
    path,
    stats.size === 0 ? 'it is empty' : 'it is no data set of a known format',
    'Give an .npz or .npy file (`numpy.savez`), a .tfrecord of tf.train.Example, or a folder of PNG or JPEG pictures.',
  );
}
