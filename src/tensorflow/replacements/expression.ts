import type { AttributeValue } from '#ir/attribute.js';
import type { AttributeTerm, CallTerm, Definition, Literal, Term } from './rule.js';

/** A text is no expression; the message says where and why. */
export class ExpressionError extends Error {}

/**
 * Reads a definition: `Mul(x, 0.5)` for `y`, `TopKV2(x, 3, sorted=true)` for `values, indices`. `Add|AddV2(x, y)` is any of
 * both. Attributes stand behind the operands: a number, `"text"`, `true`, a list, `$name` for what a pattern bound, or
 * `dtype(x)`.
 */
export function parseDefinition(names: string, text: string): Definition {
  const list = names.split(',').map((name) => name.trim());
  const wrong = list.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined) throw new ExpressionError(`"${wrong}" is no name`);
  const reader = new ExpressionReader(text);
  const term = reader.term();
  reader.end();
  if (list.length > 1 && term.kind !== 'call') throw new ExpressionError('only an op has several results');
  return { names: list, term };
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(\$?[A-Za-z_][\w>]*)|([()[\],=|]))/y;

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
}

class ExpressionReader {
  readonly #text: string;
  #at = 0;
  #next: Token;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#scan();
  }

  term(): Term {
    const { kind, text } = this.#next;
    if (kind === 'word' && text !== 'true' && text !== 'false') {
      this.#take();
      if (text.startsWith('$')) return { kind: 'attribute', name: text.slice(1) };
      return this.#is('(') || this.#is('|') ? this.#call(text) : { kind: 'name', name: text };
    }
    return { kind: 'literal', value: this.#literal() };
  }

  end(): void {
    if (this.#next.kind !== 'end') throw new ExpressionError(`"${this.#next.text}" is not expected here`);
  }

  #call(first: string): CallTerm {
    const ops = [first];
    while (this.#is('|')) {
      this.#take();
      ops.push(this.#word());
    }
    this.#expect('(');
    const operands: Term[] = [];
    const attributes = new Map<string, AttributeTerm>();
    while (!this.#is(')')) {
      const [term, name] = this.#argument();
      if (name !== undefined) {
        if (attributes.has(name)) throw new ExpressionError(`the attribute ${name} is given twice`);
        attributes.set(name, this.#attribute());
      } else if (attributes.size > 0) throw new ExpressionError('operands stand in front of attributes');
      else operands.push(term as Term);
      if (!this.#is(')')) this.#expect(',');
    }
    this.#take();
    return { kind: 'call', ops, operands, attributes };
  }

  /** An operand, or the name of an attribute whose value comes next. */
  #argument(): [Term | undefined, string | undefined] {
    const term = this.term();
    if (!this.#is('=')) return [term, undefined];
    if (term.kind !== 'name') throw new ExpressionError('only an attribute has a value');
    this.#take();
    return [undefined, term.name];
  }

  #attribute(): AttributeTerm {
    const { kind, text } = this.#next;
    if (kind === 'word' && text.startsWith('$')) {
      this.#take();
      return { kind: 'bound', name: text.slice(1) };
    }
    if (kind === 'word' && text === 'dtype') {
      this.#take();
      this.#expect('(');
      const of = this.#word();
      this.#expect(')');
      return { kind: 'dtype', of };
    }
    return { kind: 'value', value: this.#value() };
  }

  #value(): AttributeValue {
    if (this.#next.kind === 'text') return JSON.parse(this.#take().text) as string;
    if (this.#is('[')) return this.#list(() => this.#value());
    return this.#literal() as AttributeValue;
  }

  #literal(): Literal {
    const { kind, text } = this.#next;
    if (kind === 'number') return Number(this.#take().text);
    if (text === 'true' || text === 'false') return this.#take().text === 'true';
    if (this.#is('[')) return this.#list(() => this.#literal());
    throw new ExpressionError(kind === 'end' ? 'it ends too early' : `"${text}" is not expected here`);
  }

  #list<T>(item: () => T): T[] {
    this.#take();
    const items: T[] = [];
    while (!this.#is(']')) {
      items.push(item());
      if (!this.#is(']')) this.#expect(',');
    }
    this.#take();
    return items;
  }

  #word(): string {
    if (this.#next.kind !== 'word') throw new ExpressionError(`a name is missing before "${this.#next.text}"`);
    return this.#take().text;
  }

  #is(mark: string): boolean {
    return this.#next.kind === 'mark' && this.#next.text === mark;
  }

  #expect(mark: string): void {
    if (!this.#is(mark)) throw new ExpressionError(`"${mark}" is missing before "${this.#next.text}"`);
    this.#take();
  }

  #take(): Token {
    const token = this.#next;
    this.#next = this.#scan();
    return token;
  }

  #scan(): Token {
    if (this.#text.slice(this.#at).trim() === '') return { kind: 'end', text: 'the end' };
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match) throw new ExpressionError(`"${this.#text.slice(this.#at).trim().slice(0, 10)}" is not understood`);
    this.#at = TOKEN.lastIndex;
    const [, text, number, word, mark] = match;
    if (text !== undefined) return { kind: 'text', text };
    if (number !== undefined) return { kind: 'number', text: number };
    if (word !== undefined) return { kind: 'word', text: word };
    return { kind: 'mark', text: mark as string };
  }
}
