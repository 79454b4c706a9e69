import { describe, expect, test } from '@jest/globals';
import type { Metric } from '#record/measures.js';
import type { RunRecord } from '#record/record.js';
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
    expect(text).toMatchInlineSnapshot(`
"### TFLite Gate

❌ **Failed.** 1 check failed of 1 model: digits (float32): size.

⚠️ **The gate itself is changed:** models.digits.limits.size.max from 200 kB to 300 kB, not counted yet.

[Full report](https://github.com/o/r/actions/runs/1/artifacts/2)

| model | verdict | size | accuracy | ops | targets |
| --- | --- | --- | --- | --- | --- |
| digits float32 | ❌ size | 205 kB (+4.5 kB, +2.2%) | top-1 0.97 (−0.01 to base, within noise) | 12 (+2) | ✅ litert |
| digits int8 | ✅ | 205 kB (+4.5 kB, +2.2%) | top-1 0.99 (+0.01 to base, better) | 12 (+2) | ✅ litert |

<details open><summary>digits (float32)</summary>

- ❌ The file is 204.5 kB, 4.5 kB more than the 200 kB allowed.

</details>

<sub>Compared with ffffffffffff: It is the first parent of the merge. TFLite Gate 0.1.0.</sub>
"
`);
  });

  test('a certain drop from the float model is told before one from the base that may be none', () => {
    const drop = { value: 0.98, drop: 0.01, interval: null, test: 'mcnemar' } as const;
    const cellOf = (more: Partial<Metric>): string | undefined =>
      renderMarkdown(
        sampleRecord({ models: [sampleModel({ variants: [sampleVariant({ metrics: [sampleMetric(more)] })] })] }),
        comment,
      )
        .split('\n')
        .find((line) => line.startsWith('| digits'))
        ?.split(' | ')[3];
    const reference = { ...drop, value: 0.99, p: 0.001 };
    expect(cellOf({ value: 0.97, base: { ...drop, p: 0.3 }, reference })).toBe(
      'top-1 0.97 (−0.02 to float, certainly worse)',
    );
    expect(cellOf({ value: 0.97, base: { ...drop, p: 0.01 }, reference })).toBe(
      'top-1 0.97 (−0.01 to base, certainly worse)',
    );
    expect(cellOf({ value: 0.97, base: { ...drop, p: null }, reference: null })).toBe(
      'top-1 0.97 (−0.01 to base, within noise)',
    );
  });

  test('what cannot be converted is listed with its help', () => {
    const variant = sampleVariant({ verdict: 'unsupported', figures: null, metrics: [], findings: [sampleFinding()] });
    const text = renderMarkdown(sampleRecord({ models: [sampleModel({ variants: [variant] })] }), comment);
    expect(text).toContain('<details open><summary>digits (int8)</summary>');
    expect(text).toContain('- **Op without a TFLite equivalent**: Cross');
    expect(text).toContain('💡 Use Relu.');
  });

  test('what a run or one model has too much of is cut, and leaves room for the others', () => {
    const findings = Array.from({ length: 600 }, (_, i) =>
      sampleFinding({ op: `Op${i}`, detail: `Reason ${i}. ${'x'.repeat(9000)}` }),
    );
    const models = Array.from({ length: 12 }, (_, i) =>
      sampleModel({
        name: `model-${i}`,
        variants: [sampleVariant({ verdict: 'unsupported', findings: i < 3 ? findings : [sampleFinding()] })],
      }),
    );
    const record = sampleRecord({ verdict: 'failed', headline: 'long '.repeat(40_000), findings, models });
    const text = renderMarkdown(record, comment);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text.match(/^- _\d+ more lines are left out here; the report has them\._$/gm)).toHaveLength(4);
    for (let i = 0; i < 12; i++) expect(text).toContain(`\n| model-${i} int8 |`);
    expect(text).toContain('<summary>model-4 (int8)</summary>');
    expect(text).toMatch(/<sub>Compared with .*<\/sub>\n$/);
  });

  test('a baseline file is named in full, a commit by so much of it that GitHub links it', () => {
    const of = (base: RunRecord['base']): string => renderMarkdown(sampleRecord({ base }), comment);
    expect(of({ kind: 'file', name: 'gate/baseline-of-main.json', reason: 'It is named.' })).toContain(
      '<sub>Compared with gate/baseline-of-main.json: It is named. TFLite Gate',
    );
    expect(of({ kind: 'commit', name: 'f'.repeat(40), reason: 'So.' })).toContain('Compared with ffffffffffff: So.');
    expect(of({ kind: 'commit', name: '@user/abcd', reason: 'So.' })).toContain(
      'Compared with &#64;&#8203;user/abcd: So.',
    );
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

test('the native runtime is named beside the version', () => {
  const tool = { name: 'tflite-gate', version: '1.2.3', runtime: 'LiteRT 2.3.0' } as const;
  expect(renderMarkdown(sampleRecord({ tool }), comment)).toContain(' TFLite Gate 1.2.3, LiteRT 2.3.0.');
});
