/** How the elements of a tensor fall into slices along an axis: element `(outer × size + channel) × inner + i`. */
export interface Channels {
  readonly outer: number;
  /** Number of slices; 1 where there is no axis. */
  readonly size: number;
  readonly inner: number;
}

/** The slices along `axis`; one for all where it is null. */
export function channelsOf(shape: readonly number[], axis: number | null): Channels {
  const count = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);
  if (axis === null) return { outer: 1, size: 1, inner: count(shape) };
  return { outer: count(shape.slice(0, axis)), size: shape[axis] ?? 1, inner: count(shape.slice(axis + 1)) };
}

/** The greatest absolute value of each slice. Throws a RangeError where a value is not finite. */
export function greatestOf(data: Float32Array, { outer, size, inner }: Channels): Float64Array {
  const greatest = new Float64Array(size);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < size; c++) {
      let most = greatest[c] as number;
      for (let i = 0; i < inner; i++, at++) {
        const value = Math.abs(data[at] as number);
        // Written so that NaN is taken up, too.
        if (!(value <= most)) most = value;
      }
      greatest[c] = most;
    }
  }
  if (!greatest.every((value) => Number.isFinite(value))) throw new RangeError('the weights are not all finite');
  return greatest;
}
