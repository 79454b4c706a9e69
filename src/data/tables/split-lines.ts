import { rejectLine } from '../data-error.js';

/** In bytes: a small compressed file may hold a line of any length. */
const LONGEST_LINE = 2 ** 26;
const NEWLINE = 0x0a;

/** The lines of a text in UTF-8, without their ends. Throws a DiagnosticError for what is no UTF-8, or has no end. */
export async function* splitLines(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ line: number; text: string }> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array) => {
    const text = decode(path, line, parts.length === 0 ? part : Buffer.concat([...parts, part]));
    parts = [];
    length = 0;
    return { line: line++, text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) rejectLine(path, line, `it is longer than ${LONGEST_LINE} bytes`);
  }
  if (parts.length > 0) yield take(new Uint8Array(0));
}

function decode(path: string, line: number, bytes: Uint8Array): string {
  try {
    // A byte order mark is left out, which is what a decoder does at the start of what it is given.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r$/, '');
  } catch {
    return rejectLine(path, line, 'it is not text in UTF-8');
  }
}
