import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { officialScheme } from '../../../src/engines/tensorflow/convert-request.js';

describe('the scheme of the official converter', () => {
  test.each(['float32', 'dynamic', 'float16'])('%s needs no samples', (scheme) => {
    expect(officialScheme({ scheme })).toBe(scheme);
  });

  test.each(['int8', 'int8-only', 'int16x8'])('%s needs samples', (scheme) => {
    expect(officialScheme({ scheme, representativeData: 'data.npz' })).toBe(scheme);
    expect(() => officialScheme({ scheme })).toThrow('nothing says in which ranges');
  });

  test('of nothing is that of a float model', () => {
    expect(officialScheme({})).toBe('float32');
  });

  test('all that it cannot do is told at once', () => {
    const options = {
      scheme: 'int4',
      calibration: 'ranges.json',
      fuseRnn: true,
      explain: 'fuse-bias',
      verifyPasses: true,
    };
    expect(() => officialScheme(options)).toThrow(
      'cannot do this: ranges from a file, fusing recurrent layers, explaining a pass, checking after passes, the scheme int4. Its schemes are',
    );
    expect(() => officialScheme({ recipe: 'compact' })).toThrow(DiagnosticError);
    expect(() => officialScheme({ scheme: 'weight-only' })).toThrow('the scheme weight-only');
  });
});
