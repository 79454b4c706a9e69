export interface PageOptions {
  /** How long it may be, counted as `measure` does. */
  readonly limit: number;
  /** GitHub counts the characters of comments, and the bytes of summaries. */
  readonly measure: (text: string) => number;
}

/** Of the page, for lines that say what was left out and what stands at the end. */
const RESERVE = 0.1;

/** A page that never becomes longer than it may, whatever is put into it. */
export class Page {
  readonly #limit: number;
  readonly #measure: PageOptions['measure'];
  readonly #parts: string[] = [];
  #length = 0;

  constructor({ limit, measure }: PageOptions) {
    this.#limit = limit;
    this.#measure = measure;
  }

  /** As many of the lines as fit. */
  add(...lines: readonly string[]): void {
    for (const line of lines) if (!this.#take(line, 1 - RESERVE)) return;
  }

  /** As many as fit into a share of the page, and how many did not. */
  each<T>(items: readonly T[], render: (item: T) => string, what: string, share: number): void {
    for (const [i, item] of items.entries()) {
      if (this.#take(render(item), share * (1 - RESERVE))) continue;
      this.end(`\n_${items.length - i} more ${what} are left out here; the report has all of them._`);
      return;
    }
  }

  /** The first lines, and how many there are beside: all that one item may take of the page. */
  cut(lines: readonly string[], share: number): string[] {
    let left = this.#limit * share;
    const fitting = lines.findIndex((line) => {
      left -= this.#measure(line) + 1;
      return left < 0;
    });
    if (fitting === -1) return [...lines];
    return [
      ...lines.slice(0, fitting),
      `- _${lines.length - fitting} more lines are left out here; the report has them._`,
    ];
  }

  /** What stands at the end, in the space that is kept for it. */
  end(...lines: readonly string[]): void {
    for (const line of lines) this.#take(line, 1);
  }

  text(): string {
    return `${this.#parts.join('\n')}\n`;
  }

  #take(part: string, share: number): boolean {
    const length = this.#measure(part) + 1;
    if (this.#length + length > this.#limit * share) return false;
    this.#length += length;
    this.#parts.push(part);
    return true;
  }
}
