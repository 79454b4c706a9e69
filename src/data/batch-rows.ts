import type { Tensor } from '#tensor/tensor.js';
import { describeType, rejectSample } from './data-error.js';
import type { DataInput, DataSignature, Sample } from './data-set.js';
import { joinTensors } from './join-tensors.js';

/** A row of the data: a tensor for each input, with 1 in place of the model's batch. */
export interface Row {
  /** Its number in the data, from 0. */
  readonly index: number;
  readonly values: ReadonlyMap<string, Tensor>;
}

/** The dimension that all inputs begin with whose first one is not free; 1 where they differ. */
export function commonBatch(inputs: readonly DataInput[]): number {
  const [batch = 1, ...others] = new Set(inputs.flatMap(({ shape }) => shape?.[0] ?? []));
  return others.length === 0 ? batch : 1;
}

/** The shape of an input in one row. */
export function rowShape({ shape }: DataInput, batch: number): DataInput['shape'] {
  if (shape === null || shape.length === 0 || batch === 1) return shape;
  return [1, ...shape.slice(1)];
}

/** Samples of `batch` rows; where the rows end within one, the last row is repeated. */
export async function* batchRows(
  path: string,
  signature: DataSignature,
  batch: number,
  rows: AsyncIterable<Row>,
): AsyncGenerator<Sample> {
  let gathered: Row[] = [];
  for await (const row of rows) {
    gathered.push(row);
    if (gathered.length < batch) continue;
    yield sampleOf(path, signature, batch, gathered);
    gathered = [];
  }
  if (gathered.length > 0) yield sampleOf(path, signature, batch, gathered);
}

function sampleOf(path: string, { inputs }: DataSignature, batch: number, rows: readonly Row[]): Sample {
  const values = new Map<string, Tensor>();
  const all = [...rows, ...new Array<Row>(batch - rows.length).fill(rows.at(-1) as Row)];
  for (const { name } of inputs) {
    refuseOtherShapes(path, name, rows);
    values.set(name, joinTensors(all.map((row) => row.values.get(name) as Tensor)));
  }
  return { index: (rows[0] as Row).index, rows: rows.length, values };
}

function refuseOtherShapes(path: string, name: string, rows: readonly Row[]): void {
  const [first] = rows;
  const wanted = first?.values.get(name) as Tensor;
  for (const { index, values } of rows) {
    const { dtype, shape } = values.get(name) as Tensor;
    if (shape.join() === wanted.shape.join()) continue;
    const [found, other] = [describeType(dtype, shape), describeType(dtype, wanted.shape)];
    rejectSample(path, index, name, `it is ${found}, and in sample ${first?.index} of the same batch ${other}`);
  }
}
