import type { TensorRecord } from '#tflite/file/model-record.js';
import { END, type GraphEditor } from './graph-editor.js';
import { castOptions, evenValuesOf, extentsOf, plainOptions, rowsOf, valueCount, valuesOf } from './observe-tensor.js';
import type { ObservedTensor, SampledTensor } from './observed-tensors.js';

/** Of how many runs of a body in one run of the model values are kept; their extent is that of all. */
export const KEPT_RUNS = 16;
/** Of the values of a tensor in one run of its body about so many are looked at. */
const ENOUGH_VALUES = 2 ** 9;

/** Runs of a body behind this one are no longer kept. */
const COUNTED_RUNS = 2 ** 14;
/** The golden ratio's fraction: multiples of it, less their whole parts, spread evenly however many are taken. */
const EVEN = 0.6180339887498949;

/** Beyond all numbers that are seen, as the reductions of nothing are. */
const MOST = 3.4028234663852886e38;

/** What a body has found out so far: handed in as further arguments, and on as further outputs. */
export class BodyRecords {
  readonly tensors: readonly ObservedTensor[];
  readonly valued: readonly ObservedTensor[];
  readonly sampled: readonly SampledTensor[];
  readonly #lengths: readonly number[];

  /** `graph` is the body. */
  constructor(graph: GraphEditor, tensors: readonly ObservedTensor[], sampled: readonly SampledTensor[]) {
    this.tensors = tensors;
    this.valued = tensors.filter(({ valued }) => valued);
    this.sampled = sampled;
    this.#lengths = [
      ...this.valued.map(({ tensor }) => valueCount(graph.dimsOf(tensor), ENOUGH_VALUES) ?? ENOUGH_VALUES),
      ...sampled.map(({ columns, rows }) => columns * (rows?.length ?? 0)),
    ];
  }

  get #keepsRuns(): boolean {
    return this.#lengths.length > 0;
  }

  /** Types and dimensions: extents, and where runs are kept their number and what each of them showed. */
  get types(): readonly { readonly type: TensorRecord['type']; readonly dims: readonly number[] }[] {
    const extents =
      this.tensors.length === 0 ? [] : new Array(3).fill({ type: 'FLOAT32', dims: [this.tensors.length] });
    if (!this.#keepsRuns) return extents;
    const runs = this.#lengths.map((length) => ({ type: 'FLOAT32' as const, dims: [KEPT_RUNS, length] }));
    return [...extents, { type: 'INT32', dims: [1] }, ...runs];
  }

  /** Before the body was run, as constants of `graph`. */
  initial(graph: GraphEditor): number[] {
    const count = [this.tensors.length];
    const extents = this.tensors.length === 0 ? [] : [MOST, -MOST, 0].map((value) => graph.splat(value, count));
    if (!this.#keepsRuns) return extents;
    return [...extents, graph.integers([0]), ...this.#lengths.map((length) => graph.splat(0, [KEPT_RUNS, length]))];
  }

  /** What `records` are behind a run of the body `graph`. */
  update(graph: GraphEditor, records: readonly number[]): number[] {
    const updated: number[] = [];
    if (this.tensors.length > 0) {
      const [mins, maxs, sums] = extentsOf(graph, this.tensors);
      const dims = [this.tensors.length];
      const [least, most, wrong] = records as readonly [number, number, number];
      // Sums of several runs may become infinite or, of infinities, NaN though no value is: only whether one is counts.
      const differs = graph.add(END, 'NOT_EQUAL', [sums, sums], dims, { type: 'NotEqualOptions', value: {} }, 'BOOL');
      const isNan = graph.add(END, 'CAST', [differs], dims, castOptions('BOOL', 'FLOAT32'), 'FLOAT32');
      const options = { type: 'MaximumMinimumOptions', value: {} } as const;
      updated.push(
        graph.add(END, 'MINIMUM', [least, mins], dims, options),
        graph.add(END, 'MAXIMUM', [most, maxs], dims, options),
        graph.add(END, 'MAXIMUM', [wrong, isNan], dims, options),
      );
    }
    if (!this.#keepsRuns) return updated;
    const [count, ...kept] = records.slice(updated.length) as [number, ...number[]];
    const seen = [
      ...this.valued.map(({ tensor }) => this.#valuesOf(graph, tensor)),
      ...this.sampled.map((tensor) => rowsOf(graph, tensor)),
    ];
    updated.push(graph.add(END, 'ADD', [count, graph.integers([1])], [1], plainOptions('AddOptions')));
    const isPlace = this.#placeOf(graph, count);
    seen.forEach((values, i) => {
      const length = this.#lengths[i] as number;
      const row = graph.reshape(END, values, [1, length]);
      const inputs = [isPlace, row, kept[i] as number];
      updated.push(
        graph.add(END, 'SELECT_V2', inputs, [KEPT_RUNS, length], { type: 'SelectV2Options', value: {} }, 'FLOAT32'),
      );
    });
    return updated;
  }

  /** As many in each run, whatever the tensor's size is then. */
  #valuesOf(graph: GraphEditor, tensor: number): number {
    const known = valueCount(graph.dimsOf(tensor), ENOUGH_VALUES) !== undefined;
    return known ? valuesOf(graph, tensor, ENOUGH_VALUES) : evenValuesOf(graph, tensor, ENOUGH_VALUES);
  }

  /** For each of the places of kept runs, whether the run of this number takes it. */
  #placeOf(graph: GraphEditor, count: number): number {
    const options = { type: 'MaximumMinimumOptions', value: {} } as const;
    const bounded = graph.add(END, 'MINIMUM', [count, graph.integers([COUNTED_RUNS])], [1], options);
    const place = graph.gather(END, graph.integers(placesOfRuns()), bounded, 0, [1]);
    const places = graph.integers(
      Array.from({ length: KEPT_RUNS }, (_, i) => i),
      [KEPT_RUNS, 1],
    );
    return graph.add(END, 'EQUAL', [places, place], [KEPT_RUNS, 1], { type: 'EqualOptions', value: {} }, 'BOOL');
  }
}

/**
 * Where each run goes, -1 for nowhere: however many there are, those that are kept are an even choice of all. The first
 * ones fill the places, and each later one takes a place with the chance that it needs (algorithm R of J. Vitter, 1985),
 * by numbers that are spread evenly instead of by chance.
 */
export function placesOfRuns(): number[] {
  const places = Array.from({ length: COUNTED_RUNS }, (_, run) => {
    const place = run < KEPT_RUNS ? run : Math.floor((((run + 1) * EVEN) % 1) * (run + 1));
    return place < KEPT_RUNS ? place : -1;
  });
  return [...places, -1];
}
