import { isStatic } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { refuseNaN } from '../check-numbers.js';
import { describeType, rejectSample } from '../data-error.js';
import type { DataInput, DataSetOptions, DataSignature } from '../data-set.js';
import type { RecordFormat, RecordReader } from '../record-data-set.js';
import { ValueMismatch } from '../value-mismatch.js';
import { type ClassNumbers, elementsTensor, valueTensor } from '../value-tensor.js';
import { classNumbers, refuseNumberOfNoClass } from './class-numbers.js';
import { type InputColumns, planColumns } from './column-plan.js';
import type { Table, TableRow } from './table.js';

/** A row of a table a sample. */
export function tableFormat(table: Table, options: DataSetOptions): RecordFormat<TableRow> {
  return {
    path: table.path,
    count: undefined,
    records: () => table.rows(),
    reader: (signature) => tableReader(table, signature, options),
  };
}

/** Reads what a signature asks for from the rows of a table. Throws a DiagnosticError for what has no column. */
export async function tableReader(
  table: Table,
  signature: DataSignature,
  options: DataSetOptions,
): Promise<RecordReader<TableRow>> {
  const plan = planColumns(table.path, await table.columns(), signature, options.labels);
  return new PlannedReader(table.path, plan, classNumbers(options.classes));
}

class PlannedReader implements RecordReader<TableRow> {
  readonly #path: string;
  readonly #plan: ReadonlyMap<string, InputColumns>;
  readonly #classes: ClassNumbers | undefined;

  constructor(path: string, plan: ReadonlyMap<string, InputColumns>, classes: ClassNumbers | undefined) {
    this.#path = path;
    this.#plan = plan;
    this.#classes = classes;
  }

  tensor({ line, values }: TableRow, row: number, input: DataInput): Tensor {
    const place = { row, line };
    try {
      const tensor = this.#tensor(values, input);
      refuseNumberOfNoClass(input.name, tensor, this.#classes);
      refuseNaN(this.#path, place, input.name, tensor);
      return tensor;
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error;
      const takes = describeType(input.dtype, input.shape);
      return rejectSample(this.#path, place, input.name, `${error.message}; the input takes ${takes}`, ...error.help);
    }
  }

  holdsWhole({ values }: TableRow, input: DataInput): boolean {
    if (!isStatic(input.shape)) return false;
    try {
      this.#tensor(values, input);
      return true;
    } catch (error) {
      if (error instanceof ValueMismatch) return false;
      throw error;
    }
  }

  #tensor(values: readonly unknown[], input: DataInput): Tensor {
    const { places, dims } = this.#plan.get(input.name) as InputColumns;
    if (dims !== undefined) {
      return elementsTensor(
        places.map((place) => values[place]),
        dims,
        input,
        this.#classes,
      );
    }
    return valueTensor(nested(values[places[0] as number], input), input, this.#classes);
  }
}

/** A column of CSV may hold a list as JSON writes it. */
function nested(value: unknown, { dtype }: DataInput): unknown {
  if (dtype === 'string' || typeof value !== 'string' || !value.trimStart().startsWith('[')) return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new ValueMismatch(`it is no JSON list: ${(error as Error).message}`);
  }
}
