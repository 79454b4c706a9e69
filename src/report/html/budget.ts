/** How much of something a page holds: what comes first gets it. */
export class Budget {
  #left: number;

  constructor(total: number) {
    this.#left = total;
  }

  /** As many of `wanted` as there are left. */
  take(wanted: number): number {
    const given = Math.min(wanted, this.#left);
    this.#left -= given;
    return given;
  }
}
