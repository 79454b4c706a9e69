import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findMetric } from '#evaluate/find-metric.js';
import type { Metric, MetricOptions, Observation } from '#evaluate/metric.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { DType } from '#tensor/dtype.js';
import { allocate, Tensor } from '#tensor/tensor.js';

export type Numbers = number | readonly Numbers[];

/** A tensor of numbers nested as its axes are. */
export function tensor(dtype: Exclude<DType, 'string'>, values: Numbers): Tensor {
  const shape: number[] = [];
  for (let part = values; Array.isArray(part); part = part[0] as Numbers) shape.push(part.length);
  const flat: number[] = [];
  flatten(values, flat);
  const data = allocate(dtype, flat.length);
  const large = data instanceof BigInt64Array;
  flat.forEach((value, i) => {
    data[i] = (large ? BigInt(value) : value) as number;
  });
  return Tensor.from(dtype, shape, data);
}

function flatten(values: Numbers, flat: number[]): void {
  if (typeof values === 'number') flat.push(values);
  else for (const part of values) flatten(part, flat);
}

export function info(name: string, { dtype, shape }: Tensor, quantization?: TensorInfo['quantization']): TensorInfo {
  return { name, tensor: 0, dtype, shape, ...(quantization ? { quantization } : {}) };
}

/** A signature with one input whose batch is free, or as large as said. */
export function signature(outputs: readonly TensorInfo[], batch: number | null = null): SignatureInfo {
  return { key: 'serve', inputs: [{ name: 'x', tensor: 0, dtype: 'float32', shape: [batch, 2] }], outputs };
}

/** A sample of one row, or of a batch. */
export function observation(
  outputs: Readonly<Record<string, Tensor>>,
  labels: Readonly<Record<string, Tensor>> = {},
  more: Partial<Observation> & { readonly batch?: number } = {},
): Observation {
  const { batch, ...rest } = more;
  const infos = Object.entries(outputs).map(([name, output]) => info(name, output));
  return {
    source: 'test.npz',
    index: 0,
    rows: batch ?? 1,
    outputs: new Map(Object.entries(outputs)),
    labels: new Map(Object.entries(labels)),
    signature: signature(infos, batch ?? null),
    ...rest,
  };
}

/** What a case file beside this one holds. */
export function goldens<T>(name: string): T[] {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`goldens/${name}.json`, import.meta.url)), 'utf8')) as T[];
}

/** The values that a case gives for a metric, for its rows and for weighted ones; null where they are undefined. */
export interface Golden {
  readonly weights: readonly number[];
  readonly values: Readonly<Record<string, number | null>>;
  readonly weighted: Readonly<Record<string, number | null>>;
}

/** Every metric of a case in which its value is not that of the case to 1e-9. */
export function differences(
  { weights, values, weighted }: Golden,
  samples: readonly Observation[],
  options: MetricOptions = {},
): string[] {
  const differing: string[] = [];
  for (const name of Object.keys(values)) {
    const metric = findMetric(name, options);
    const rows = samples.flatMap((sample) => metric.observe(sample));
    const counted = Uint32Array.from(weights);
    const got = [metric.value(rows), metric.value(rows, counted), metric.value(repeat(rows, weights))];
    const wanted = [values[name], weighted[name], weighted[name]];
    if (got.some((value, i) => !close(value, wanted[i])))
      differing.push(`${name}: ${got.join(' ')}, not ${wanted.join(' ')}`);
  }
  return differing;
}

/** Rows that count several times, one after the other. */
export function repeat<T>(rows: readonly T[], weights: readonly number[]): T[] {
  return rows.flatMap((row, i) => new Array<T>(weights[i] as number).fill(row));
}

export function evaluated(metric: Metric, samples: readonly Observation[]): number {
  return metric.value(samples.flatMap((sample) => metric.observe(sample)));
}

function close(value: number, wanted: number | null | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted === null ? Number.isNaN(value) : Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
}
