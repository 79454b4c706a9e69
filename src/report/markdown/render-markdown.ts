import type { RunRecord } from '#record/record.js';
import { type ModelVariant, orderedVariants } from '../ordered-variants.js';
import {
  baseLine,
  changesLine,
  findingLines,
  tableHead,
  tableRow,
  titleLine,
  variantLines,
  verdictLine,
} from './lines.js';
import { Page, type PageOptions } from './page.js';

export interface MarkdownOptions extends PageOptions {
  /** Addresses to link to, by what they are called. */
  readonly links?: Readonly<Record<string, string>>;
  /** Whether details are folded, as in comments. */
  readonly folded: boolean;
}

/** How much of the page there may be up to the end of each part, and what one of its items may take. */
const FINDINGS = 0.3;
const TABLE = 0.65;
const ITEM = 0.15;

/**
 * A record as GitHub's Markdown: the verdict, what of the gate is changed, a row for each variant, what went wrong with
 * each and what helps. Where it would be too long, what passed is left out first, and a line says so. All that comes from
 * models, configurations and data is text in it, never markup.
 */
export function renderMarkdown(record: RunRecord, options: MarkdownOptions): string {
  const page = new Page(options);
  const variants = orderedVariants(record);
  const changed = changesLine(record);
  page.add('### TFLite Gate', '', verdictLine(record), ...(changed === undefined ? [] : ['', changed]));
  const links = Object.entries(options.links ?? {}).map(([name, url]) => `[${name}](${url})`);
  if (links.length > 0) page.add('', links.join(' · '));
  if (record.findings.length > 0) page.add('', ...page.cut(findingLines(record.findings), FINDINGS));
  if (variants.length > 0) {
    page.add('', ...tableHead);
    page.each(variants, tableRow, 'rows of the table', TABLE);
  }
  const detailed = variants
    .map((each) => ({ each, lines: page.cut(variantLines(each), ITEM) }))
    .filter(({ lines }) => lines.length > 0);
  page.each(detailed, ({ each, lines }) => detailsOf(each, lines, options.folded), 'models in detail', 1);
  page.end('', `<sub>${baseLine(record)}</sub>`);
  return page.text();
}

function detailsOf(each: ModelVariant, lines: readonly string[], folded: boolean): string {
  const title = titleLine(each);
  if (!folded) return ['', `#### ${title}`, '', ...lines].join('\n');
  // What went wrong stands open.
  const open = each.variant.verdict === 'passed' ? '' : ' open';
  return ['', `<details${open}><summary>${title}</summary>`, '', ...lines, '', '</details>'].join('\n');
}
