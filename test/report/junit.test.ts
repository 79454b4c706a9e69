import { describe, expect, test } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { renderJunit } from '#report/junit.js';
import {
  HOSTILE,
  sampleCheck,
  sampleFinding,
  sampleModel,
  sampleRecord,
  sampleVariant,
} from '../record/sample-record.js';
import { failingReport, hostileReport, passingReport } from './html/sample-reports.js';

interface Outcome {
  readonly message: string;
  readonly type?: string;
}

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly failure?: readonly Outcome[];
  readonly error?: readonly Outcome[];
  readonly skipped?: readonly Outcome[];
  readonly 'system-out'?: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly skipped: string;
  readonly time: string;
  readonly testcase: readonly Case[];
}

function parsed(text: string): Suite & { readonly testsuite: readonly Suite[] } {
  expect(XMLValidator.validate(text)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
    isArray: (name, _, __, isAttribute) =>
      !isAttribute && ['testsuite', 'testcase', 'failure', 'error', 'skipped', 'system-out'].includes(name),
  });
  return (parser.parse(text) as { testsuites: Suite & { testsuite: readonly Suite[] } }).testsuites;
}

describe('JUnit', () => {
  test('has a suite a model and a test a check', () => {
    const { testsuite, tests, failures } = parsed(renderJunit(failingReport().record));
    expect(testsuite.map(({ name, tests: count, failures: failed }) => [name, count, failed])).toEqual([
      ['digits', '5', '2'],
      ['keywords', '2', '0'],
      ['translator', '1', '1'],
    ]);
    expect([tests, failures]).toEqual(['8', '3']);
    expect(testsuite[0]?.testcase.map(({ name }) => name)).toEqual([
      'float32: converted',
      'float32: size.max',
      'int8: converted',
      'int8: metrics.top-1.max-drop',
      'int8: size.max',
    ]);
    expect(testsuite[0]?.testcase[3]?.failure?.[0]).toMatchObject({
      type: 'accuracy',
      message: 'top-1 drops by 0.018 from the float model, more than the 0.01 allowed.',
    });
    expect(testsuite[2]?.testcase[0]?.failure?.[0]).toMatchObject({
      type: 'unsupported',
      message: 'TFLite has no op for it.',
    });
  });

  test('what is within noise passes and says so, what was skipped is skipped', () => {
    const checks = [
      sampleCheck({ verdict: 'within-noise', reason: 'It may be worse.' }),
      sampleCheck({ id: 'latency', kind: 'latency', verdict: 'skipped', reason: 'No base.' }),
    ];
    const { testsuite } = parsed(
      renderJunit(sampleRecord({ models: [sampleModel({ variants: [sampleVariant({ checks })] })] })),
    );
    const [, noise, skipped] = testsuite[0]?.testcase ?? [];
    expect(noise?.failure).toBeUndefined();
    expect(noise?.['system-out']?.[0]).toContain('Within noise: It may be worse.');
    expect(skipped?.skipped?.[0]?.message).toBe('No base.');
    expect(testsuite[0]?.skipped).toBe('1');
  });

  test('what is missing fails once, with the reason of its check', () => {
    const checks = [sampleCheck({ id: 'missing', kind: 'missing', reason: 'It is no longer there.' })];
    const variant = sampleVariant({ verdict: 'missing', file: null, figures: null, checks });
    const { testsuite } = parsed(renderJunit(sampleRecord({ models: [sampleModel({ variants: [variant] })] })));
    expect(testsuite[0]?.testcase).toHaveLength(1);
    expect(testsuite[0]?.testcase[0]?.failure?.[0]?.message).toBe('It is no longer there.');
  });

  test('what could not be checked is an error, of a model and of the run', () => {
    const models = [sampleModel({ variants: [sampleVariant({ verdict: 'invalid', findings: [sampleFinding()] })] })];
    const record = sampleRecord({ verdict: 'invalid', models, findings: [sampleFinding({ detail: 'No such file.' })] });
    const { testsuite, errors } = parsed(renderJunit(record));
    expect(errors).toBe('2');
    expect(testsuite[0]?.testcase[0]?.error?.[0]?.message).toBe('No such file.');
    expect(testsuite[1]?.testcase[0]?.error?.[0]?.type).toBe('invalid');
  });

  test('takes times from the record', () => {
    expect(parsed(renderJunit(passingReport().record)).time).toBe('1.680');
  });

  test('names stay text, without characters that XML cannot hold', () => {
    const text = renderJunit(hostileReport().record);
    const { testsuite } = parsed(text);
    expect(testsuite).toHaveLength(HOSTILE.length + 1);
    expect(text).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u202e\ufffe\uffff\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?<![\ud800-\udbff](?=[\udc00-\udfff]))/,
    );
    expect(testsuite[1]?.name).toBe(HOSTILE[0]);
    expect(testsuite[1]?.testcase[1]?.failure?.[0]?.message).toBe(HOSTILE[0]);
  });

  test('halves of characters and controls are replaced', () => {
    const name = 'a\u0000b\ud800c\u001bd';
    const { testsuite } = parsed(renderJunit(sampleRecord({ models: [sampleModel({ name })] })));
    expect(testsuite[0]?.name).toBe('a\ufffdb\ufffdc\ufffdd');
  });
});
