import type { Streams } from '#cli/streams.js';

/** Streams that keep what is written, to be read as text. */
export class CapturedStreams implements Streams {
  stdout = '';
  stderr = '';
  readonly out: { write(text: string): void; isTTY: boolean };
  readonly err: { write(text: string): void; isTTY: boolean };
  readonly env: Record<string, string>;

  constructor(options: { isTTY?: boolean; env?: Record<string, string> } = {}) {
    const { isTTY = false, env = {} } = options;
    const write = (to: 'stdout' | 'stderr') => (text: string) => {
      this[to] += text;
    };
    this.out = { isTTY, write: write('stdout') };
    this.err = { isTTY, write: write('stderr') };
    this.env = env;
  }
}
