/**
 * What may be chosen in the configuration. Schemes, recipes and types are those of src/quantize, which this folder may
 * not import; a test keeps the lists alike.
 */
export const schemes = [
  'float32',
  'float16',
  'dynamic',
  'weight-only',
  'int4',
  'int8',
  'int8-only',
  'int16x8',
] as const;

export type SchemeName = (typeof schemes)[number];

/** Schemes that need the ranges of activations, from data or from a file. */
export const staticSchemes: readonly SchemeName[] = ['int8', 'int8-only', 'int16x8'];

export const recipeNames = [
  'microcontroller',
  'accelerator',
  'old-accelerator',
  'transformer',
  'compact',
  'outliers',
  'exact-outputs',
] as const;

export const ioTypes = ['float32', 'int8', 'uint8', 'int16'] as const;

export const engines = ['native', 'tensorflow', 'auto'] as const;
export const runtimes = ['wasm', 'native'] as const;

export const targetNames = ['litert', 'micro', 'gpu', 'edge-tpu'] as const;

export const labelTypes = ['int64', 'int32', 'uint8', 'one-hot'] as const;

export const boxFormats = ['yxyx', 'xyxy', 'xywh', 'cxcywh'] as const;

/** Kinds of verdicts that can fail a run. */
export const failures = [
  'unsupported',
  'missing',
  'accuracy',
  'size',
  'ops',
  'macs',
  'peak-memory',
  'latency',
  'target',
] as const;

/** Data of seeded random numbers. */
export const RANDOM = 'random';

interface MetricFacts {
  readonly better: 'higher' | 'lower';
  /** Whether values lie from 0 to 1. */
  readonly share: boolean;
  /** What outputs are compared with: the data's labels or the float model; by default, where users may choose. */
  readonly against: 'labels' | 'float';
  /** What may stand in brackets behind the name; `1` for the number of any class. */
  readonly brackets: readonly string[];
}

const share = { better: 'higher', share: true, against: 'labels', brackets: ['1'] } as const;
const scored = { ...share, brackets: ['1', 'micro'] } as const;
const against = ['labels', 'float'] as const;
const error = { better: 'lower', share: false, against: 'labels', brackets: against } as const;

/** Those of src/evaluate, which this folder may not import; a test keeps them alike. `top-1` stands for any `top-K`. */
const metrics: Readonly<Record<string, MetricFacts>> = {
  'top-1': { ...share, brackets: [] },
  'top-5': { ...share, brackets: [] },
  precision: scored,
  recall: scored,
  f1: scored,
  'roc-auc': share,
  'log-loss': { ...error, brackets: [] },
  mae: error,
  rmse: error,
  r2: { ...error, better: 'higher' },
  cosine: { better: 'higher', share: true, against: 'float', brackets: against },
  sqnr: { better: 'higher', share: false, against: 'float', brackets: against },
  'max-error': { ...error, against: 'float' },
  'mean-iou': share,
  map: share,
  'map-50': share,
  'map-75': share,
  agreement: { better: 'higher', share: true, against: 'float', brackets: [] },
};

export const metricNames: readonly string[] = Object.keys(metrics);

/**
 * What is known of a metric by its name, `top-3` and `f1[micro]` among them; undefined for one from a module, or one
 * that there is not.
 */
export function metricFacts(name: string): MetricFacts | undefined {
  const [, base = '', bracket] = /^([a-z0-9-]+)(?:\[([a-z0-9]+)\])?$/.exec(name) ?? [];
  const known = /^top-[1-9]\d{0,5}$/.test(base) ? 'top-1' : base;
  const facts = Object.hasOwn(metrics, known) ? metrics[known] : undefined;
  if (!facts || bracket === undefined) return facts;
  if (bracket === 'labels' || bracket === 'float') {
    return facts.brackets.includes(bracket) ? { ...facts, against: bracket } : undefined;
  }
  return facts.brackets.includes(/^\d{1,6}$/.test(bracket) ? '1' : bracket) ? facts : undefined;
}

/** Whether a path is, by its name, of a module of code, which `allow-code` has to permit. */
export function isModule(path: string): boolean {
  return /\.[cm]?js$/i.test(path);
}
