import { describe, expect, test } from '@jest/globals';
import { formatLimit, formatQuantity, parseLimit, parseQuantity, type Unit } from '#config/quantity.js';

describe('parseQuantity', () => {
  test.each<[string | number, Unit, number | undefined]>([
    ['200 kB', 'bytes', 200_000],
    ['200kB', 'bytes', 200_000],
    ['1.5 MB', 'bytes', 1_500_000],
    ['1.5 MiB', 'bytes', 1_572_864],
    ['2 KiB', 'bytes', 2048],
    ['2 kiB', 'bytes', 2048],
    ['0.1 GB', 'bytes', 100_000_000],
    ['1 GiB', 'bytes', 1_073_741_824],
    ['12 B', 'bytes', 12],
    ['12', 'bytes', 12],
    [1234, 'bytes', 1234],
    ['0.0015 kB', 'bytes', 2],
    ['200 kb', 'bytes', undefined],
    ['200 Mb', 'bytes', undefined],
    ['-1 B', 'bytes', undefined],
    ['5%', 'bytes', undefined],
    ['1e9', 'bytes', undefined],
    ['1,000', 'bytes', undefined],
    ['1 toString', 'bytes', undefined],
    ['', 'bytes', undefined],
    [-1, 'bytes', undefined],
    [Number.NaN, 'bytes', undefined],
    [Infinity, 'bytes', undefined],
    ['3 M', 'count', 3_000_000],
    ['1.2G', 'count', 1_200_000_000],
    ['3 MB', 'count', undefined],
    ['90 s', 'seconds', 90],
    ['1.5 min', 'seconds', 90],
    ['0.5 h', 'seconds', 1800],
    ['0.01', 'number', 0.01],
    ['1 k', 'number', undefined],
  ])('%p in %s', (text, unit, expected) => {
    expect(parseQuantity(text, unit)).toBe(expected);
  });
});

test('limits are absolute, or relative by %, right to the last digit', () => {
  expect(parseLimit('0.7%', 'bytes')).toEqual({ relative: 0.007 });
  expect(parseLimit('5 %', 'number')).toEqual({ relative: 0.05 });
  expect(parseLimit('250%', 'number')).toEqual({ relative: 2.5 });
  expect(parseLimit(0.005, 'number')).toEqual({ absolute: 0.005 });
  expect(parseLimit('1 kB', 'bytes')).toEqual({ absolute: 1000 });
  for (const text of ['%', '-5%', '5%%', '5 percent', '1e2%']) expect(parseLimit(text, 'bytes')).toBeUndefined();
});

test('what is shown may be written again', () => {
  const bytes = [0, 1, 999, 1000, 1024, 1536, 200_000, 1_572_864, 1_234_567, 5e9, 2 ** 30];
  for (const value of bytes) expect(parseQuantity(formatQuantity(value, 'bytes'), 'bytes')).toBe(value);
  expect(formatQuantity(200_000, 'bytes')).toBe('200 kB');
  expect(formatQuantity(1_572_864, 'bytes')).toBe('1.5 MiB');
  expect(formatQuantity(1800, 'seconds')).toBe('1800 s');
  expect(formatLimit({ relative: 0.007 }, 'bytes')).toBe('0.7%');
  expect(formatLimit({ absolute: 0.1 + 0.2 }, 'number')).toBe('0.3');
});
