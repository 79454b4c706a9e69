import { rejectData, rejectLine } from '../data-error.js';
import { type Compression, readInflated } from '../inflate.js';
import { splitLines } from './split-lines.js';
import type { Table, TableRow } from './table.js';

/** A JSON object a line, with the keys of the first one. */
export class JsonLinesTable implements Table {
  readonly path: string;
  readonly #compression: Compression;

  constructor(path: string, compression: Compression) {
    this.path = path;
    this.#compression = compression;
  }

  async columns(): Promise<readonly string[]> {
    for await (const { object } of this.#objects()) return Object.keys(object);
    return rejectData(this.path, 'it has no rows', 'Write a JSON object a line.');
  }

  async *rows(): AsyncGenerator<TableRow> {
    let columns: readonly string[] | undefined;
    for await (const { line, object } of this.#objects()) {
      columns ??= Object.keys(object);
      // Keys that every object inherits are none of its own.
      yield { line, values: columns.map((column) => (Object.hasOwn(object, column) ? object[column] : undefined)) };
    }
  }

  async *#objects(): AsyncGenerator<{ line: number; object: Readonly<Record<string, unknown>> }> {
    for await (const { line, text } of splitLines(this.path, readInflated(this.path, this.#compression))) {
      if (text.trim() === '') continue;
      const object = this.#parse(line, text);
      if (typeof object !== 'object' || object === null || Array.isArray(object)) {
        rejectLine(this.path, line, 'it holds no JSON object', 'Write `{"KEY": VALUE, …}` on each line.');
      }
      yield { line, object: object as Record<string, unknown> };
    }
  }

  #parse(line: number, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      return rejectLine(
        this.path,
        line,
        `it is no JSON: ${(error as Error).message}`,
        ...(/\b(NaN|Infinity)\b/.test(text) ? ['JSON has no NaN and Infinity, though Python writes them.'] : []),
      );
    }
  }
}
