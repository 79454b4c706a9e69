import { describe, expect, test } from '@jest/globals';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import { annotationsOf } from '#report/annotations.js';

function annotate(...diagnostics: Diagnostic[]) {
  return annotationsOf({
    passed: false,
    models: [{ name: 'net', savedModel: 'models/net', verdict: 'unsupported', diagnostics }],
  });
}

const unsupported = (op: string, node: string, detail = 'TFLite has no op for it') =>
  diagnostic('unsupported-op', { op, detail, locations: [{ node }], help: ['Use Relu.', 'Or not.'] });

describe('annotationsOf', () => {
  test('findings of one op and reason are one', () => {
    expect(annotate(...['a', 'b', 'c', 'd', 'e'].map((node) => unsupported('Mystery', node)))).toMatchInlineSnapshot(`
[
  {
    "file": "models/net/saved_model.pb",
    "message": "TFLite has no op for it At a, b, c and 2 more. Use Relu.",
    "severity": "error",
    "title": "net: Op without a TFLite equivalent (Mystery)",
  },
]
`);
  });

  test('ten of each severity are shown, the last of which says how many there are', () => {
    const found = annotate(...Array.from({ length: 25 }, (_, i) => unsupported(`Op${i}`, 'n')));
    expect(found).toHaveLength(10);
    expect(found.at(-1)).toMatchObject({ title: '16 more', severity: 'error' });
    expect(annotate(...Array.from({ length: 10 }, (_, i) => unsupported(`Op${i}`, 'n'))).at(-1)?.title).toContain(
      'Op9',
    );
  });

  test('one line of limited length, whatever the model holds', () => {
    const [found] = annotate(unsupported('X'.repeat(1000), `n\n::error::${'y'.repeat(9000)}\u202e`));
    expect(found?.title).toHaveLength(255);
    expect(found?.message).toHaveLength(4000);
    expect(`${found?.title}${found?.message}`).not.toMatch(/[\n\u202e]/);
  });
});
