/** The text is not the text form of the IR; the message names line and column. */
export class IrSyntaxError extends Error {
  constructor(message: string, line: number, column: number) {
    super(`line ${line}, column ${column}: ${message}`);
    this.name = 'IrSyntaxError';
  }
}

const SPACE = /(?:\s|\/\/[^\n]*)*/y;
const NUMBER = /[+-]?(?:inf|nan|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const BIGINT = /[+-]?(?:\d+n\b|\d{16,}(?![\w.]))/y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;

/** Reads the text form piece by piece. White space and `//` comments may stand between any two pieces. */
export class TextScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Where the next piece begins, for `fail`. */
  get position(): number {
    return this.#at;
  }

  /** Throws an IrSyntaxError at `position`, by default where the next piece begins. */
  fail(message: string, position = this.#at): never {
    const before = this.#text.slice(0, position).split('\n');
    throw new IrSyntaxError(message, before.length, (before.at(-1) as string).length + 1);
  }

  /** Whether the next piece is `literal`; nothing is taken. */
  sees(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    const end = this.#at + literal.length;
    return !/\w$/.test(literal) || !/[\w.]/.test(this.#text[end] ?? '');
  }

  /** Takes `literal` if it comes next. Words are taken only whole. */
  accept(literal: string): boolean {
    if (!this.sees(literal)) return false;
    this.#advance(literal.length);
    return true;
  }

  expect(literal: string): void {
    if (!this.accept(literal)) this.fail(`expected \`${literal}\``);
  }

  /** Takes what a sticky expression matches, or nothing. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found) this.#advance(found.length);
    return found || undefined;
  }

  /** As `match`, but fails with "expected `what`" where nothing matches. */
  take(pattern: RegExp, what: string): string {
    return this.match(pattern) ?? this.fail(`expected ${what}`);
  }

  /** A number: decimal, `inf`, `nan`. */
  number(): number | undefined {
    const text = this.match(NUMBER);
    if (text === undefined) return undefined;
    const magnitude = text.replace(/^[+-]/, '');
    const value = magnitude === 'inf' ? Infinity : magnitude === 'nan' ? NaN : Number(magnitude);
    return text.startsWith('-') ? -value : value;
  }

  /** An integer with the suffix `n`, or with more digits than a number holds for sure. */
  bigint(): bigint | undefined {
    const text = this.match(BIGINT);
    return text === undefined ? undefined : BigInt(text.replace('n', ''));
  }

  /** A JSON string. */
  string(): string | undefined {
    const start = this.#at;
    const text = this.match(STRING);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as string;
    } catch {
      return this.fail('the string has an escape that JSON does not know', start);
    }
  }

  /** `open` item, item … `close`; at least one item unless `close` follows at once. */
  list<T>(open: string, close: string, item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    if (this.accept(close)) return items;
    do items.push(item());
    while (this.accept(','));
    this.expect(close);
    return items;
  }

  #advance(length: number): void {
    this.#at += length;
    this.#skipSpace();
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }
}
