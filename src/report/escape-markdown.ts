/** Characters that mean something to GitHub's Markdown, in a table cell or elsewhere. */
const SPECIAL = /[\\`*_{}[\]()<>#+\-.!|~@:&$"']/g;

/** Characters that are not seen, break lines or turn the direction of what follows, and halves of characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Where a mention, a reference to an issue or an emoji begins. */
const REFERENCE = /^(?:[@#][\w-]|:[\w+-]+:)/;

/**
 * Text that comes from a model or a path, as text in Markdown: nothing in it is markup, a mention, a link or a line
 * break. Backslashes and character references keep GitHub's Markdown from reading it, but are undone before GitHub
 * looks for mentions, references and emoji: these are broken by a space of no width.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(INVISIBLE, '\ufffd').replace(SPECIAL, (character, at: number, whole: string) => {
    const escaped = `&#${character.codePointAt(0)};`;
    return REFERENCE.test(whole.slice(at, at + LONGEST_REFERENCE)) ? `${escaped}&#8203;` : escaped;
  });
}

/** No emoji's name is longer. */
const LONGEST_REFERENCE = 64;
