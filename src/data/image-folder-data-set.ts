import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '#tensor/tensor.js';
import { batchRows, type Row, rowShape } from './batch-rows.js';
import { onlyInput, rejectData, rejectSample } from './data-error.js';
import type { DataInput, DataSet, DataSetOptions, DataSignature, Sample } from './data-set.js';
import { readStart, rejectUnreadable } from './file-access.js';
import { ImageError } from './images/image-options.js';
import { imageTensor } from './images/image-tensor.js';

const PICTURE = /\.(png|jpe?g)$/i;

/** The pictures of a folder and the folders in it, in the order of their paths. */
export class ImageFolderDataSet implements DataSet {
  readonly path: string;
  readonly count: number;
  readonly #files: readonly string[];
  readonly #options: DataSetOptions;

  static async open(path: string, options: DataSetOptions): Promise<ImageFolderDataSet> {
    const found = await readdir(path, { recursive: true }).catch((error: unknown) => rejectUnreadable(path, error));
    // By code units: the same order on any machine.
    const files = found.filter((name) => PICTURE.test(name)).map((name) => name.replaceAll('\\', '/'));
    if (files.length === 0) {
      rejectData(
        path,
        'there is no picture in the folder',
        'A folder is a data set if it holds files that end in .png, .jpg or .jpeg; otherwise give an .npz, .npy or .tfrecord file.',
      );
    }
    return new ImageFolderDataSet(path, files.sort(), options);
  }

  private constructor(path: string, files: readonly string[], options: DataSetOptions) {
    this.path = path;
    this.count = files.length;
    this.#files = files;
    this.#options = options;
  }

  samples(signature: DataSignature): AsyncIterable<Sample> {
    const input = onlyInput(this.path, signature, 'a folder of pictures');
    const batch = input.shape?.length === 4 ? (input.shape[0] ?? 1) : 1;
    return batchRows(this.path, signature, batch, this.#rows({ ...input, shape: rowShape(input, batch) }));
  }

  async *#rows(input: DataInput): AsyncGenerator<Row> {
    for (const [index, name] of this.#files.entries()) {
      yield new Map([[input.name, await this.#read(join(this.path, name), index, input)]]);
    }
  }

  async #read(file: string, index: number, input: DataInput): Promise<Tensor> {
    await readStart(file, 0);
    const bytes = await readFile(file).catch((error: unknown) => rejectUnreadable(file, error));
    try {
      return await imageTensor(bytes, input, this.#options.image ?? {});
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return rejectSample(file, index, input.name, error.message);
    }
  }
}
