import type { DataInput } from '#data/data-set.js';
import { CodeHost, type CodeOptions } from '#data/user-code/code-host.js';
import type { MetricDescription } from '#data/user-code/messages.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';
import type { Metric, Observation } from './metric.js';
import { batchOf, outputRows } from './metrics/observed.js';

/** What a module exports, by name or as its default, to be a metric. Functions may be asynchronous. */
export interface MetricModule {
  /** Which values are better. */
  readonly direction: 'higher' | 'lower';
  /** What the data has to hold for each row beside the model's inputs; `null` for a free dimension. Default: nothing. */
  readonly labels?: Readonly<Record<string, { readonly dtype: DType; readonly shape: readonly (number | null)[] }>>;
  /** Whether `update` needs the float model's outputs. Default: no. */
  readonly reference?: boolean;
  /** What is to be remembered of one row of the data, as a list of numbers of any length: its accumulator. */
  update(row: MetricRow): readonly number[];
  /** The accumulator of the rows of both; in whatever order and groups rows are merged, it has to be the same. */
  merge(a: readonly number[], b: readonly number[]): readonly number[];
  /** The metric of the rows that were merged; NaN where it is undefined. */
  result(accumulator: readonly number[]): number;
}

/** One row of the data. Outputs are real numbers, also where the model gives integers that stand for them. */
export interface MetricRow {
  /** Its number in the data. */
  readonly index: number;
  readonly outputs: Readonly<Record<string, MetricArray>>;
  readonly labels: Readonly<Record<string, MetricArray>>;
  /** Of the float model. */
  readonly reference: Readonly<Record<string, MetricArray>> | undefined;
}

export interface MetricArray {
  /** Elements of texts are bytes. */
  readonly data: Float64Array | readonly Uint8Array[];
  /** Without the batch. */
  readonly shape: readonly number[];
}

/** A metric that is a user's module, run in a process of its own. NaN in outputs is passed on to it. */
export class UserMetric implements Metric {
  readonly name: string;
  readonly direction: Metric['direction'];
  readonly kind = 'general';
  readonly comparesWithReference: boolean;
  readonly #host: CodeHost;
  readonly #labels: MetricDescription['labels'];
  /** By which numbers the process knows rows: they are sent once. */
  readonly #numbers = new WeakMap<Float64Array, number>();
  #known = 0;

  static async open(file: string, options: CodeOptions): Promise<UserMetric> {
    const { host, description } = await CodeHost.open(file, 'metric', options);
    return new UserMetric(file, host, description as MetricDescription);
  }

  private constructor(file: string, host: CodeHost, { direction, labels, reference }: MetricDescription) {
    this.name = file;
    this.direction = direction;
    this.comparesWithReference = reference;
    this.#host = host;
    this.#labels = labels;
  }

  labels({ inputs }: SignatureInfo): DataInput[] {
    const batch = inputs[0]?.shape?.[0] ?? null;
    return Object.entries(this.#labels).map(([name, label]): DataInput => {
      const { dtype, shape } = (label ?? {}) as { readonly dtype?: unknown; readonly shape?: unknown };
      const isShape = Array.isArray(shape) && shape.every((dim) => dim === null || (Number.isInteger(dim) && dim >= 0));
      if (typeof dtype === 'string' && Object.hasOwn(dtypes, dtype) && isShape) {
        return { name, dtype: dtype as DType, shape: [batch, ...(shape as (number | null)[])] };
      }
      return fail('user-code-failed', {
        detail: `${this.name}: the label '${name}' has no dtype and shape, such as { dtype: 'int64', shape: [] } for one number a row.`,
        locations: [{ file: this.name }],
      });
    });
  }

  observe({ index, rows, outputs, labels, signature, reference }: Observation): Float64Array[] {
    const batch = batchOf(signature);
    const read = {
      outputs: arraysOf(outputs, signature.outputs, batch),
      labels: arraysOf(labels, [], batch),
      reference: reference && arraysOf(reference.outputs, reference.signature.outputs, batch),
    };
    const samples = Array.from(
      { length: rows },
      (_, row): MetricRow => ({
        index: index + row,
        outputs: read.outputs(row),
        labels: read.labels(row),
        reference: read.reference?.(row),
      }),
    );
    const accumulators = this.#host.requestSync({ kind: 'update', samples }) as number[][];
    return accumulators.map((numbers) => Float64Array.from(numbers));
  }

  value(rows: readonly Float64Array[], weights?: Uint32Array): number {
    this.#send(rows);
    const numbers = Uint32Array.from(rows, (row) => this.#numbers.get(row) as number);
    return this.#host.requestSync({ kind: 'result', numbers, weights }) as number;
  }

  dispose(): Promise<void> {
    return this.#host.dispose();
  }

  #send(rows: readonly Float64Array[]): void {
    const unknown = [...new Set(rows)].filter((row) => !this.#numbers.has(row));
    if (unknown.length === 0) return;
    const numbers = unknown.map((row) => {
      const number = this.#known++;
      this.#numbers.set(row, number);
      return number;
    });
    this.#host.requestSync({ kind: 'keep', numbers, rows: unknown.map((row) => Array.from(row)) });
  }
}

/** The arrays of each row of a sample, by name. */
function arraysOf(
  tensors: ReadonlyMap<string, Tensor>,
  infos: readonly TensorInfo[],
  batch: number,
): (row: number) => Record<string, MetricArray> {
  const arrays = [...tensors].map(([name, tensor]): [string, (row: number) => MetricArray] => {
    const info = infos.find((candidate) => candidate.name === name) ?? {
      name,
      tensor: -1,
      dtype: tensor.dtype,
      shape: null,
    };
    const numbers = outputRows(info, tensor, batch);
    if (numbers) {
      const { size, shape } = numbers;
      const all = Float64Array.from(numbers.numbers);
      return [name, (row) => ({ data: all.slice(row * size, (row + 1) * size), shape })];
    }
    const size = tensor.strings.length / batch;
    const shape = tensor.shape[0] === batch ? tensor.shape.slice(1) : tensor.shape;
    return [name, (row) => ({ data: tensor.strings.slice(row * size, (row + 1) * size), shape })];
  });
  return (row) => Object.fromEntries(arrays.map(([name, of]) => [name, of(row)]));
}
