import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { renderSarif } from '#report/sarif.js';
import { HOSTILE, sampleFinding, sampleModel, sampleRecord, sampleVariant } from '../record/sample-record.js';
import { failingReport, hostileReport, passingReport } from './html/sample-reports.js';

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation?: {
      readonly artifactLocation: { readonly uri: string };
      readonly region?: { readonly startLine: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface SarifLog {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly SarifResult[];
  }[];
}

function resultsOf(text: string): readonly SarifResult[] {
  return (JSON.parse(text) as SarifLog).runs[0]?.results ?? [];
}

/** The official schema of SARIF 2.1.0 (https://github.com/oasis-tcs/sarif-spec). Zod takes relative addresses for wrong. */
const schema = z.fromJSONSchema(
  JSON.parse(readFileSync('test/report/fixtures/sarif-schema-2.1.0.json', 'utf8'), (key, value: unknown) =>
    key === 'format' && value === 'uri-reference' ? undefined : value,
  ),
);

describe('SARIF', () => {
  test.each([
    ['a pass', passingReport().record],
    ['a failure', failingReport().record],
    ['hostile names', hostileReport().record],
    ['nothing', sampleRecord({ models: [] })],
  ])('of %s is as its schema wants it', (_, record) => {
    const log: unknown = JSON.parse(renderSarif(record));
    expect(schema.safeParse(log).error?.issues ?? []).toEqual([]);
  });

  test('the schema refuses what is none', () => {
    const log = JSON.parse(renderSarif(failingReport().record)) as { runs: { results: { level: string }[] }[] };
    log.runs[0]!.results[0]!.level = 'terrible';
    expect(schema.safeParse(log).success).toBe(false);
  });

  test('has checks that did not pass, findings, and what of the gate is changed', () => {
    const results = resultsOf(renderSarif(failingReport().record));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['gate-changed', 'warning'],
      ['unsupported-op', 'error'],
      ['unsupported-op', 'warning'],
      ['check-accuracy', 'error'],
      ['check-size', 'error'],
      ['check-accuracy', 'note'],
    ]);
    expect(resultsOf(renderSarif(passingReport().record))).toEqual([]);
  });

  test('every rule is declared once, where its results say', () => {
    const { runs } = JSON.parse(renderSarif(failingReport().record)) as SarifLog;
    const rules = runs[0]?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(new Set(rules).size).toBe(rules.length);
    for (const { ruleId, ruleIndex } of runs[0]?.results ?? []) expect(rules[ruleIndex]).toBe(ruleId);
  });

  test("places are lines of sources in the repository, else the model's file", () => {
    const locations = [
      { file: 'train/model.py', line: 12, node: 'net/Cross', layer: 'net' },
      { file: '/usr/lib/python3/keras.py', line: 3, node: 'net/Other' },
    ];
    const variant = sampleVariant({ verdict: 'unsupported', findings: [sampleFinding({ locations })] });
    const [result] = resultsOf(
      renderSarif(sampleRecord({ models: [sampleModel({ path: 'a b/ü', variants: [variant] })] })),
    );
    expect(result?.locations.map(({ physicalLocation }) => physicalLocation)).toEqual([
      { artifactLocation: { uri: 'train/model.py', uriBaseId: 'SRCROOT' }, region: { startLine: 12 } },
      { artifactLocation: { uri: 'a%20b/%C3%BC/saved_model.pb', uriBaseId: 'SRCROOT' } },
    ]);
    expect(result?.locations[0]?.logicalLocations?.map(({ fullyQualifiedName }) => fullyQualifiedName)).toEqual([
      'net',
      'net/Cross',
    ]);
  });

  test('messages hold no links, placeholders or control characters', () => {
    const results = resultsOf(renderSarif(hostileReport().record));
    expect(results.length).toBeGreaterThan(HOSTILE.length * 3);
    for (const { message } of results) {
      expect(message.text).not.toMatch(/(?<!\\)\[|[\u0000-\u001f\u202e]/);
      expect(message.text.replaceAll('{{', '')).not.toContain('{');
    }
  });

  test('results can be told from one another, and are the same in the next run', () => {
    const prints = resultsOf(renderSarif(failingReport().record)).map(({ partialFingerprints }) =>
      JSON.stringify(partialFingerprints),
    );
    expect(new Set(prints).size).toBe(prints.length);
    const again = resultsOf(renderSarif(failingReport().record));
    expect(again.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).toEqual(prints);
  });

  test('codes of another version are still rules', () => {
    const finding = sampleFinding({ code: 'of-the-future', title: 'Of the future', severity: 'notice' });
    const text = renderSarif(sampleRecord({ findings: [finding] }));
    expect(text).toContain('"id": "of-the-future"');
    expect(resultsOf(text)[0]?.level).toBe('note');
  });
});
