import { factorize, gramMatrix } from './symmetric.js';

/** Added to each input's own product, as a part of their mean: what few samples cannot tell, plain rounding decides. */
const DAMPING = 0.01;

/** So many units are rounded at a time: each number of the factor that is read serves for all of them. */
export const UNITS_AT_ONCE = 4;

/** Rounds the weights of units that see the same inputs. */
export class AdaptiveRounding {
  readonly #size: number;
  /** Inputs in the order of their variance: the last are rounded first. */
  readonly #order: Int32Array;
  /** The Cholesky factor's columns: that of the last input first, and of each column the last number first. */
  readonly #columns: Float64Array | undefined;
  readonly #errors: Float64Array;
  readonly #owed = new Float64Array(UNITS_AT_ONCE);

  /** `inputs`: rows of `size` numbers, less their means where units have a bias that makes up for these. */
  constructor(inputs: Float64Array, size: number) {
    const rows = inputs.length / size;
    this.#size = size;
    this.#errors = new Float64Array(UNITS_AT_ONCE * size);
    const power = new Float64Array(size);
    for (let at = 0; at < inputs.length; at += size) {
      for (let i = 0; i < size; i++) power[i] = (power[i] as number) + (inputs[at + i] as number) ** 2;
    }
    this.#order = Int32Array.from({ length: size }, (_, i) => i).sort(
      (a, b) => (power[a] as number) - (power[b] as number) || a - b,
    );
    const gram = gramMatrix(inputs, rows, this.#order);
    let trace = 0;
    for (let i = 0; i < size; i++) trace += gram[i * size + i] as number;
    for (let i = 0; i < size; i++) gram[i * size + i] = (gram[i * size + i] as number) + (DAMPING * trace) / size;
    this.#columns = factorize(gram, size) ? columnsOf(gram, size) : undefined;
  }

  /**
   * The weights of `UNITS_AT_ONCE` units, one after the other, in steps, as whole numbers of at most `limit`: such that
   * the sum of squared errors of each unit's results is small. One weight after the other is rounded, from that of the
   * strongest input on, and the next ones make up for what its rounding does to the result, as far as their inputs are
   * alike: the nearest plane method of L. Babai (1986), known as GPTQ for networks (E. Frantar et al., 2022).
   */
  round(weights: Float64Array, limit: number): Int8Array {
    const size = this.#size;
    const columns = this.#columns;
    const errors = this.#errors;
    const owed = this.#owed;
    const rounded = new Int8Array(UNITS_AT_ONCE * size);
    for (let done = 0, column = 0; done < size; column += ++done) {
      const at = this.#order[size - 1 - done] as number;
      if (columns) addProducts(columns, column, errors, done, owed);
      const own = columns ? (columns[column + done] as number) : 1;
      for (let unit = 0; unit < UNITS_AT_ONCE; unit++) {
        const weight = weights[unit * size + at] as number;
        const wanted = columns ? weight + (owed[unit] as number) / own : weight;
        const whole = Math.max(-limit, Math.min(limit, Math.round(wanted)));
        rounded[unit * size + at] = whole;
        errors[UNITS_AT_ONCE * done + unit] = weight - whole;
      }
    }
    return rounded;
  }
}

/** What the first `count` numbers of a column make of errors, in the order of the errors. */
function addProducts(
  columns: Float64Array,
  from: number,
  errors: Float64Array,
  count: number,
  sums: Float64Array,
): void {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0, at = 0; i < count; i++, at += UNITS_AT_ONCE) {
    const factor = columns[from + i] as number;
    first += factor * (errors[at] as number);
    second += factor * (errors[at + 1] as number);
    third += factor * (errors[at + 2] as number);
    fourth += factor * (errors[at + 3] as number);
  }
  sums[0] = first;
  sums[1] = second;
  sums[2] = third;
  sums[3] = fourth;
}

function columnsOf(factor: Float64Array, size: number): Float64Array {
  const columns = new Float64Array((size * (size + 1)) / 2);
  let to = 0;
  for (let column = size - 1; column >= 0; column--) {
    for (let row = size - 1; row >= column; row--) columns[to++] = factor[row * size + column] as number;
  }
  return columns;
}
