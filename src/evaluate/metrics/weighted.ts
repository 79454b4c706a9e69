/** Σ of one column of the rows, each counted as often as its weight says. */
export function weightedSum(rows: readonly Float64Array[], weights: Uint32Array | undefined, column = 0): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number);
    if (weight > 0) sum += weight * ((rows[i] as Float64Array)[column] as number);
  }
  return sum;
}

/** How many rows there are, each counted as often as its weight says. */
export function weightedCount(rows: readonly Float64Array[], weights: Uint32Array | undefined): number {
  if (weights === undefined) return rows.length;
  let count = 0;
  for (let i = 0; i < rows.length; i++) count += weights[i] as number;
  return count;
}

/** NaN for no rows. */
export function weightedMean(rows: readonly Float64Array[], weights: Uint32Array | undefined, column = 0): number {
  return weightedSum(rows, weights, column) / weightedCount(rows, weights);
}

/** How often row `i` counts. */
export function weightOf(weights: Uint32Array | undefined, i: number): number {
  return weights === undefined ? 1 : (weights[i] as number);
}

/** Rows that are equal are one object: of a million right or wrong answers, two rows are kept. */
export class SharedRows {
  readonly #rows = new Map<string, Float64Array>();

  of(...numbers: readonly number[]): Float64Array {
    const key = numbers.join();
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = Float64Array.from(numbers);
      this.#rows.set(key, row);
    }
    return row;
  }
}

/** What was worked out for an array of rows, kept while the array is. */
export class Prepared<T extends object> {
  readonly #kept = new WeakMap<readonly Float64Array[], T>();
  readonly #prepare: (rows: readonly Float64Array[]) => T;

  constructor(prepare: (rows: readonly Float64Array[]) => T) {
    this.#prepare = prepare;
  }

  /** Without weights, arrays may change between calls: nothing is kept then. */
  for(rows: readonly Float64Array[], weights: Uint32Array | undefined): T {
    if (weights === undefined) return this.#prepare(rows);
    let prepared = this.#kept.get(rows);
    if (prepared === undefined) {
      prepared = this.#prepare(rows);
      this.#kept.set(rows, prepared);
    }
    return prepared;
  }
}
