import { join } from 'node:path';
import type { Tensor } from '#tensor/tensor.js';
import { rejectData, rejectSample } from '../data-error.js';
import type { DataInput, DataSetOptions, DataSignature } from '../data-set.js';
import { readWhole } from '../file-access.js';
import { LABEL } from '../label.js';
import type { RecordFormat, RecordReader } from '../record-data-set.js';
import type { TableRow } from '../tables/table.js';
import { tableReader } from '../tables/table-format.js';
import { ValueMismatch } from '../value-mismatch.js';
import { valueTensor } from '../value-tensor.js';
import { classesOfFolders, classFolderOf, readClassNames } from './class-names.js';
import { findLabelTable, LabelledFiles } from './labelled-files.js';
import { listFiles } from './list-files.js';
import { type Media, media, reasonOf } from './media.js';

interface FolderRecord {
  /** Path in the folder. */
  readonly file: string;
  /** Of the label file. */
  readonly row?: TableRow;
}

type LabelReader = RecordReader<FolderRecord>['tensor'];

/**
 * A file a sample, in the order of their paths, or with a label file in its order. Without one a sample's `label` is the
 * number of the sub-folder that it lies in, among the classes that are given or else the sub-folders, sorted.
 */
export async function openFolder(path: string, options: DataSetOptions): Promise<RecordFormat<FolderRecord>> {
  const files = await listFiles(path);
  const kind = kindOf(path, files);
  const samples = files.filter((file) => kind.file.test(file));
  const table = await findLabelTable(path, files, options.labelFile);
  const classes = options.classes ?? (await readClassNames(path, files));
  const folder = { path, kind, options };
  if (table === undefined) {
    const numbers = new Map((classes ?? classesOfFolders(samples)).map((name, i) => [name, i]));
    return {
      path,
      count: samples.length,
      async *records() {
        for (const file of samples) yield { file };
      },
      async reader(signature) {
        const inputs = signature.inputs.filter(({ name }) => name !== LABEL);
        if (inputs.length !== 1) refuseInputs(path, kind, signature, [LABEL]);
        return new FolderReader(folder, [LABEL], ({ file }, index, input) =>
          labelTensor(join(path, file), index, input, classFolderOf(file), numbers),
        );
      },
    };
  }
  const labelled = new LabelledFiles(table);
  return {
    path,
    count: undefined,
    records: () => labelled.rows(),
    async reader(signature) {
      const fileColumn = await labelled.fileColumn();
      const columns = (await table.columns()).filter((column) => column !== fileColumn);
      const given = new Set(columns.flatMap((column) => [column, column.replace(/[[.].*$/, '')]));
      const asked = signature.inputs.filter(({ name }) => given.has(name));
      const labels = await tableReader(table, { key: signature.key, inputs: asked }, { ...options, classes });
      const names = asked.map(({ name }) => name);
      if (signature.inputs.length - names.length !== 1) refuseInputs(path, kind, signature, columns);
      return new FolderReader(folder, names, ({ row }, index, input) => labels.tensor(row as TableRow, index, input));
    },
  };
}

function kindOf(path: string, files: readonly string[]): Media {
  const [kind, ...more] = media.filter(({ file }) => files.some((name) => file.test(name)));
  if (kind === undefined) {
    return rejectData(
      path,
      'there is no picture and no recording in the folder',
      'A folder is a data set if it holds files that end in .png, .jpg, .jpeg or .wav; otherwise give a file: .npz, .npy, .csv, .jsonl or .tfrecord.',
    );
  }
  if (more.length > 0) {
    rejectData(path, 'it holds both pictures and recordings', 'Keep samples of one kind in a folder.');
  }
  return kind;
}

/** What turns the files of a folder into tensors. */
class FolderReader implements RecordReader<FolderRecord> {
  readonly #path: string;
  readonly #kind: Media;
  readonly #labels: ReadonlySet<string>;
  readonly #label: LabelReader;
  readonly #decode: ReturnType<Media['decoder']>;

  constructor(
    { path, kind, options }: { path: string; kind: Media; options: DataSetOptions },
    labels: readonly string[],
    label: LabelReader,
  ) {
    this.#path = path;
    this.#kind = kind;
    this.#labels = new Set(labels);
    this.#label = label;
    this.#decode = kind.decoder(options);
  }

  async tensor(record: FolderRecord, row: number, input: DataInput): Promise<Tensor> {
    if (this.#labels.has(input.name)) return this.#label(record, row, input);
    const path = join(this.#path, record.file);
    const bytes = await readWhole(path, this.#kind.largest);
    try {
      return await this.#decode(bytes, input);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      return rejectSample(path, row, input.name, reason.message, ...reason.help);
    }
  }

  holdsWhole(_: FolderRecord, { name, shape }: DataInput): boolean {
    return !this.#labels.has(name) && shape !== null && !this.#kind.hasBatch(shape);
  }
}

function refuseInputs(path: string, kind: Media, { key, inputs }: DataSignature, labels: readonly string[]): never {
  const listed = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ') || 'nothing';
  rejectData(
    path,
    `${kind.name} gives one input, and here the labels ${listed(labels)}; signature '${key}' asks for ${listed(inputs.map(({ name }) => name))}`,
    'Write further labels into the columns of a label file, such as `labels.jsonl`; for a model of several inputs give an .npz file.',
  );
}

function labelTensor(
  path: string,
  row: number,
  input: DataInput,
  folder: string | undefined,
  numbers: ReadonlyMap<string, number>,
): Tensor {
  if (folder === undefined) {
    return rejectSample(
      path,
      row,
      input.name,
      'the file lies in no sub-folder, which would be its class',
      'Put the files of each class in a folder of its own, or write a label file: `labels.csv` with the columns `file` and `label`.',
    );
  }
  const number = numbers.get(folder);
  if (number === undefined) {
    const names = [...numbers.keys()].slice(0, 10).join(', ');
    return rejectSample(
      path,
      row,
      input.name,
      `its folder '${folder}' is none of the ${numbers.size} classes: ${names}${numbers.size > 10 ? ', …' : ''}`,
      'Name all classes, in `classes.txt` or by the option `classes`, as their folders are named.',
    );
  }
  try {
    return valueTensor(input.dtype === 'string' ? folder : number, input);
  } catch (error) {
    if (!(error instanceof ValueMismatch)) throw error;
    return rejectSample(path, row, input.name, error.message);
  }
}
