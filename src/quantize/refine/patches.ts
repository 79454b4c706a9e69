import { type LinearLayer, patchSize, positionsAlong } from './linear-layer.js';

/** The golden ratio's fraction: multiples of it, less their whole parts, spread evenly however many are taken. */
const EVEN = 0.6180339887498949;

/** Where a window covers padding. */
const PADDING = -1;

/**
 * Where about `count` windows lie, an even choice of all or all that there are, in an input of `shape`: it is seen as
 * rows of the layer's channels, of which each window takes some, given row by row and column by column; -1 for padding.
 */
export function windowRows(layer: LinearLayer, shape: readonly number[], count: number): Int32Array {
  const [batch, height, width] = layer.windowed
    ? (shape as readonly [number, number, number])
    : [shape.reduce((product, dim) => product * dim, 1) / layer.channels, 1, 1];
  const down = positionsAlong(height, layer.height, layer.samePadding);
  const across = positionsAlong(width, layer.width, layer.samePadding);
  const total = batch * down.count * across.count;
  const wanted = Math.min(count, total);
  const rows = new Int32Array(wanted * layer.height.size * layer.width.size);
  let at = 0;
  for (let i = 0; i < wanted; i++) {
    // Of few positions each once.
    const place = wanted === total ? i : Math.floor((((i + 1) * EVEN) % 1) * total);
    const image = Math.floor(place / (across.count * down.count));
    const top = (Math.floor(place / across.count) % down.count) * layer.height.stride - down.before;
    const left = (place % across.count) * layer.width.stride - across.before;
    for (let r = 0; r < layer.height.size; r++) {
      const y = top + r * layer.height.dilation;
      for (let c = 0; c < layer.width.size; c++) {
        const x = left + c * layer.width.dilation;
        const covers = y >= 0 && y < height && x >= 0 && x < width;
        rows[at++] = covers ? (image * height + y) * width + x : PADDING;
      }
    }
  }
  return rows;
}

/**
 * Windows of a layer's input, one a row of `patchSize` numbers: height, width, channel; zeros where the window covers
 * padding. Of many samples it keeps those at even distances, so that all of a data set is seen.
 */
export class Patches {
  readonly layer: LinearLayer;
  readonly size: number;
  /** How many windows to give of each sample, at most. */
  readonly share: number;
  /** Row after row. */
  readonly data: Float32Array;
  readonly #most: number;
  /** The first rows of the samples that are kept. */
  #starts: number[] = [];
  #rows = 0;
  #samples = 0;
  #distance = 1;

  /** Room for `most` windows, as many as `samples` samples may fill. */
  constructor(layer: LinearLayer, most: number, samples: number) {
    this.layer = layer;
    this.size = patchSize(layer);
    this.share = Math.ceil(most / samples);
    this.#most = most;
    this.data = new Float32Array(most * this.size);
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Takes the windows at `rows` (see `windowRows`) of one sample. `values` are the rows of the layer's input: those that
   * `rows` names, in its order, where they are `gathered`, or else all.
   */
  take(values: Float32Array, rows: Int32Array, gathered: boolean): void {
    const { channels, height, width } = this.layer;
    const count = rows.length / (height.size * width.size);
    const sample = this.#samples++;
    if (count > this.#most || this.size === 0) return;
    while (sample % this.#distance === 0 && this.#rows + count > this.#most) this.#thinOut();
    if (sample % this.#distance !== 0) return;
    this.#starts.push(this.#rows);
    let to = this.#rows * this.size;
    this.#rows += count;
    for (let i = 0; i < rows.length; i++, to += channels) {
      const row = rows[i] as number;
      if (row === PADDING) {
        this.data.fill(0, to, to + channels);
      } else {
        const from = (gathered ? i : row) * channels;
        this.data.set(values.subarray(from, from + channels), to);
      }
    }
  }

  /** Lets go of every other sample. */
  #thinOut(): void {
    const starts: number[] = [];
    let to = 0;
    this.#starts.forEach((start, i) => {
      if (i % 2 !== 0) return;
      const end = this.#starts[i + 1] ?? this.#rows;
      this.data.copyWithin(to * this.size, start * this.size, end * this.size);
      starts.push(to);
      to += end - start;
    });
    this.#starts = starts;
    this.#rows = to;
    this.#distance *= 2;
  }
}
