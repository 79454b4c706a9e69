import type { GateChange } from '#record/findings.js';
import type { Layer } from '#record/measures.js';
import type { Model, RunRecord, Variant } from '#record/record.js';
import { type GraphNode, type GraphView, graphKey, type VariantGraphs } from '#report/html/graph-view.js';
import {
  HOSTILE,
  sampleCheck,
  sampleFigures,
  sampleFinding,
  sampleMetric,
  sampleModel,
  sampleRecord,
  sampleVariant,
} from '../../record/sample-record.js';

export interface SampleReport {
  readonly record: RunRecord;
  readonly graphs: ReadonlyMap<string, VariantGraphs>;
}

/** A network of `blocks` residual blocks; `altered` has one op more, and another op in place of the last. */
export function sampleGraph(blocks: number, altered = false, prefix = 'net'): GraphView {
  const nodes: GraphNode[] = [];
  const edges: [string, string][] = [];
  let last = '';
  const add = (op: string, name: string, shape: string, ...from: string[]): string => {
    const id = String(nodes.length);
    nodes.push({ id, op, layer: `${prefix}/${name}`, output: `${prefix}/${name}/${op}`, shape });
    for (const each of from) edges.push([each, id]);
    last = id;
    return id;
  };
  add('input', 'image', 'int8 1×32×32×3');
  add('CONV_2D', 'stem', 'int8 1×16×16×16', last);
  for (let i = 0; i < blocks; i++) {
    const start = last;
    add('CONV_2D', `block${i}/expand`, 'int8 1×16×16×96', start);
    add('DEPTHWISE_CONV_2D', `block${i}/depthwise`, 'int8 1×16×16×96', last);
    if (altered && i === 0) add('LOGISTIC', `block${i}/gate`, 'int8 1×16×16×96', last);
    add('CONV_2D', `block${i}/project`, 'int8 1×16×16×16', last);
    add('ADD', `block${i}/add`, 'int8 1×16×16×16', last, start);
  }
  add('MEAN', 'pool', 'int8 1×16', last);
  add('FULLY_CONNECTED', 'classes', altered ? 'int8 1×12' : 'int8 1×10', last);
  add('SOFTMAX', 'probabilities', altered ? 'int8 1×12' : 'int8 1×10', last);
  add('output', 'result', altered ? 'int8 1×12' : 'int8 1×10', last);
  return { nodes, edges };
}

function sampleLayers(count: number): Layer[] {
  return Array.from({ length: count }, (_, i) => ({
    op: i % 3 === 0 ? 'DEPTHWISE_CONV_2D' : 'CONV_2D',
    tensor: `net/block${i}/project/Conv2D`,
    layer: `net/block${i}/project`,
    sqnr: 14 + i * 1.7,
    meanError: 0.08 / (i + 1),
    maxError: 1.2 / (i + 1),
    saturated: 0.03 / (i + 1),
  }));
}

const drop = { low: 0.004, high: 0.031, level: 0.95, method: 'score' } as const;

const passed = sampleCheck({ verdict: 'pass', limitText: '250 kB', limit: 250_000, reason: 'The file is 204.5 kB.' });

function float32(more: Partial<Variant> = {}): Variant {
  return sampleVariant({
    name: 'float32',
    scheme: 'float32',
    file: 'models/digits-float32.tflite',
    figures: sampleFigures({ bytes: 790_000, weightBytes: 780_000 }),
    base: sampleFigures({ bytes: 790_000, weightBytes: 780_000 }),
    layers: [],
    metrics: [sampleMetric({ value: 0.992, reference: null, base: null })],
    checks: [passed],
    ...more,
  });
}

function int8(more: Partial<Variant> = {}): Variant {
  return sampleVariant({ layers: sampleLayers(12), checks: [passed], ...more });
}

const passes = [
  { name: 'fold-constants', runs: 3, changes: 2, milliseconds: 1.25, ops: 40 },
  { name: 'fuse-bias', runs: 2, changes: 1, milliseconds: 0.5, ops: 31 },
  { name: 'cancel-transposes', runs: 2, changes: 0, milliseconds: 0.125, ops: 31 },
];

function timed(models: readonly Model[]): RunRecord['timing'] {
  const variants = models.flatMap((model) =>
    model.variants.map((variant) => ({
      model: model.name,
      variant: variant.name,
      cached: false,
      milliseconds: 840,
      stages: [
        { name: 'make', milliseconds: 210, passes },
        { name: 'evaluate', milliseconds: 630 },
      ],
    })),
  );
  return { milliseconds: 840 * variants.length, variants };
}

function report(models: readonly Model[], graphs: SampleReport['graphs'], more: Partial<RunRecord> = {}): SampleReport {
  return { record: sampleRecord({ models: [...models], timing: timed(models), ...more }), graphs };
}

/** One model, all well. */
export function passingReport(): SampleReport {
  const model = sampleModel({ variants: [float32(), int8()] });
  const graphs = new Map([
    [graphKey('digits', 'float32'), { head: sampleGraph(3) }],
    [graphKey('digits', 'int8'), { head: sampleGraph(3) }],
  ]);
  return report([model], graphs, { headline: '2 variants of one model are within their limits.' });
}

/** One of each way in which models fail, a changed gate, and an altered graph. */
export function failingReport(): SampleReport {
  const accuracy = sampleCheck({
    id: 'metrics.top-1.max-drop',
    kind: 'accuracy',
    unit: 'metric',
    limit: 0.01,
    limitText: '0.01',
    measured: 0.018,
    p: 0.0004,
    adjustedP: 0.0021,
    pLimit: 0.06,
    certainty: 'certain',
    samplesToSettle: 1400,
    reason: 'top-1 drops by 0.018 from the float model, more than the 0.01 allowed.',
  });
  const worse = sampleMetric({
    value: 0.974,
    interval: { ...drop, low: 0.956, high: 0.985, method: 'wilson' },
    reference: { value: 0.992, drop: 0.018, interval: drop, p: 0.0004, test: 'mcnemar' },
    base: { value: 0.98, drop: 0.006, interval: { ...drop, low: -0.004, high: 0.016 }, p: 0.21, test: 'mcnemar' },
  });
  const models = [
    sampleModel({
      name: 'digits',
      variants: [float32(), int8({ verdict: 'failed', checks: [accuracy, sampleCheck()], metrics: [worse] })],
    }),
    sampleModel({
      name: 'keywords',
      path: 'models/keywords',
      variants: [
        int8({
          figures: sampleFigures({ bytes: 61_200 }),
          base: sampleFigures({ bytes: 63_000 }),
          checks: [{ ...accuracy, verdict: 'within-noise', certainty: 'within noise', p: 0.2, adjustedP: 0.4 }],
          targets: [
            {
              target: 'micro',
              fits: false,
              problems: [{ op: 'CUMSUM', reason: 'It is not in the resolver.', count: 2, places: ['net/sum'] }],
              source: 'TFLite Micro, 2025-10',
            },
          ],
        }),
      ],
    }),
    sampleModel({
      name: 'translator',
      path: 'models/translator',
      status: 'new',
      variants: [
        sampleVariant({
          name: 'float32',
          scheme: 'float32',
          verdict: 'unsupported',
          file: null,
          figures: null,
          base: null,
          metrics: [],
          layers: [],
          targets: [],
          findings: [sampleFinding(), sampleFinding({ severity: 'warning', title: 'A warning', op: 'Roll' })],
        }),
      ],
    }),
  ];
  const graphs = new Map([
    [graphKey('digits', 'int8'), { head: sampleGraph(3, true, 'net_1'), base: sampleGraph(3) }],
    [graphKey('digits', 'float32'), { head: sampleGraph(3) }],
    [graphKey('keywords', 'int8'), { head: sampleGraph(1) }],
  ]);
  const change: GateChange = {
    kind: 'limit',
    path: 'models.digits.limits.size.max',
    model: 'digits',
    variant: null,
    from: '200 kB',
    to: '300 kB',
    loosened: true,
    counted: false,
  };
  return report(models, graphs, {
    verdict: 'failed',
    headline: '2 of 4 variants fail: digits (int8), translator (float32).',
    changes: [change],
  });
}

/** Many models of which some fail, with graphs of 60 nodes each and a hundred layers. */
export function manyModelsReport(count: number): SampleReport {
  const models = Array.from({ length: count }, (_, i) => {
    const bytes = 40_000 * (i + 1);
    return sampleModel({
      name: `model-${i}`,
      path: `models/model-${i}`,
      variants: [
        int8({
          verdict: i % 17 === 3 ? 'failed' : 'passed',
          layers: sampleLayers(100),
          figures: sampleFigures({ bytes }),
          base: sampleFigures({ bytes: Math.round(bytes * (1 + ((i % 5) - 2) / 100)) }),
          metrics: [sampleMetric({ value: 0.99 - i / 1000, interval: null })],
          checks: [i % 17 === 3 ? sampleCheck() : passed],
        }),
      ],
    });
  });
  const graphs = new Map(models.map(({ name }) => [graphKey(name, 'int8'), { head: sampleGraph(14) }]));
  const failed = models.filter(({ variants }) => variants[0]?.verdict === 'failed').length;
  return report(models, graphs, {
    verdict: failed > 0 ? 'failed' : 'passed',
    headline: failed > 0 ? `${failed} of ${count} variants fail.` : `${count} variants are within their limits.`,
  });
}

/** Every text that a model, a configuration or data can choose is one that would break the page, if it were markup. */
export function hostileReport(): SampleReport {
  const models = HOSTILE.map((name) =>
    sampleModel({
      name,
      path: name,
      data: { path: name, sha256: null },
      findings: [sampleFinding({ title: name, detail: name, help: [name], op: name })],
      variants: [
        int8({
          name,
          scheme: name,
          verdict: 'failed',
          figures: sampleFigures({ opCounts: { [name]: 3 }, minimumRuntime: name }),
          metrics: [sampleMetric({ name })],
          layers: [{ op: name, tensor: name, layer: name, sqnr: 3, meanError: null, maxError: null, saturated: null }],
          float: [{ op: name, layer: name, reason: name, count: 1 }],
          targets: [
            {
              target: name,
              fits: false,
              source: name,
              problems: [{ op: name, reason: name, count: 1, places: [name] }],
            },
          ],
          checks: [sampleCheck({ id: name, limitText: name, reason: name })],
          findings: [sampleFinding({ detail: name, locations: [{ node: name, layer: name, file: name, line: 1 }] })],
        }),
      ],
    }),
  );
  const graphs = new Map(
    HOSTILE.map((name) => [
      graphKey(name, name),
      {
        head: {
          nodes: [
            { id: name, op: name, layer: name, output: name, shape: name },
            { id: 'b', op: 'ADD', layer: '', output: 'b', shape: 'int8 1' },
          ],
          edges: [[name, 'b'] as const],
        },
        base: sampleGraph(1),
      },
    ]),
  );
  return report(models, graphs, {
    verdict: 'failed',
    headline: HOSTILE.join(' '),
    changes: HOSTILE.map((name) => ({
      kind: 'limit',
      path: name,
      model: name,
      variant: name,
      from: name,
      to: name,
      loosened: true,
      counted: true,
    })),
    findings: HOSTILE.map((name) => sampleFinding({ code: 'data-unreadable', title: name, detail: name })),
    base: { kind: 'commit', name: HOSTILE[0] as string, reason: HOSTILE.join(' ') },
  });
}
