import { createHash } from 'node:crypto';
import type { Tensor } from '#tensor/tensor.js';
import type { DataSet, DataSignature, Sample } from './data-set.js';

/**
 * A digest of each row of a sample: equal for rows whose values of the signature's inputs are equal, whatever file and
 * format they come from, and whatever the model's batch. Labels count only if they are among the inputs.
 */
export function sampleDigests(sample: Sample, { inputs }: DataSignature): string[] {
  const tensors = inputs.map(({ name }) => sample.values.get(name) as Tensor);
  const batches = new Set(tensors.map(({ shape }) => shape[0] ?? 1));
  const [batch = 1] = batches;
  const rows = (place: number) => tensors.map((tensor) => rowDigest(tensor, place, batch));
  if (batches.size > 1) return [joined(tensors.map((tensor) => rowDigest(tensor, 0, 1)))];
  if (sample.rows > 1 || batch === 1) return Array.from({ length: sample.rows }, (_, row) => joined(rows(row)));
  // The first dimension is the batch if it holds one row again and again; else all of it is one sample.
  const all = Array.from({ length: batch }, (_, row) => joined(rows(row)));
  return new Set(all).size === 1 ? all.slice(0, 1) : [joined(tensors.map((tensor) => rowDigest(tensor, 0, 1)))];
}

/** A row of one data set that stands in another as well. */
export interface SharedSample {
  /**
   * Number of the row in `data`, and of the first such row in `other`. Of rows chosen by a seed and fed in batches only
   * a batch's first one has a number that is known: the others are counted on from it.
   */
  readonly row: number;
  readonly other: number;
}

/**
 * Rows whose inputs stand in both data sets, in the order of `data`: of those for calibration and for test none should.
 * Reads both; keeps a digest of each row of `other`, which should be the smaller one.
 */
export async function sharedSamples(data: DataSet, other: DataSet, signature: DataSignature): Promise<SharedSample[]> {
  const known = new Map<string, number>();
  for await (const sample of other.samples(signature)) {
    sampleDigests(sample, signature).forEach((digest, i) => {
      if (!known.has(digest)) known.set(digest, sample.index + i);
    });
  }
  const shared: SharedSample[] = [];
  for await (const sample of data.samples(signature)) {
    sampleDigests(sample, signature).forEach((digest, i) => {
      const found = known.get(digest);
      if (found !== undefined) shared.push({ row: sample.index + i, other: found });
    });
  }
  return shared;
}

function rowDigest({ dtype, shape, strings, bytes, byteLength }: Tensor, row: number, batch: number): Buffer {
  const hash = createHash('sha256');
  // The dimension in front is the batch, or a 1 that not every format has.
  const dims = batch > 1 || shape[0] === 1 ? shape.slice(1) : shape;
  hash.update(`${dtype}[${dims.join()}]`);
  if (dtype === 'string') {
    const width = strings.length / batch;
    for (const text of strings.slice(row * width, (row + 1) * width)) hash.update(`${text.length}:`).update(text);
  } else {
    const width = byteLength / batch;
    hash.update(bytes.subarray(row * width, (row + 1) * width));
  }
  return hash.digest();
}

function joined(digests: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(digests)).digest('base64url').slice(0, 22);
}
