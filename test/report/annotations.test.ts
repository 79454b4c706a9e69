import { describe, expect, test } from '@jest/globals';
import type { Finding } from '#record/findings.js';
import { annotationsOf } from '#report/annotations.js';
import {
  HOSTILE,
  sampleCheck,
  sampleFinding,
  sampleModel,
  sampleRecord,
  sampleVariant,
} from '../record/sample-record.js';

function annotate(...findings: Finding[]) {
  return annotationsOf(sampleRecord({ models: [sampleModel({ variants: [sampleVariant({ findings })] })] }));
}

const unsupported = (op: string, node: string, detail = 'TFLite has no op for it.') =>
  sampleFinding({ op, detail, locations: [{ node }], help: ['Use Relu.', 'Or not.'] });

describe('annotationsOf', () => {
  test('findings of one op and reason are one', () => {
    expect(annotate(...['a', 'b', 'c', 'd', 'e'].map((node) => unsupported('Mystery', node)))).toEqual([
      {
        severity: 'error',
        title: 'digits (int8): Op without a TFLite equivalent (Mystery)',
        message: 'TFLite has no op for it. At a, b, c and 2 more. Use Relu.',
        file: 'models/digits/saved_model.pb',
      },
    ]);
  });

  test('where the line of source in the repository is known, it stands there', () => {
    const located = (file: string) => sampleFinding({ locations: [{ node: 'n', file, line: 7 }] });
    expect(annotate(located('src/model.py'))[0]).toMatchObject({ file: 'src/model.py', line: 7 });
    expect(annotate(located('/home/me/model.py'))[0]).toMatchObject({ file: 'models/digits/saved_model.pb' });
  });

  test('checks that failed are errors, drops within noise notices, what is loosened a warning', () => {
    const checks = [
      sampleCheck(),
      sampleCheck({ id: 'metrics.top-1.max-drop', kind: 'accuracy', verdict: 'within-noise', reason: 'A drop.' }),
      sampleCheck({ id: 'ops.max', verdict: 'pass' }),
    ];
    const change = { kind: 'limit', path: 'models.digits.limits.size.max', model: 'digits', variant: null } as const;
    const record = sampleRecord({
      models: [sampleModel({ variants: [sampleVariant({ verdict: 'failed', checks })] })],
      changes: [{ ...change, from: '200 kB', to: '300 kB', loosened: true, counted: false }],
    });
    expect(annotationsOf(record).map(({ severity, message }) => [severity, message])).toEqual([
      ['error', 'The file is 204.5 kB, 4.5 kB more than the 200 kB allowed.'],
      ['warning', "models.digits.limits.size.max from 200 kB to 300 kB: the base's counts until this is merged."],
      ['notice', 'A drop.'],
    ]);
  });

  test('as many of each severity are shown as GitHub does, the last of which says how many there are', () => {
    const found = annotate(...Array.from({ length: 25 }, (_, i) => unsupported(`Op${i}`, 'n')));
    expect(found).toHaveLength(9);
    expect(found.at(-1)).toMatchObject({ title: '17 more' });
  });

  test('notices leave room for those of what a step could not do', () => {
    const notice = sampleFinding({ severity: 'notice', op: 'A' });
    const found = annotate(...Array.from({ length: 25 }, (_, i) => ({ ...notice, detail: `Detail ${i}.` })));
    expect(found).toHaveLength(6);
    expect(found.at(-1)).toMatchObject({ severity: 'notice', title: '20 more' });
  });

  test('names are one line of bounded length', () => {
    for (const name of HOSTILE) {
      const [found] = annotationsOf(
        sampleRecord({
          models: [
            sampleModel({
              name: name.repeat(20),
              variants: [sampleVariant({ findings: [unsupported(name, name.repeat(99))] })],
            }),
          ],
        }),
      );
      expect(found?.title.length).toBeLessThanOrEqual(255);
      expect(found?.message.length).toBeLessThanOrEqual(4000);
      expect(`${found?.title}${found?.message}`).not.toMatch(/[\r\n\u202e\ud800-\udbff](?![\udc00-\udfff])/);
    }
  });
});
