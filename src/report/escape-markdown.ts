import { isolateDirection, visibleText } from './visible-text.js';

/** Characters that mean something to GitHub's Markdown anywhere in a line, and that begin references. */
const SPECIAL = '[\\\\`*_[\\]<>#|~&@$]';
/** What would begin a list, a heading or the like where a list item begins with it. */
const BLOCK_START = '^[-+=](?=[\\s=-]|$)|(?<=^\\d+)[.)](?=\\s|$)';
/** The middle of what GitHub would take for a reference, an address or an emoji. */
const REFERENCE = [
  '[@#](?=[\\p{L}\\p{N}_-])',
  '(?<=\\b(?:gh|ghsa|cve))-(?=\\w)',
  ':(?=//|[\\w+-]+:)',
  '(?<=\\bwww)\\.',
].join('|');
/** What GitHub would take for a commit: numbers are none. */
const COMMIT = '\\b(?:(?=\\d*[a-f])[\\da-f]{7,40}|\\d{40})\\b';

const PATTERN = new RegExp(`(?<commit>${COMMIT})|(?<reference>${REFERENCE})|${SPECIAL}|${BLOCK_START}`, 'giu');
const BREAK = '&#8203;';

/**
 * Text that comes from a model, a configuration or data, as text in Markdown and in HTML within it: nothing in it is
 * markup, a mention, a link or a line break, and it keeps its direction to itself. Character references keep GitHub's
 * Markdown from reading it, but are undone before GitHub looks for references: these are broken by a space of no width
 * or, as words of their own, stand where it does not look. Dollars stand alone, as GitHub asks for against mathematics.
 */
export function escapeMarkdown(text: string): string {
  const visible = isolateDirection(visibleText(text).trim());
  return visible.replace(PATTERN, (found, ...more) => {
    const { commit, reference } = more.at(-1) as Readonly<Record<string, string | undefined>>;
    if (commit !== undefined) return `<code>${commit}</code>`;
    const escaped = `&#${found.codePointAt(0)};`;
    if (reference !== undefined) return escaped + BREAK;
    return found === '$' ? `<span>${escaped}</span>` : escaped;
  });
}
