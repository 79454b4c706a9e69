/** Characters that mean something to GitHub's Markdown, in a table cell or elsewhere. */
const SPECIAL = /[\\`*_{}[\]()<>#+\-.!|~@:&$"']/g;

/** Invisible characters that break lines or turn the direction of what follows. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text that comes from a model or a path, as text in Markdown: nothing in it is markup, a mention, a link or a line
 * break. Character references are used, as GitHub undoes backslashes before it looks for mentions.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(INVISIBLE, '�')
    .replace(SPECIAL, (character) => `&#${character.codePointAt(0)};`);
}
