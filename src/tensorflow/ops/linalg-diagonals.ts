import { InferenceError } from '#ir/graph.js';

/** The diagonals from `low` to `high` (0 the main one, positive above it) of a matrix. */
export interface Band {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly columns: number;
  /** TensorFlow's `align`: where shorter diagonals stand in rows of the longest one's length, above and below. */
  readonly align: string;
}

/** `k` of the diagonal ops: one number, or the lowest and the highest diagonal. */
export function bandLimits(k: readonly number[]): readonly [number, number] {
  const [low = 0, high = low] = k;
  if (high < low) throw new InferenceError(`k is [${k.join(', ')}], and its first entry may not be the larger one`);
  return [low, high];
}

/** The sizes of the smallest matrix that has these diagonals, where −1 leaves them open. */
export function matrixSize(
  low: number,
  high: number,
  longest: number,
  rows: number,
  columns: number,
): readonly [number, number] {
  const leastRows = longest - Math.min(high, 0);
  const leastColumns = longest + Math.max(low, 0);
  if (rows === -1 && columns === -1) {
    const size = Math.max(leastRows, leastColumns);
    return [size, size];
  }
  return [rows === -1 ? leastRows : rows, columns === -1 ? leastColumns : columns];
}

/** Length of the longest diagonal of the band. */
export function longestDiagonal({ low, high, rows, columns }: Pick<Band, 'low' | 'high' | 'rows' | 'columns'>): number {
  return Math.min(rows + Math.min(high, 0), columns - Math.max(low, 0));
}

/** How far diagonal `d` is moved to the right in a row of `longest` elements. */
function shift(band: Band, d: number, longest: number): number {
  const [above, below] = band.align.split('_');
  const left = (d >= 0 && above === 'LEFT') || (d <= 0 && below === 'LEFT');
  if (left) return 0;
  return longest - Math.min(band.rows + Math.min(d, 0), band.columns - Math.max(d, 0));
}

/** For each element of the matrix, row by row, its place in the packed diagonals; −1 where it is on none of them. */
export function placesInDiagonals(band: Band, longest: number): number[] {
  const { low, high, rows, columns } = band;
  const places: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const d = column - row;
      const on = d >= low && d <= high;
      places.push(on ? (high - d) * longest + (column - Math.max(d, 0)) + shift(band, d, longest) : -1);
    }
  }
  return places;
}

/** For each element of the packed diagonals, the highest one first, its place in the matrix; −1 for padding. */
export function placesInMatrix(band: Band): number[] {
  const longest = longestDiagonal(band);
  const places = new Array<number>((band.high - band.low + 1) * longest).fill(-1);
  placesInDiagonals(band, longest).forEach((place, at) => {
    if (place >= 0) places[place] = at;
  });
  return places;
}
