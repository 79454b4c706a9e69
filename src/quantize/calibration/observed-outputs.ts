import type { Tensor } from '#tensor/tensor.js';
import { KEPT_RUNS } from './body-records.js';
import { EXTENTS, LENGTHS, ROW_DIMENSIONS, ROWS, RUNS, VALUES } from './observed-model.js';
import type { ObservedTensor, SampledTensor } from './observed-tensors.js';

/** What one sample showed of a tensor. Of one that was never computed, the least value is above the greatest. */
export interface Seen {
  readonly min: number;
  readonly max: number;
  readonly isNan: boolean;
  /** Where it is `valued`: an even part of its values, or all. */
  readonly values: Float32Array | undefined;
}

/** Rows of a tensor in one sample: those that were asked for in each of so many runs, or all. */
export interface SeenRows {
  readonly values: Float32Array;
  /** Of the tensor's body, of which rows are given; 1 for a tensor outside of bodies. */
  readonly runs: number;
  /** The tensor's dimensions, where all rows are given. */
  readonly shape: readonly number[] | undefined;
}

/** Reads the outputs of an observed model; made for the tensors that it was made for. */
export class ObservedOutputs {
  readonly #main: number;
  readonly #tensors: readonly ObservedTensor[];
  readonly #sampled: readonly SampledTensor[];
  readonly #ranks: readonly number[];
  /** Where extents of the tensor's subgraph begin, how many tensors that has, and which of these it is. */
  readonly #extents: readonly { readonly start: number; readonly count: number; readonly index: number }[];
  /** Where the number of runs of a body is; bodies of which none are kept have none. */
  readonly #bodies: ReadonlyMap<number, number>;

  /** `main`: the signature's subgraph; `ranks`: of the sampled tensors. */
  constructor(
    main: number,
    tensors: readonly ObservedTensor[],
    sampled: readonly SampledTensor[],
    ranks: readonly number[],
  ) {
    this.#main = main;
    this.#tensors = tensors;
    this.#sampled = sampled;
    this.#ranks = ranks;
    const counts = new Map<number, number>();
    let start = 0;
    const firsts = new Map<number, number>();
    for (const { subgraph } of tensors) counts.set(subgraph, (counts.get(subgraph) ?? 0) + 1);
    const seen = new Map<number, number>();
    this.#extents = tensors.map(({ subgraph }) => {
      const count = counts.get(subgraph) as number;
      if (!firsts.has(subgraph)) {
        firsts.set(subgraph, start);
        start += 3 * count;
      }
      const index = seen.get(subgraph) ?? 0;
      seen.set(subgraph, index + 1);
      return { start: firsts.get(subgraph) as number, count, index };
    });
    const keeping = new Set([...tensors.filter(({ valued }) => valued), ...sampled].map(({ subgraph }) => subgraph));
    // In the order of the bodies, which is that of the tensors: a body of which rows are sampled has tensors.
    const bodies = [...counts.keys()].filter((subgraph) => subgraph !== main && keeping.has(subgraph));
    this.#bodies = new Map(bodies.map((subgraph, i) => [subgraph, i]));
  }

  /** Of each observed tensor. */
  tensors(outputs: ReadonlyMap<string, Tensor>): Seen[] {
    const extents = outputs.get(EXTENTS)?.data as Float32Array;
    const values = outputs.get(VALUES)?.data as Float32Array | undefined;
    const lengths = outputs.get(LENGTHS)?.data as Int32Array | undefined;
    let at = 0;
    let number = 0;
    return this.#tensors.map(({ subgraph, valued }, i) => {
      const { start, count, index } = this.#extents[i] as { start: number; count: number; index: number };
      const [min, max, third] = [0, 1, 2].map((which) => extents[start + which * count + index] as number) as [
        number,
        number,
        number,
      ];
      const isNan = subgraph === this.#main ? Number.isNaN(third) : third !== 0;
      if (!valued) return { min, max, isNan, values: undefined };
      const length = lengths?.[number++] as number;
      const part = subgraph === this.#main ? length : (length / KEPT_RUNS) * this.#runsOf(subgraph, outputs);
      const found = values?.subarray(at, at + part);
      at += length;
      return { min, max, isNan, values: found };
    });
  }

  /** Of each sampled tensor. */
  rows(outputs: ReadonlyMap<string, Tensor>): SeenRows[] {
    const values = (outputs.get(ROWS)?.data ?? new Float32Array()) as Float32Array;
    const dimensions = (outputs.get(ROW_DIMENSIONS)?.data ?? new Int32Array()) as Int32Array;
    let at = 0;
    let axis = 0;
    return this.#sampled.map(({ subgraph, columns, rows }, i) => {
      const rank = this.#ranks[i] as number;
      const shape = rows ? undefined : Array.from(dimensions.subarray(axis, axis + rank));
      if (shape) axis += rank;
      const size = shape ? shape.reduce((product, dim) => product * dim, 1) : (rows?.length ?? 0) * columns;
      const inBody = subgraph !== this.#main;
      const runs = inBody ? this.#runsOf(subgraph, outputs) : 1;
      const found = values.subarray(at, at + size * runs);
      at += size * (inBody ? KEPT_RUNS : 1);
      return { values: found, runs, shape };
    });
  }

  /** How many of a body's runs were kept. */
  #runsOf(subgraph: number, outputs: ReadonlyMap<string, Tensor>): number {
    const runs = outputs.get(RUNS)?.data as Int32Array;
    return Math.min(KEPT_RUNS, runs[this.#bodies.get(subgraph) as number] as number);
  }
}
