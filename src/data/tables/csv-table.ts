import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { rejectData, rejectLine } from '../data-error.js';
import { type Compression, readInflated } from '../inflate.js';
import type { Table, TableRow } from './table.js';

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** In bytes: a small compressed file may hold a row of any length. */
const LONGEST_ROW = 2 ** 23;
const ORIENTATION = 'Columns are separated by commas, in a .tsv file by tabs, and the first line names them.';

/** A CSV file in UTF-8 (RFC 4180), whose first line names the columns; `delimiter` separates them. */
export class CsvTable implements Table {
  readonly path: string;
  readonly #delimiter: string;
  readonly #compression: Compression;

  constructor(path: string, delimiter: string, compression: Compression) {
    this.path = path;
    this.#delimiter = delimiter;
    this.#compression = compression;
  }

  async columns(): Promise<readonly string[]> {
    for await (const { record } of this.#records()) return this.#header(record);
    return rejectData(this.path, 'it has no rows', ORIENTATION);
  }

  async *rows(): AsyncGenerator<TableRow> {
    let header: readonly string[] | undefined;
    for await (const { record, info } of this.#records()) {
      if (header === undefined) {
        header = this.#header(record);
        continue;
      }
      if (record.length !== header.length) {
        rejectLine(
          this.path,
          info.lines,
          `it has ${record.length} values for ${header.length} columns`,
          'A value that holds the separator or a line break stands in double quotes.',
        );
      }
      yield { line: info.lines, values: record };
    }
  }

  #header(names: readonly string[]): readonly string[] {
    const trimmed = names.map((name) => name.trim());
    const twice = trimmed.find((name, i) => trimmed.indexOf(name) !== i);
    if (twice !== undefined) rejectLine(this.path, 1, `the column '${twice}' stands there twice`);
    if (trimmed.every((name) => name !== '' && Number.isFinite(Number(name)))) {
      rejectLine(this.path, 1, 'it holds numbers where the names of the columns are expected', ORIENTATION);
    }
    return trimmed;
  }

  async *#records(): AsyncGenerator<ParsedRecord> {
    const parser = parse({
      bom: true,
      delimiter: this.#delimiter,
      info: true,
      max_record_size: LONGEST_ROW,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    const source = Readable.from(this.#bytes());
    // Unlike `pipe`, an error on either side ends the other.
    source.on('error', (error) => parser.destroy(error));
    source.pipe(parser);
    try {
      yield* parser as AsyncIterable<ParsedRecord>;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const line = Number(error['lines'] ?? 1);
      rejectLine(this.path, line, reasonOf(error), ORIENTATION);
    } finally {
      source.destroy();
      parser.destroy();
    }
  }

  async *#bytes(): AsyncGenerator<Uint8Array> {
    let first = true;
    for await (const chunk of readInflated(this.path, this.#compression)) {
      if (first && ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff))) {
        rejectData(this.path, 'it is text in UTF-16', 'Save it as CSV in UTF-8.');
      }
      first = false;
      yield chunk;
    }
  }
}

function reasonOf({ code, message }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a double quote is opened and never closed';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${LONGEST_ROW} bytes`;
    default:
      return `it is no CSV: ${message.replace(/\.$/, '')}`;
  }
}
