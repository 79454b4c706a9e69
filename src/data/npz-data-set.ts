import { NpyError } from '#tensor/npy.js';
import { compatibleShapes } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { ArrayRows } from './array-rows.js';
import { EndOfData } from './byte-reader.js';
import { refuseNaN } from './check-numbers.js';
import { describeType, onlyInput, rejectData, rejectMissing, rejectSample } from './data-error.js';
import type { DataInput, DataSet, DataSignature, Sample } from './data-set.js';
import { readChunks } from './file-access.js';
import { joinTensors } from './join-tensors.js';
import { readZipDirectory, readZipEntry, type ZipEntry } from './zip-directory.js';

const SUFFIX = '.npy';

/** How to read an array's bytes from the start. */
type ArraySource = () => AsyncIterable<Uint8Array>;
type Arrays = ReadonlyMap<string, ArraySource> | ArraySource;

/** An array for each input, whose first axis counts the rows: the arrays of an .npz file, or the one of an .npy file. */
export class NpzDataSet implements DataSet {
  readonly path: string;
  readonly count: number | undefined;
  /** By key; the array of an .npy file has none. */
  readonly #arrays: Arrays;

  private constructor(path: string, arrays: Arrays, count: number | undefined) {
    this.path = path;
    this.#arrays = arrays;
    this.count = count;
  }

  static async openNpz(path: string): Promise<NpzDataSet> {
    const entries = await explain(path, '', () => readZipDirectory(path));
    const arrays = new Map<string, ArraySource>();
    for (const entry of entries) {
      if (!entry.name.endsWith(SUFFIX)) rejectData(path, `it holds ${entry.name}, which is not an array`);
      arrays.set(entry.name.slice(0, -SUFFIX.length), entrySource(path, entry));
    }
    const counts = new Set<number | undefined>();
    for (const source of arrays.values()) counts.add(await rowCount(source));
    return new NpzDataSet(path, arrays, counts.size === 1 ? [...counts][0] : undefined);
  }

  static async openNpy(path: string): Promise<NpzDataSet> {
    const source = () => readChunks(path);
    return new NpzDataSet(path, source, await rowCount(source));
  }

  async *samples(signature: DataSignature): AsyncGenerator<Sample> {
    const feeds: Feed[] = [];
    try {
      for (const input of signature.inputs) {
        const [key, source] = this.#find(signature, input);
        feeds.push(await Feed.open(this.path, key, source, input));
      }
      yield* this.#feed(feeds);
    } finally {
      for (const feed of feeds) await feed.close();
    }
  }

  async *#feed(feeds: readonly Feed[]): AsyncGenerator<Sample> {
    const [longest, ...others] = [...feeds].sort((a, b) => b.samples - a.samples);
    if (longest === undefined) return;
    for (const other of others) {
      if (other.samples === longest.samples) continue;
      rejectData(
        this.path,
        `'${longest.key}' has ${longest.samples} samples and '${other.key}' has ${other.samples}; each input needs as many`,
      );
    }
    const { samples, batch } = longest;
    for (let i = 0; i < samples; i++) {
      const values = new Map<string, Tensor>();
      for (const feed of feeds) values.set(feed.name, await feed.next());
      yield { index: i * batch, rows: Math.min(batch, longest.rows - i * batch), values };
    }
    for (const feed of feeds) await feed.finish();
  }

  #find(signature: DataSignature, input: DataInput): [key: string, source: ArraySource] {
    const arrays = this.#arrays;
    if (typeof arrays === 'function') {
      onlyInput(this.path, signature, 'an .npy file');
      return [input.name, arrays];
    }
    // With the signature's key in front, several signatures may have inputs of one name.
    const full = `${signature.key}/${input.name}`;
    const key = arrays.has(full) ? full : input.name;
    const source = arrays.get(key);
    return source ? [key, source] : rejectMissing(this.path, 'the array', input.name, [...arrays.keys()]);
  }
}

/** An array as it is fed to an input. */
class Feed {
  readonly key: string;
  readonly name: string;
  readonly samples: number;
  /** Rows a sample. */
  readonly batch: number;
  readonly rows: number;
  readonly #path: string;
  readonly #array: ArrayRows;
  /** Whether a row is a whole input, rather than one place of its batch. */
  readonly #whole: boolean;
  #at = 0;

  static async open(path: string, key: string, source: ArraySource, input: DataInput): Promise<Feed> {
    const array = await explain(path, key, () => ArrayRows.open(source()));
    try {
      return new Feed(path, key, array, input);
    } catch (error) {
      await array.close();
      throw error;
    }
  }

  private constructor(path: string, key: string, array: ArrayRows, input: DataInput) {
    const { dtype, shape } = array.header;
    this.key = key;
    this.name = input.name;
    this.#path = path;
    this.#array = array;
    const rank = input.shape?.length ?? shape.length;
    this.#whole = shape.length === rank + 1;
    this.batch = this.#whole ? 1 : (input.shape?.[0] ?? 1);
    const sampleShape = this.#whole ? shape.slice(1) : [this.batch, ...shape.slice(1)];
    if (dtype !== input.dtype || shape.length === 0 || !compatibleShapes(sampleShape, input.shape)) {
      rejectArray(path, key, describeType(dtype, shape), input);
    }
    this.rows = array.count;
    this.samples = this.batch === 0 ? 0 : Math.ceil(this.rows / this.batch);
  }

  async next(): Promise<Tensor> {
    const index = this.#at;
    const count = Math.min(this.batch, this.rows - index);
    this.#at += count;
    const rows = await explain(this.#path, this.key, () => this.#array.read(count), index);
    refuseNaN(this.#path, index, this.key, rows);
    if (this.#whole) return rows.reshape(rows.shape.slice(1));
    return count === this.batch ? rows : joinTensors([rows, ...repeatLast(rows, this.batch - count)]);
  }

  async finish(): Promise<void> {
    await explain(this.#path, this.key, () => this.#array.finish());
  }

  close(): Promise<void> {
    return this.#array.close();
  }
}

function repeatLast(rows: Tensor, times: number): Tensor[] {
  const shape = [1, ...rows.shape.slice(1)];
  const size = rows.size / (rows.shape[0] as number);
  const last =
    rows.dtype === 'string'
      ? Tensor.fromStrings(shape, rows.strings.slice(-size))
      : Tensor.fromBytes(
          rows.dtype,
          shape,
          rows.bytes.subarray(rows.byteLength - rows.byteLength / (rows.shape[0] as number)),
        );
  return new Array<Tensor>(times).fill(last);
}

function rejectArray(path: string, key: string, found: string, { dtype, shape }: DataInput): never {
  const dims = shape === null ? '…' : ['n', ...shape.slice(1).map((dim) => dim ?? '?')].join(', ');
  const code = shape?.slice(1).map((dim) => dim ?? -1) ?? [];
  const reshape =
    code.includes(-1) || shape === null || shape.length === 0 ? '' : `.reshape(${[-1, ...code].join(', ')})`;
  return rejectData(
    path,
    `the array '${key}' is ${found}, and the input takes ${dtype} [${dims}], of which the first axis counts the samples`,
    `Save it in that form, for example \`array${reshape}.astype(numpy.${dtype === 'string' ? 'bytes_' : dtype})\`.`,
  );
}

function entrySource(path: string, entry: ZipEntry): ArraySource {
  return () => readZipEntry(path, entry);
}

/** Undefined for an array that cannot be read, which matters only if it is for an input. */
async function rowCount(source: ArraySource): Promise<number | undefined> {
  try {
    const array = await ArrayRows.open(source());
    await array.close();
    return array.count;
  } catch (error) {
    if (error instanceof NpyError || error instanceof EndOfData) return undefined;
    throw error;
  }
}

async function explain<T>(path: string, key: string, action: () => Promise<T>, row?: number): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof NpyError) && !(error instanceof EndOfData)) throw error;
    if (row !== undefined) return rejectSample(path, row, key, error.message);
    return rejectData(path, key === '' ? error.message : `the array '${key}': ${error.message}`);
  }
}
