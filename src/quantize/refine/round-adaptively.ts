import { LANES, refineKernels } from './refine-kernels.js';
import { factorize, gramMatrix } from './symmetric.js';

/** Added to each input's own product, as a part of their mean: what few samples cannot tell, plain rounding decides. */
const DAMPING = 0.01;

/** So many units are handed over at a time. */
export const UNITS_AT_ONCE = 16 * LANES;

/** Rounds the weights of units that see the same inputs. */
export class AdaptiveRounding {
  readonly #size: number;
  /** Inputs in the order of their variance: the last are rounded first. */
  readonly #order: Int32Array;
  /** The Cholesky factor's columns: that of the last input first, and of each column the last number first. */
  readonly #columns: Float64Array | undefined;

  /** `inputs`: rows of `size` numbers, less their means where units have a bias that makes up for these. */
  constructor(inputs: Float64Array, size: number) {
    const rows = inputs.length / size;
    this.#size = size;
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
   * The weights of units, one after the other, in steps, as whole numbers of at most `limit`: such that the sum of
   * squared errors of each unit's results is small. One weight after the other is rounded, from that of the strongest
   * input on, and the next ones make up for what its rounding does to the result, as far as their inputs are alike: the
   * nearest plane method of L. Babai (1986), known as GPTQ for networks (E. Frantar et al., 2022).
   */
  round(weights: Float64Array, limit: number): Int8Array {
    const columns = this.#columns ?? new Float64Array();
    const rounded = new Int8Array(weights.length);
    // The sums, then the errors of units side by side, then the factor.
    const errors = LANES;
    const factor = errors + LANES * this.#size;
    const kernels = refineKernels(8 * (factor + columns.length));
    const memory = new Float64Array(kernels.memory.buffer, 0, factor + columns.length);
    memory.set(columns, factor);
    const units = weights.length / this.#size;
    for (let unit = 0; unit < units; unit += LANES) {
      const lanes = Math.min(LANES, units - unit);
      this.#roundLanes(weights, unit, lanes, limit, rounded, memory, (from, done) => {
        kernels.addErrors(8 * (factor + from), 8 * errors, done, 0);
      });
    }
    return rounded;
  }

  /** `addUp` puts into memory what numbers of the factor, of which the first is named, make of so many errors. */
  #roundLanes(
    weights: Float64Array,
    first: number,
    lanes: number,
    limit: number,
    rounded: Int8Array,
    memory: Float64Array,
    addUp: (from: number, done: number) => void,
  ): void {
    const size = this.#size;
    const columns = this.#columns;
    memory.fill(0, 0, LANES);
    for (let done = 0, column = 0; done < size; column += ++done) {
      const at = first * size + (this.#order[size - 1 - done] as number);
      if (columns && done > 0) addUp(column, done);
      const own = columns ? (columns[column + done] as number) : 1;
      for (let lane = 0; lane < lanes; lane++) {
        const weight = weights[at + lane * size] as number;
        const wanted = columns ? weight + (memory[lane] as number) / own : weight;
        const whole = Math.max(-limit, Math.min(limit, Math.round(wanted)));
        rounded[at + lane * size] = whole;
        memory[LANES * (done + 1) + lane] = weight - whole;
      }
    }
  }
}

function columnsOf(factor: Float64Array, size: number): Float64Array {
  const columns = new Float64Array((size * (size + 1)) / 2);
  let to = 0;
  for (let column = size - 1; column >= 0; column--) {
    for (let row = size - 1; row >= column; row--) columns[to++] = factor[row * size + column] as number;
  }
  return columns;
}
