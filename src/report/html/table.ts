import { type Markup, markup, type Part } from './markup.js';

export interface Column<Row> {
  readonly name: string;
  /** What the cell shows. */
  readonly cell: (row: Row) => Part;
  /** What it is sorted by, where that is a number; else by its text. */
  readonly sort?: (row: Row) => number | null;
}

/** A table that the page's script makes sortable; the first column names the row. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const head = columns.map(({ name, sort }) => markup`<th scope="col"${sort ? NUMBER : undefined}>${name}</th>`);
  const body = rows.map((row) => markup`<tr>${columns.map((column, i) => cell(column, row, i === 0))}</tr>\n`);
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table class="sortable">
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

const NUMBER = markup` class="n"`;

function cell<Row>({ cell: show, sort }: Column<Row>, row: Row, isFirst: boolean): Markup {
  const value = sort?.(row);
  const order = sort ? markup` class="n" data-v="${value ?? ''}"` : undefined;
  return isFirst ? markup`<th scope="row"${order}>${show(row)}</th>` : markup`<td${order}>${show(row)}</td>`;
}
