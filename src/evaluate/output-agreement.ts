/** How far the outputs of a model are from those of the float model, over all elements of all that is added. */
export class OutputAgreement {
  #elements = 0;
  #absolute = 0;
  #noise = 0;
  #signal = 0;
  #power = 0;
  #product = 0;

  add(expected: ArrayLike<number>, actual: ArrayLike<number>): void {
    for (let i = 0; i < expected.length; i++) {
      const [x, y] = [expected[i] as number, actual[i] as number];
      const error = y - x;
      this.#absolute += Math.abs(error);
      this.#noise += error * error;
      this.#signal += x * x;
      this.#power += y * y;
      this.#product += x * y;
    }
    this.#elements += expected.length;
  }

  merge(other: OutputAgreement): void {
    this.#elements += other.#elements;
    this.#absolute += other.#absolute;
    this.#noise += other.#noise;
    this.#signal += other.#signal;
    this.#power += other.#power;
    this.#product += other.#product;
  }

  /** Mean absolute error. */
  get mae(): number {
    return this.#absolute / this.#elements;
  }

  /** Root of the mean squared error. */
  get rmse(): number {
    return Math.sqrt(this.#noise / this.#elements);
  }

  /** Of the angle between the outputs, 1 for equal ones. */
  get cosine(): number {
    return this.#noise === 0 ? 1 : this.#product / Math.sqrt(this.#signal * this.#power);
  }

  /** Signal to quantization noise in decibels, infinite for equal outputs. */
  get sqnr(): number {
    return this.#noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(this.#signal / this.#noise);
  }
}
