import type { Tensor } from '#tensor/tensor.js';
import { describeType, rejectSample } from './data-error.js';
import type { DataInput, DataSignature, Sample } from './data-set.js';
import { joinTensors } from './join-tensors.js';

/** A row of the data: a tensor for each input, with 1 in place of the model's batch. */
export type Row = ReadonlyMap<string, Tensor>;

/** The shape of an input in one row. */
export function rowShape({ shape }: DataInput, batch: number): DataInput['shape'] {
  if (shape === null || batch === 1) return shape;
  return [1, ...shape.slice(1)];
}

/** Samples of `batch` rows; where the rows end within one, the last row is repeated. */
export async function* batchRows(
  path: string,
  signature: DataSignature,
  batch: number,
  rows: AsyncIterable<Row>,
): AsyncGenerator<Sample> {
  let index = 0;
  let gathered: Row[] = [];
  const sample = (): Sample => {
    const values = new Map<string, Tensor>();
    const own = gathered.length;
    const last = gathered[own - 1] as Row;
    const all = [...gathered, ...new Array<Row>(batch - own).fill(last)];
    for (const { name } of signature.inputs) {
      const tensors = all.map((row) => row.get(name) as Tensor);
      refuseOtherShapes(path, index, name, tensors);
      values.set(name, joinTensors(tensors));
    }
    return { index, rows: own, values };
  };
  for await (const row of rows) {
    gathered.push(row);
    if (gathered.length < batch) continue;
    yield sample();
    index += batch;
    gathered = [];
  }
  if (gathered.length > 0) yield sample();
}

function refuseOtherShapes(path: string, index: number, name: string, tensors: readonly Tensor[]): void {
  const first = tensors[0] as Tensor;
  tensors.forEach(({ dtype, shape }, i) => {
    if (shape.join() === first.shape.join()) return;
    const found = describeType(dtype, shape);
    rejectSample(
      path,
      index + i,
      name,
      `it is ${found}, and in sample ${index} of the same batch ${describeType(dtype, first.shape)}`,
    );
  });
}
