import type { RunRecord } from '#record/record.js';
import { escapeMarkdown as text } from '../escape-markdown.js';
import { type ModelVariant, orderedVariants, titleOf } from '../ordered-variants.js';
import { comparedText } from '../values.js';
import { changesLine, findingLines, tableHead, tableRow, variantLines, verdictLine } from './lines.js';

export interface MarkdownOptions {
  /** How long it may be, counted as `measure` does. */
  readonly limit: number;
  /** GitHub counts the characters of comments, and the bytes of summaries. */
  readonly measure: (text: string) => number;
  /** Addresses to link to, by what they are called. */
  readonly links?: Readonly<Record<string, string>>;
  /** Whether details are folded, as in comments. */
  readonly folded: boolean;
}

/** What is left free for the line that says what was left out. */
const RESERVE = 400;

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
  if (record.findings.length > 0) page.add('', ...findingLines(record.findings));
  if (variants.length > 0) {
    page.add('', ...tableHead);
    page.each(variants, tableRow, 'rows of the table', 0.6);
  }
  const detailed = variants
    .map((each) => ({ each, lines: variantLines(each) }))
    .filter(({ lines }) => lines.length > 0);
  page.each(detailed, ({ each, lines }) => detailsOf(each, lines, options.folded), 'models in detail', 1);
  page.end('', `<sub>${baseLine(record)}</sub>`);
  return page.text();
}

function detailsOf(each: ModelVariant, lines: readonly string[], folded: boolean): string {
  const title = text(titleOf(each));
  if (!folded) return ['', `#### ${title}`, '', ...lines].join('\n');
  // What went wrong stands open.
  const open = each.variant.verdict === 'passed' ? '' : ' open';
  return ['', `<details${open}><summary>${title}</summary>`, '', ...lines, '', '</details>'].join('\n');
}

function baseLine(record: RunRecord): string {
  const { tool, shard } = record;
  const part = shard ? `, share ${shard.index} of ${shard.count}` : '';
  return `${text(comparedText(record))} TFLite Gate ${text(tool.version)}${part}.`;
}

/** Lines up to a limit. */
class Page {
  readonly #options: MarkdownOptions;
  readonly #parts: string[] = [];
  #length = 0;

  constructor(options: MarkdownOptions) {
    this.#options = options;
  }

  add(...lines: readonly string[]): void {
    const part = lines.join('\n');
    if (this.#take(part, 1)) return;
    throw new Error('the head of a report is longer than the report may be');
  }

  /** As many as fit into a share of the page, and how many did not. */
  each<T>(items: readonly T[], render: (item: T) => string, what: string, share: number): void {
    for (const [i, item] of items.entries()) {
      if (this.#take(render(item), share)) continue;
      this.#parts.push(`\n_${items.length - i} more ${what} are left out here; the report has all of them._`);
      return;
    }
  }

  #take(part: string, share: number): boolean {
    const length = this.#options.measure(part) + 1;
    if (this.#length + length > (this.#options.limit - 2 * RESERVE) * share) return false;
    this.#length += length;
    this.#parts.push(part);
    return true;
  }

  /** What stands at the end, in the space that is kept for it. */
  end(...lines: readonly string[]): void {
    this.#parts.push(lines.join('\n').slice(0, RESERVE * 2));
  }

  text(): string {
    return `${this.#parts.join('\n')}\n`;
  }
}
