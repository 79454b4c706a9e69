/** Where the command line writes to: the process's own streams, or what a test captures. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface Streams {
  readonly out: OutputStream;
  readonly err: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours are for terminals only, and not where https://no-color.org or a terminal without them asks for none. */
export function usesColor(stream: OutputStream, env: Streams['env']): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
