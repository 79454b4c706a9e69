import type { Check, Finding } from '#record/findings.js';
import type { Figures, Metric } from '#record/measures.js';
import { type Model, type RunRecord, SCHEMA_VERSION, type Variant } from '#record/record.js';

export function sampleFigures(more: Partial<Figures> = {}): Figures {
  return {
    bytes: 204_500,
    sha256: 'a'.repeat(64),
    ops: 12,
    opCounts: { CONV_2D: 8, SOFTMAX: 4 },
    macs: 3_000_000,
    weightBytes: 200_000,
    peakActivationBytes: 40_000,
    minimumRuntime: '2.3.0',
    ...more,
  };
}

export function sampleMetric(more: Partial<Metric> = {}): Metric {
  const interval = { low: 0.9768, high: 0.9957, level: 0.95, method: 'wilson' } as const;
  return {
    name: 'top-1',
    direction: 'higher',
    unit: null,
    samples: 500,
    evidence: 'data',
    value: 0.99,
    interval,
    reference: {
      value: 0.992,
      drop: 0.002,
      interval: { ...interval, low: -0.003, high: 0.007 },
      p: 0.5,
      test: 'mcnemar',
    },
    base: { value: 0.98, drop: -0.01, interval: { ...interval, low: -0.02, high: 0.001 }, p: 0.99, test: 'mcnemar' },
    ...more,
  };
}

export function sampleCheck(more: Partial<Check> = {}): Check {
  return {
    id: 'size.max',
    kind: 'size',
    limit: 200_000,
    limitText: '200 kB',
    measured: 204_500,
    unit: 'bytes',
    verdict: 'fail',
    certainty: null,
    p: null,
    adjustedP: null,
    pLimit: null,
    strict: false,
    samplesToSettle: null,
    spread: null,
    reason: 'The file is 204.5 kB, 4.5 kB more than the 200 kB allowed.',
    ...more,
  };
}

export function sampleFinding(more: Partial<Finding> = {}): Finding {
  return {
    code: 'unsupported-op',
    severity: 'error',
    title: 'Op without a TFLite equivalent',
    detail: 'TFLite has no op for it.',
    locations: [{ node: 'net/a/Cross', layer: 'a' }],
    help: ['Use Relu.'],
    op: 'Cross',
    ...more,
  };
}

export function sampleVariant(more: Partial<Variant> = {}): Variant {
  return {
    name: 'int8',
    scheme: 'int8',
    engine: 'native',
    verdict: 'passed',
    file: 'models/digits-int8.tflite',
    figures: sampleFigures(),
    base: sampleFigures({ bytes: 200_000, ops: 10 }),
    metrics: [sampleMetric()],
    nan: { rows: 0, first: null },
    layers: [
      { op: 'CONV_2D', tensor: 'a/out', layer: 'a', sqnr: 21.5, meanError: 0.01, maxError: 0.4, saturated: 0.02 },
    ],
    float: [],
    targets: [{ target: 'litert', fits: true, problems: [], source: 'LiteRT 2.1' }],
    checks: [],
    findings: [],
    ...more,
  };
}

export function sampleModel(more: Partial<Model> = {}): Model {
  return {
    name: 'digits',
    path: 'models/digits',
    status: 'changed',
    savedModel: { bytes: 90_000, sha256: 'b'.repeat(64) },
    data: { path: 'test.npz', sha256: 'c'.repeat(64) },
    judgedBy: 'base',
    variants: [sampleVariant()],
    findings: [],
    ...more,
  };
}

export function sampleRecord(more: Partial<RunRecord> = {}): RunRecord {
  const models = more.models ?? [sampleModel()];
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'tflite-gate', version: '0.1.0' },
    verdict: 'passed',
    headline: `${models.length} models passed.`,
    config: { file: '.tflite-gate.yml', sha256: 'd'.repeat(64), source: 'base', failOn: ['unsupported', 'size'] },
    head: { commit: 'e'.repeat(40) },
    base: { kind: 'commit', name: 'f'.repeat(40), reason: 'It is the first parent of the merge.' },
    shard: null,
    units: models.flatMap(({ name, variants }) => variants.map((variant) => ({ model: name, variant: variant.name }))),
    changes: [],
    models,
    findings: [],
    timing: { milliseconds: 1, variants: [] },
    ...more,
  };
}

/** Names that would break a table, ping, inject markup, or hide. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '| a | b |',
  '@octocat @org/team #1 GH-2',
  '`code` ```fence```',
  'line\nbreak\r\n\n# heading',
  'right\u202eleft\u2066\u200f',
  '𝕿𝖋𝖑𝖎𝖙𝖊 💥',
  '[link](https://example.com) ![image](https://example.com/x.png) https://example.com www.example.com',
  '<!-- comment --> &lt;b&gt; <details>',
  '\\|\\`\\<',
  'e'.repeat(500),
  '${{ secrets.TOKEN }} ::error::x',
];
