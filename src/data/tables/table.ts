/** Rows of named columns, in a file. */
export interface Table {
  readonly path: string;
  /** Names of the columns, each once. Throws a DiagnosticError where the file is empty or does not begin as it should. */
  columns(): Promise<readonly string[]>;
  /** All rows, from the first one each time. */
  rows(): AsyncIterable<TableRow>;
}

export interface TableRow {
  /** 1-based line of the file: that on which the row ends. */
  readonly line: number;
  /** A value for each column, as JSON has them; texts in CSV; undefined where the row has none. */
  readonly values: readonly unknown[];
}
