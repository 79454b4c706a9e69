import type { Tensor } from '#tensor/tensor.js';
import { batchRows, commonBatch, type Row, rowShape } from './batch-rows.js';
import type { DataInput, DataSet, DataSetOptions, DataSignature, Sample } from './data-set.js';
import { chooseRows, chosenCount, needsCount } from './row-choice.js';

/** A format whose data is one record a row. */
export interface RecordFormat<R> {
  readonly path: string;
  /** Number of records, where that is known without reading them. */
  readonly count: number | undefined;
  /** All records in order. What takes time, such as decoding, is left to the reader: not every record is used. */
  records(): AsyncIterable<R>;
  /** How records give what this signature asks for. Throws a DiagnosticError where they cannot. */
  reader(signature: DataSignature): Promise<RecordReader<R>>;
}

export interface RecordReader<R> {
  /** The tensor for an input in this record, which is that of `row`. Throws a DiagnosticError that names them. */
  tensor(record: R, row: number, input: DataInput): Tensor | Promise<Tensor>;
  /** Whether the record holds all of an input rather than one place in its batch. */
  holdsWhole(record: R, input: DataInput): boolean;
}

/** Gives the records of a format as samples. */
export class RecordDataSet<R> implements DataSet {
  readonly path: string;
  readonly count: number | undefined;
  readonly #format: RecordFormat<R>;
  readonly #options: DataSetOptions;
  #counted: number | undefined;

  constructor(format: RecordFormat<R>, options: DataSetOptions) {
    this.path = format.path;
    this.count = chosenCount(options, format.count);
    this.#format = format;
    this.#options = options;
    this.#counted = format.count;
  }

  async *samples(signature: DataSignature): AsyncGenerator<Sample> {
    const reader = await this.#format.reader(signature);
    const batch = await this.#batch(reader, signature);
    yield* batchRows(this.path, signature, batch, this.#rows(reader, signature, batch));
  }

  /** 1 where a record holds whole inputs, as the first one shows; else the dimension that all inputs begin with. */
  async #batch(reader: RecordReader<R>, { inputs }: DataSignature): Promise<number> {
    const batch = commonBatch(inputs);
    if (batch === 1) return 1;
    for await (const record of this.#format.records()) {
      return inputs.some((input) => reader.holdsWhole(record, input)) ? 1 : batch;
    }
    return 1;
  }

  async *#rows(reader: RecordReader<R>, { inputs }: DataSignature, batch: number): AsyncGenerator<Row> {
    const choice = chooseRows(this.#options, needsCount(this.#options) ? await this.#countRecords() : undefined);
    const wanted = inputs.map((input) => ({ ...input, shape: rowShape(input, batch) }));
    let index = 0;
    for await (const record of this.#format.records()) {
      if (choice.takes(index)) {
        const values = new Map<string, Tensor>();
        for (const input of wanted) values.set(input.name, await reader.tensor(record, index, input));
        yield { index, values };
        if (choice.done) return;
      }
      index++;
    }
  }

  async #countRecords(): Promise<number> {
    if (this.#counted === undefined) {
      let count = 0;
      for await (const _ of this.#format.records()) count++;
      this.#counted = count;
    }
    return this.#counted;
  }
}
