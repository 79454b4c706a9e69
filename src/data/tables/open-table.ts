import { readStart } from '../file-access.js';
import { compressionOf } from '../inflate.js';
import { CsvTable } from './csv-table.js';
import { JsonLinesTable } from './json-lines-table.js';
import type { Table } from './table.js';

const NAME = /\.(csv|tsv|jsonl|ndjson)(\.gz)?$/i;

/** Whether a file's name says that it is a table; nothing in its content does. */
export function isTableName(path: string): boolean {
  return NAME.test(path);
}

/** The table in a file of such a name, plain or by gzip. Throws a DiagnosticError (`file-unreadable`, `lfs-pointer`). */
export async function openTable(path: string): Promise<Table> {
  const found = compressionOf(await readStart(path, 3));
  const compression = found === 'gzip' ? found : 'none';
  switch (NAME.exec(path)?.[1]?.toLowerCase()) {
    case 'csv':
      return new CsvTable(path, ',', compression);
    case 'tsv':
      return new CsvTable(path, '\t', compression);
    default:
      return new JsonLinesTable(path, compression);
  }
}
