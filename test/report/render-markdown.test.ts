import { describe, expect, test } from '@jest/globals';
import { renderMarkdown } from '#report/markdown/render-markdown.js';
import {
  HOSTILE,
  sampleCheck,
  sampleFinding,
  sampleMetric,
  sampleModel,
  sampleRecord,
  sampleVariant,
} from '../record/sample-record.js';

const comment = { limit: 65_536, measure: (text: string) => text.length, folded: true };

describe('renderMarkdown', () => {
  test('the verdict, a row for each variant, details of what went wrong first', () => {
    const failed = sampleVariant({
      name: 'float32',
      verdict: 'failed',
      checks: [sampleCheck()],
      metrics: [
        sampleMetric({ value: 0.97, base: { value: 0.98, drop: 0.01, interval: null, p: 0.3, test: 'mcnemar' } }),
      ],
    });
    const text = renderMarkdown(
      sampleRecord({
        verdict: 'failed',
        headline: '1 check failed of 1 model: digits (float32): size.',
        models: [sampleModel({ variants: [sampleVariant(), failed] })],
        changes: [
          {
            kind: 'limit',
            path: 'models.digits.limits.size.max',
            model: 'digits',
            variant: null,
            from: '200 kB',
            to: '300 kB',
            loosened: true,
            counted: false,
          },
        ],
      }),
      { ...comment, links: { 'Full report': 'https://github.com/o/r/actions/runs/1/artifacts/2' } },
    );
    expect(text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))).toMatchInlineSnapshot(`
"### TFLite Gate

❌ **Failed.** 1 check failed of 1 model: digits (float32): size.

⚠️ **The gate itself is changed:** models.digits.limits.size.max from 200 kB to 300 kB, not counted yet.

[Full report](https://github.com/o/r/actions/runs/1/artifacts/2)

| model | verdict | size | accuracy | ops | targets |
| --- | --- | --- | --- | --- | --- |
| digits float32 | ❌ failed | 205 kB (+4.5 kB, +2.2%) | top-1 0.97 (−0.01 to base, within noise) | 12 (+2) | ✅ litert |
| digits int8 | ✅ | 205 kB (+4.5 kB, +2.2%) | top-1 0.99 (+0.01 to base, better) | 12 (+2) | ✅ litert |

<details open><summary>digits (float32)</summary>

- ❌ The file is 204.5 kB, 4.5 kB more than the 200 kB allowed.

</details>

<sub>Compared with ffffffffffff: It is the first parent of the merge. TFLite Gate 0.1.0.</sub>
"
`);
  });

  test('what cannot be converted is listed with its help', () => {
    const variant = sampleVariant({ verdict: 'unsupported', figures: null, metrics: [], findings: [sampleFinding()] });
    const text = renderMarkdown(sampleRecord({ models: [sampleModel({ variants: [variant] })] }), comment);
    expect(text).toContain('<details open><summary>digits &#40;int8&#41;</summary>');
    expect(text).toContain('- **Op without a TFLite equivalent**: Cross');
    expect(text).toContain('💡 Use Relu&#46;');
  });

  test('of 300 models with hostile names the comment is shortened, and says so', () => {
    const models = Array.from({ length: 300 }, (_, i) =>
      sampleModel({
        name: `${HOSTILE[i % HOSTILE.length]} ${i}`,
        variants: [
          sampleVariant({
            verdict: i % 3 ? 'passed' : 'failed',
            checks: i % 3 ? [] : [sampleCheck({ reason: HOSTILE.join(' ') })],
          }),
        ],
      }),
    );
    const text = renderMarkdown(sampleRecord({ verdict: 'failed', models }), comment);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/_\d+ more rows of the table are left out here; the report has all of them\._/);
    expect(text).toMatch(/_\d+ more models in detail are left out here; the report has all of them\._/);
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
    expect(text).not.toMatch(/<script|@octocat|!\[|https:\/\/example|\u202e/);
  });

  test('a gate that is changed in a hundred ways fills no page', () => {
    const changes = Array.from({ length: 100 }, (_, i) => ({
      kind: 'limit' as const,
      path: HOSTILE.join('.').repeat(20),
      model: null,
      variant: null,
      from: HOSTILE.join('').repeat(10),
      to: String(i),
      loosened: true,
      counted: false,
    }));
    expect(renderMarkdown(sampleRecord({ changes }), comment)).toContain('; and 90 more.');
  });
});
