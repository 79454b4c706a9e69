import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { formatRanges, parseRanges, Ranges, rangeKey, readRanges, writeRanges } from '#quantize/ranges.js';

const ranges = new Ranges(
  new Map([
    ['serve/z', { min: -1.5, max: 0.1 }],
    ['serve/a "quoted"\n', { min: 0, max: 6, algorithm: 'mse' as const }],
    ['__proto__', { min: 1, max: 1 }],
  ]),
  new Map([['serve', 100]]),
);

function refusal(text: string): string {
  try {
    parseRanges(text, 'r.json');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics).toHaveLength(1);
    expect(error.diagnostics[0]).toMatchObject({ code: 'invalid-data', locations: [{ file: 'r.json' }] });
    return error.diagnostics[0]?.detail as string;
  }
  throw new Error('nothing was refused');
}

describe('ranges as text', () => {
  test('are sorted, a tensor a line', () => {
    expect(formatRanges(ranges)).toMatchInlineSnapshot(`
"{
  "format": "tflite-gate ranges",
  "version": 1,
  "samples": {"serve":100},
  "tensors": {
    "__proto__": {"min":1,"max":1},
    "serve/a \\"quoted\\"\\n": {"min":0,"max":6,"algorithm":"mse"},
    "serve/z": {"min":-1.5,"max":0.1}
  }
}
"
`);
  });

  test('are read back as they were', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tflite-gate-ranges-')), 'ranges.json');
    writeRanges(ranges, file);
    const read = readRanges(file);
    expect(formatRanges(read)).toBe(formatRanges(ranges));
    expect(read.size).toBe(3);
    expect(read.get(rangeKey('serve', 'z'))).toEqual({ min: -1.5, max: 0.1 });
    expect(read.get('__proto__')).toEqual({ min: 1, max: 1 });
    expect(read.get('toString')).toBeUndefined();
    expect(formatRanges(new Ranges(new Map()))).toBe(
      formatRanges(parseRanges(formatRanges(new Ranges(new Map())), 'r')),
    );
  });

  test('a file that is not there', () => {
    expect(() => readRanges('/nowhere/ranges.json')).toThrow(/cannot be read/);
    expect(() => writeRanges(ranges, '/nowhere/ranges.json')).toThrow(/cannot be written/);
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-ranges-'));
    writeFileSync(join(folder, 'r.json'), '[]');
    expect(() => readRanges(join(folder, 'r.json'))).toThrow(/it is \[\], not an object/);
  });
});

const document = (change: object) =>
  JSON.stringify({ format: 'tflite-gate ranges', version: 1, tensors: {}, ...change });

test.each([
  ['', /it is not JSON: /],
  ['['.repeat(100_000), /it is not JSON: |not an object/],
  ['null', /it is null, not an object/],
  ['{}', /"format" is not "tflite-gate ranges"/],
  [document({ version: 2 }), /its version is 2, and this program reads version 1 only/],
  [document({ tensors: undefined }), /"tensors" is missing, not an object/],
  [document({ tensors: [] }), /"tensors" is \[\], not an object/],
  [document({ tensors: { x: 1 } }), /the range of "x" is 1, not an object/],
  [document({ tensors: { x: { min: 0 } } }), /the range of "x" is 0 to missing; both have to be finite numbers/],
  [document({ tensors: { x: { min: '0', max: 1 } } }), /the range of "x" is "0" to 1; both/],
  [document({ tensors: { x: { min: 0, max: 7 } } }).replace('7', '1e999'), /both have to be finite numbers/],
  [document({ tensors: { x: { min: 2, max: 1 } } }), /the range of "x" is from 2 down to 1/],
  [document({ tensors: { x: { min: 0, max: 1, scale: 2 } } }), /has a field "scale", which it cannot have/],
  [document({ tensors: { x: { min: 0, max: 1, algorithm: 'magic' } } }), /has the unknown algorithm "magic"/],
  [document({ samples: { serve: 1.5 } }), /the number of samples of "serve" is 1.5/],
  [document({ tensors: { ['k'.repeat(10_000)]: 'v'.repeat(10_000) } }), /^.{0,300}$/],
])('what is no file of ranges is refused: %.60s', (text, message) => {
  expect(refusal(text)).toMatch(message);
});
