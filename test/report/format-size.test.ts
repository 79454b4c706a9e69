import { expect, test } from '@jest/globals';
import { formatSize } from '#report/format-size.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [204_400, '204 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [14_000_000, '14.0 MB'],
  [2_500_000_000, '2.5 GB'],
  [5e12, '5000 GB'],
])('%d bytes: %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
