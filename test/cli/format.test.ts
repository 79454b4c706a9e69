import { expect, test } from '@jest/globals';
import { commandLineOf } from '#cli/command-line.js';
import { formatBytes, formatCount, formatSeconds, plural } from '#cli/format.js';
import { usesColor } from '#cli/streams.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_949, '99.9 kB'],
  [86_400, '86.4 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [14_000_000, '14.0 MB'],
  [2.5e9, '2.5 GB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts, seconds, plurals', () => {
  expect([0, 12, 1234, 5.4e6, 3e12].map(formatCount)).toEqual(['0', '12', '1.2 k', '5.4 M', '3.0 T']);
  expect([0, 214, 9_994, 83_000].map(formatSeconds)).toEqual(['0.00 s', '0.21 s', '9.99 s', '83 s']);
  expect([plural(1, 'op'), plural(0, 'op'), plural(2, 'op')]).toEqual(['1 op', '0 ops', '2 ops']);
});

test('a command line that a shell reads back', () => {
  expect(commandLineOf(['convert', 'a b', "it's", '--x=1,?'])).toBe("tflite-gate convert 'a b' 'it'\\''s' '--x=1,?'");
});

test('colours are for terminals that want them', () => {
  const tty = { write: () => true, isTTY: true };
  expect(usesColor(tty, {})).toBe(true);
  expect(usesColor(tty, { NO_COLOR: '' })).toBe(true);
  expect(usesColor(tty, { NO_COLOR: '1' })).toBe(false);
  expect(usesColor(tty, { TERM: 'dumb' })).toBe(false);
  expect(usesColor({ write: () => true }, {})).toBe(false);
});
