import { factorize, gramMatrix } from './symmetric.js';

/** Added to each input's own product, as a part of their mean: what few samples cannot tell, plain rounding decides. */
const DAMPING = 0.01;

/** Rounds the weights of units that see the same inputs. */
export class AdaptiveRounding {
  readonly #size: number;
  /** Inputs in the order of their variance: the last are rounded first. */
  readonly #order: readonly number[];
  readonly #factor: Float64Array | undefined;

  /** `inputs`: rows of `size` numbers, less their means where units have a bias that makes up for these. */
  constructor(inputs: Float64Array, size: number) {
    const rows = inputs.length / size;
    this.#size = size;
    const power = new Float64Array(size);
    for (let at = 0; at < inputs.length; at += size) {
      for (let i = 0; i < size; i++) power[i] = (power[i] as number) + (inputs[at + i] as number) ** 2;
    }
    this.#order = Array.from({ length: size }, (_, i) => i).sort(
      (a, b) => (power[a] as number) - (power[b] as number) || a - b,
    );
    const gram = gramMatrix(inputs, rows, this.#order);
    let trace = 0;
    for (let i = 0; i < size; i++) trace += gram[i * size + i] as number;
    for (let i = 0; i < size; i++) gram[i * size + i] = (gram[i * size + i] as number) + (DAMPING * trace) / size;
    this.#factor = factorize(gram, size) ? gram : undefined;
  }

  /**
   * The weights of one unit, in steps, as whole numbers of at most `limit`: such that the sum of squared errors of the
   * unit's results is small. One weight after the other is rounded, from that of the strongest input on, and the next
   * ones make up for what its rounding does to the result, as far as their inputs are alike: the nearest plane method of
   * L. Babai (1986), known as GPTQ for networks (E. Frantar et al., 2022).
   */
  round(weights: Float64Array, limit: number): Int8Array {
    const size = this.#size;
    const factor = this.#factor;
    const rounded = new Int8Array(size);
    const owed = new Float64Array(size);
    for (let k = size - 1; k >= 0; k--) {
      const at = this.#order[k] as number;
      const weight = weights[at] as number;
      const row = k * size;
      const wanted = factor ? weight + (owed[k] as number) / (factor[row + k] as number) : weight;
      const whole = Math.max(-limit, Math.min(limit, Math.round(wanted)));
      rounded[at] = whole;
      const error = weight - whole;
      if (!factor || error === 0) continue;
      for (let i = 0; i < k; i++) owed[i] = (owed[i] as number) + (factor[row + i] as number) * error;
    }
    return rounded;
  }
}
