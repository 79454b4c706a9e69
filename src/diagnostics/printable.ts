/** Control characters, and those that reorder or hide the text around them. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text from a model or a file as one line that cannot steer a terminal: what is unprintable is escaped as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** As `printable`, but lines stay lines. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map(printable);
}
