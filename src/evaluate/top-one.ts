/** Counts the samples whose label has the highest score. */
export class TopOne {
  #right = 0;
  #samples = 0;

  /** A sample's scores, one a class; of equal ones the first counts, and NaN is never right. */
  add(scores: ArrayLike<number>, label: number): void {
    let best = 0;
    for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
    if (best === label && !Number.isNaN(scores[best])) this.#right++;
    this.#samples++;
  }

  merge(other: TopOne): void {
    this.#right += other.#right;
    this.#samples += other.#samples;
  }

  /** From 0 to 1; NaN without samples. */
  get accuracy(): number {
    return this.#right / this.#samples;
  }
}
