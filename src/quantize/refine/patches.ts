import { type LinearLayer, patchSize, positionsAlong } from './linear-layer.js';

/** The golden ratio's fraction: multiples of it, less their whole parts, spread evenly however many are taken. */
const EVEN = 0.6180339887498949;

/**
 * Windows of a layer's input, one a row of `patchSize` numbers: height, width, channel; zeros where the window covers
 * padding. Takes an even choice of all positions until it is full.
 */
export class Patches {
  readonly layer: LinearLayer;
  readonly size: number;
  /** Row after row. */
  readonly data: Float32Array;
  readonly #most: number;
  #rows = 0;
  #asked = 0;

  constructor(layer: LinearLayer, most: number) {
    this.layer = layer;
    this.size = patchSize(layer);
    this.#most = most;
    this.data = new Float32Array(most * this.size);
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#most;
  }

  /** Takes about `count` windows, fewer if there are not so many, of the layer's input on one sample. */
  take(values: Float32Array, shape: readonly number[], count: number): void {
    const { layer, size } = this;
    if (size === 0 || values.length === 0) return;
    const [batch, height, width] = layer.windowed
      ? (shape as readonly [number, number, number])
      : [values.length / layer.channels, 1, 1];
    const down = positionsAlong(height, layer.height, layer.samePadding);
    const across = positionsAlong(width, layer.width, layer.samePadding);
    const total = batch * down.count * across.count;
    const wanted = Math.min(count, total, this.#most - this.#rows);
    for (let i = 0; i < wanted; i++) {
      // Of few positions each once.
      const place = wanted === total ? i : Math.floor(((++this.#asked * EVEN) % 1) * total);
      const column = place % across.count;
      const row = Math.floor(place / across.count) % down.count;
      const image = Math.floor(place / (across.count * down.count));
      const top = row * layer.height.stride - down.before;
      const left = column * layer.width.stride - across.before;
      this.#copy(values, image, height, width, top, left);
    }
  }

  #copy(values: Float32Array, image: number, height: number, width: number, top: number, left: number): void {
    const { channels, height: rows, width: columns } = this.layer;
    let to = this.#rows++ * this.size;
    for (let r = 0; r < rows.size; r++) {
      const y = top + r * rows.dilation;
      for (let c = 0; c < columns.size; c++, to += channels) {
        const x = left + c * columns.dilation;
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        const from = ((image * height + y) * width + x) * channels;
        this.data.set(values.subarray(from, from + channels), to);
      }
    }
  }
}
