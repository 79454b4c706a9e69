import { isolateDirection, visibleText } from '../visible-text.js';

/** HTML, SVG or XML that is made here: what text must become before it can stand in a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Markup | undefined | readonly Part[];

type Tag = (strings: TemplateStringsArray, ...parts: readonly Part[]) => Markup;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from a model or a file, as text or as a value between quotes: nothing in it is markup. */
export function escapeMarkup(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** Tag of templates of pages: what is filled in is escaped, but for markup that was made by this tag; lists are joined. */
export const markup = tagOf((text) => isolateDirection(escapeMarkup(text)));

/** As `markup`, for what programs read: paths and names are those they are. */
export const xml = tagOf(escapeMarkup);

function tagOf(escaped: (text: string) => string): Tag {
  const textOf = (part: Part): string => {
    if (part === undefined) return '';
    if (part instanceof Markup) return part.text;
    if (typeof part === 'string') return escaped(part);
    if (typeof part === 'number') return String(part);
    return part.map(textOf).join('');
  };
  return (strings, ...parts) => {
    let text = strings[0] as string;
    for (const [i, part] of parts.entries()) text += textOf(part) + strings[i + 1];
    return new Markup(text);
  };
}
