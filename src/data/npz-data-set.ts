import { NpyError } from '#tensor/npy.js';
import { compatibleShapes } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { ArrayRows } from './array-rows.js';
import { commonBatch } from './batch-rows.js';
import { EndOfData } from './byte-reader.js';
import { refuseNaN } from './check-numbers.js';
import { describeType, onlyInput, rejectData, rejectMissing, rejectSample } from './data-error.js';
import type { DataInput, DataSet, DataSetOptions, DataSignature, Sample } from './data-set.js';
import { readChunks } from './file-access.js';
import { joinTensors } from './join-tensors.js';
import { chooseRows, chosenCount } from './row-choice.js';
import { widened, widens } from './widen.js';
import { readZipDirectory, readZipEntry } from './zip-directory.js';

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
  readonly #options: DataSetOptions;

  private constructor(path: string, arrays: Arrays, count: number | undefined, options: DataSetOptions) {
    this.path = path;
    this.count = chosenCount(options, count);
    this.#arrays = arrays;
    this.#options = options;
  }

  static async openNpz(path: string, options: DataSetOptions): Promise<NpzDataSet> {
    const entries = await explain(path, '', () => readZipDirectory(path));
    const arrays = new Map<string, ArraySource>();
    for (const entry of entries) {
      if (!entry.name.endsWith(SUFFIX)) rejectData(path, `it holds ${entry.name}, which is not an array`);
      const key = entry.name.slice(0, -SUFFIX.length);
      if (arrays.has(key)) rejectData(path, `it holds the array '${key}' twice`);
      arrays.set(key, () => readZipEntry(path, entry));
    }
    const counts = new Set<number | undefined>();
    for (const source of arrays.values()) counts.add(await rowCount(source));
    return new NpzDataSet(path, arrays, counts.size === 1 ? [...counts][0] : undefined, options);
  }

  static async openNpy(path: string, options: DataSetOptions): Promise<NpzDataSet> {
    const source = () => readChunks(path);
    return new NpzDataSet(path, source, await rowCount(source), options);
  }

  async *samples(signature: DataSignature): AsyncGenerator<Sample> {
    const feeds: Feed[] = [];
    try {
      const arrays = signature.inputs.map((input) => ({ input, ...this.#find(signature, input) }));
      for (const { key, source, input } of arrays) {
        const array = await explain(this.path, key, () => ArrayRows.open(source()));
        feeds.push(new Feed(this.path, key, array, input));
      }
      const batch = commonBatch(feeds.filter(({ whole }) => !whole).map(({ input }) => input));
      for (const feed of feeds) feed.begin(batch);
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
    // Rows are chosen one by one where all inputs have as many in a sample, else by whole samples.
    const group = others.every(({ batch }) => batch === longest.batch) ? longest.batch : 1;
    const unit = longest.batch / group;
    for (const chosen of this.#choose(Math.ceil(longest.rows / unit), group)) {
      const values = new Map<string, Tensor>();
      for (const feed of feeds) values.set(feed.input.name, await feed.take(chosen, feed.batch / group));
      const index = (chosen[0] as number) * unit;
      yield { index, rows: Math.min(chosen.length * unit, longest.rows - index), values };
    }
    for (const feed of feeds) await feed.finish();
  }

  /** Numbers of the chosen of `count` units, in groups. */
  *#choose(count: number, group: number): Generator<readonly number[]> {
    const choice = chooseRows(this.#options, count);
    let chosen: number[] = [];
    for (let i = 0; i < count && !choice.done; i++) {
      if (choice.takes(i)) chosen.push(i);
      if (chosen.length < group) continue;
      yield chosen;
      chosen = [];
    }
    if (chosen.length > 0) yield chosen;
  }

  #find(signature: DataSignature, input: DataInput): { key: string; source: ArraySource } {
    const arrays = this.#arrays;
    if (typeof arrays === 'function') {
      onlyInput(this.path, signature, 'an .npy file');
      return { key: input.name, source: arrays };
    }
    // With the signature's key in front, several signatures may have inputs of one name.
    const full = `${signature.key}/${input.name}`;
    const key = arrays.has(full) ? full : input.name;
    const source = arrays.get(key);
    return source ? { key, source } : rejectMissing(this.path, 'the array', input.name, [...arrays.keys()]);
  }
}

/** An array as it is fed to an input. */
class Feed {
  readonly key: string;
  readonly input: DataInput;
  readonly rows: number;
  /** Whether a row is a whole input, rather than one place of its batch. */
  readonly whole: boolean;
  readonly #path: string;
  readonly #array: ArrayRows;
  /** Rows a sample. */
  #batch = 1;
  #at = 0;

  constructor(path: string, key: string, array: ArrayRows, input: DataInput) {
    const { shape } = array.header;
    this.key = key;
    this.input = input;
    this.#path = path;
    this.#array = array;
    this.rows = array.count;
    this.whole = shape.length === (input.shape?.length ?? shape.length) + 1;
  }

  get batch(): number {
    return this.#batch;
  }

  get samples(): number {
    return this.batch === 0 ? 0 : Math.ceil(this.rows / this.batch);
  }

  /** Takes so many rows a sample where the input leaves it open. Throws a DiagnosticError for an array that does not fit. */
  begin(batch: number): void {
    const { dtype, shape } = this.#array.header;
    const { input } = this;
    this.#batch = this.whole ? 1 : (input.shape?.[0] ?? batch);
    const sampleShape = this.whole ? shape.slice(1) : [this.#batch, ...shape.slice(1)];
    const isKind = dtype === input.dtype || widens(dtype, input.dtype);
    if (!isKind || shape.length === 0 || !compatibleShapes(sampleShape, input.shape)) {
      rejectArray(this.#path, this.key, describeType(dtype, shape), input);
    }
  }

  /** A sample of units of so many rows, by their numbers, which only rise; the last row is repeated up to the batch. */
  async take(units: readonly number[], unit: number): Promise<Tensor> {
    const parts: Tensor[] = [];
    for (let i = 0; i < units.length; ) {
      const start = (units[i] as number) * unit;
      const first = i++;
      while (units[i] === (units[first] as number) + i - first) i++;
      parts.push(await this.#read(start, Math.min((i - first) * unit, this.rows - start)));
    }
    const rows = joinTensors(parts);
    if (this.whole) return rows.reshape(rows.shape.slice(1));
    const missing = this.batch - (rows.shape[0] as number);
    return missing === 0 ? rows : joinTensors([rows, ...repeatLast(rows, missing)]);
  }

  /** Reads what follows the last row, where it has come so far, so that the checksum of the file is verified. */
  async finish(): Promise<void> {
    if (this.#at === this.rows) await explain(this.#path, this.key, () => this.#array.finish());
  }

  close(): Promise<void> {
    return this.#array.close();
  }

  async #read(start: number, count: number): Promise<Tensor> {
    const rows = await explain(
      this.#path,
      this.key,
      async () => {
        await this.#array.skip(start - this.#at);
        return this.#array.read(count);
      },
      start,
    );
    this.#at = start + count;
    refuseNaN(this.#path, start, this.key, rows);
    return widened(rows, this.input.dtype);
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
