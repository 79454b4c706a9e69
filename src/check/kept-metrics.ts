import { z } from 'zod';
import type { MeasuredMetric } from './measurement.js';

const Rows = z.object({
  /** Of the rows: −1 and the length of each, or, where all are alike, their length and their number. */
  lengths: z.array(z.int()),
  /** All rows one after the other: float64, little-endian, in base64. */
  numbers: z.string(),
});

export const KeptMetric = z.object({ name: z.string(), evidence: z.enum(['data', 'weak']), rows: Rows });

/** Metrics as JSON holds them. */
export function textOf({ name, evidence, rows }: MeasuredMetric): z.infer<typeof KeptMetric> {
  const lengths = rows.map(({ length }) => length);
  const alike = new Set(lengths).size === 1;
  const numbers = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    numbers.set(row, at);
    at += row.length;
  }
  const text = Buffer.from(numbers.buffer).toString('base64');
  return {
    name,
    evidence,
    rows: { lengths: alike ? [lengths[0] as number, rows.length] : [-1, ...lengths], numbers: text },
  };
}

/** Throws where they are none. */
export function metricOf(kept: unknown): MeasuredMetric {
  const { name, evidence, rows } = KeptMetric.parse(kept);
  const bytes = Buffer.from(rows.numbers, 'base64');
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const [first = -1, ...rest] = rows.lengths;
  const lengths = first < 0 ? rest : new Array<number>(rest[0] ?? 0).fill(first);
  let at = 0;
  return {
    name,
    evidence,
    rows: lengths.map((length) => {
      at += length;
      return numbers.subarray(at - length, at);
    }),
  };
}
