import { isAbsolute, join, normalize, sep } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { rejectData, rejectLine } from '../data-error.js';
import { isTableName, openTable } from '../tables/open-table.js';
import type { Table, TableRow } from '../tables/table.js';

/** Columns that may name the files. */
const FILE_COLUMNS = ['file', 'file_name', 'filename'];

/** The table of labels in a folder: the one asked for, or `labels.csv` and the like; undefined where there is none. */
export async function findLabelTable(
  folder: string,
  files: readonly string[],
  asked: string | undefined,
): Promise<Table | undefined> {
  if (asked !== undefined) {
    if (leadsOut(asked) || !isTableName(asked)) {
      fail('invalid-option', {
        detail: `the label file '${asked}' is no .csv, .tsv, .jsonl or .ndjson file in the folder ${folder}.`,
        help: ['Give its path in the folder, for example `labels.csv`.'],
      });
    }
    return openTable(join(folder, asked));
  }
  const found = files.filter((file) => /^labels\.[^/]+$/.test(file) && isTableName(file));
  if (found.length > 1) {
    rejectData(folder, `it has ${found.length} label files: ${found.join(', ')}`, 'Choose by the option `label-file`.');
  }
  return found[0] === undefined ? undefined : openTable(join(folder, found[0]));
}

/** The files that a table of labels names, row by row, and the rows. */
export class LabelledFiles {
  readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  /** The name of the column that names the files. */
  async fileColumn(): Promise<string> {
    const columns = await this.table.columns();
    const name = FILE_COLUMNS.find((candidate) => columns.includes(candidate));
    if (name !== undefined) return name;
    const found = columns.map((column) => `'${column}'`).join(', ');
    return rejectData(
      this.table.path,
      `no column names the files; there is ${found}`,
      'A label file has a column `file` with the paths of the samples in its folder, and the labels in other columns.',
    );
  }

  async *rows(): AsyncGenerator<{ file: string; row: TableRow }> {
    const place = (await this.table.columns()).indexOf(await this.fileColumn());
    for await (const row of this.table.rows()) {
      const file = row.values[place];
      if (typeof file !== 'string' || file === '') rejectLine(this.table.path, row.line, 'it names no file');
      const path = file.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
      if (leadsOut(path)) rejectLine(this.table.path, row.line, `the file '${file}' does not lie in the folder`);
      yield { file: path, row };
    }
  }
}

function leadsOut(path: string): boolean {
  const plain = normalize(path);
  return isAbsolute(plain) || plain === '..' || plain.startsWith(`..${sep}`) || path.includes('\0');
}
