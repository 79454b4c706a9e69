/** Characters that no page can hold, that are not seen, break lines or turn the direction of what follows, and halves. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]|(?![\ufe00-\ufe0f])\p{DI}/gu;

/** Where Unicode keeps what is written from right to left. https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedBidiClass.txt */
const RIGHT_TO_LEFT = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}';
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[-_. ]?[${RIGHT_TO_LEFT}])*`, 'gu');
const ISOLATE = '\u2067';
const END_OF_ISOLATE = '\u2069';

/** Text from a model or a file, in which what would not be seen, or would turn the text around it, is seen as such. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, '\ufffd');
}

/**
 * What is written from right to left between marks that keep it to itself: it turns neither the words around it nor
 * their order. For texts that people read; the marks would be part of a path or a key.
 */
export function isolateDirection(text: string): string {
  return text.replace(RUN, `${ISOLATE}$&${END_OF_ISOLATE}`);
}

/** What fits into `length` characters, of which a cut takes one. */
export function shortened(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
