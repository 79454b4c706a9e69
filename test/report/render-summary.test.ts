import { describe, expect, test } from '@jest/globals';
import { diagnostic } from '#diagnostics/diagnostic.js';
import type { ModelResult } from '#report/record.js';
import { renderSummary } from '#report/render-summary.js';

const good: ModelResult = {
  name: 'digits',
  savedModel: 'models/digits',
  verdict: 'passed',
  file: 'out/digits.tflite',
  size: 204_500,
  ops: 12,
  diagnostics: [],
};

function bad(name: string, places: readonly string[]): ModelResult {
  const found = places.map((node) =>
    diagnostic('unsupported-op', {
      op: 'Mystery',
      detail: 'TFLite has no op for it',
      locations: [{ node, layer: node.split('/')[0] ?? '' }],
      help: ['Use Relu instead.'],
    }),
  );
  return { name, savedModel: name, verdict: 'unsupported', diagnostics: found };
}

describe('renderSummary', () => {
  test('one model that passed, several, none', () => {
    expect(renderSummary({ passed: true, models: [good] })).toMatchInlineSnapshot(`
"## TFLite Gate

**Passed: the model is converted and runs.**

| model | verdict | size | ops | SavedModel |
| --- | --- | ---: | ---: | --- |
| digits | ✅ passed | 205 kB | 12 | models/digits |

"
`);
    expect(renderSummary({ passed: true, models: [good, good] })).toContain(
      '**Passed: all 2 models are converted and run.**',
    );
    expect(renderSummary({ passed: false, models: [] })).toContain('**No SavedModel was found.**');
  });

  test('those that failed stand first, with what is wrong', () => {
    expect(renderSummary({ passed: false, models: [good, bad('net', ['a/x', 'b/y'])] })).toMatchInlineSnapshot(`
"## TFLite Gate

**1 of 2 models cannot be converted or run.**

| model | verdict | size | ops | SavedModel |
| --- | --- | ---: | ---: | --- |
| net | ❌ unsupported | – | – | net |
| digits | ✅ passed | 205 kB | 12 | models/digits |

### net

- **Op without a TFLite equivalent**: Mystery, 2 times
  - TFLite has no op for it
    - layer a, node a/x
    - layer b, node b/y
    - 💡 Use Relu instead&#46;

"
`);
  });

  test('places beyond 50 are counted', () => {
    const text = renderSummary({
      passed: false,
      models: [
        bad(
          'net',
          Array.from({ length: 60 }, (_, i) => `n${i}/x`),
        ),
      ],
    });
    expect(text.match(/layer n\d+/g)).toHaveLength(50);
    expect(text).toContain('and 10 more places');
  });

  test('names from models are text', () => {
    const hostile = '<script>|@user\n## title\u202e';
    const text = renderSummary({ passed: false, models: [bad(hostile, [hostile])] });
    expect(text).not.toContain('<script>');
    expect(text).not.toMatch(/@user|\u202e|^## title/m);
    expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  });

  test('it stays below what GitHub shows, and says what is left out', () => {
    const models = Array.from({ length: 4000 }, (_, i) => bad(`model-${i}-${'x'.repeat(200)}`, ['a/x']));
    const text = renderSummary({ passed: false, models });
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toMatch(/_\d+ more lines are left out: GitHub shows no summary over 1 MiB\._\n$/);
  });
});
