import { failures, metricFacts, RANDOM, type SchemeName, schemes } from '../choices.js';
import type {
  Baseline,
  Config,
  EvaluateConfig,
  MetricConfig,
  MetricOptionsConfig,
  ModelEntry,
  VariantConfig,
} from '../config.js';
import { parseQuantity, type Unit } from '../quantity.js';
import { buildLimits } from './build-limits.js';
import type { ConfigFile, ModelFile, VariantFile } from './config-schema.js';
import { deepMerge } from './deep-merge.js';
import type { EvaluateFile, MetricFile } from './evaluate-schema.js';
import { parseTarget } from './parse-target.js';
import { NONE } from './schema-parts.js';

/** The folder of results where the configuration names none. */
export const DEFAULT_CACHE = '.cache/tflite-gate';

/** Every SavedModel there is. */
export const EVERYTHING = '**';

/** All that the file says beside its models. */
export function buildSettings(file: Omit<ConfigFile, 'models' | 'defaults'>): Omit<Config, 'file' | 'models'> {
  const { report = {}, cache = DEFAULT_CACHE } = file;
  const failOn = file['fail-on'] ?? failures;
  const { 'artifact-name': artifactName = 'tflite-models' } = report;
  return {
    allowCode: file['allow-code'] ?? false,
    allowLimitChanges: file['allow-limit-changes'] ?? false,
    failOn: failOn === NONE ? [] : failures.filter((each) => failOn.includes(each)),
    runtime: file.runtime ?? 'wasm',
    python: file.python,
    engineSetup: file['engine-setup'] ?? 'none',
    engineTimeLimit: measured(file['engine-time-limit'], 'seconds') ?? 1800,
    engineMemory: measured(file['engine-memory'], 'bytes'),
    cache: cache === NONE ? undefined : cache,
    workers: file.workers,
    memory: measured(file.memory, 'bytes'),
    report: {
      comment: report.comment ?? true,
      annotations: report.annotations ?? true,
      artifactName: artifactName === NONE ? undefined : artifactName,
      retentionDays: report['retention-days'],
    },
  };
}

/** A model of the file, with the file's defaults below it. */
export function buildModel(own: ModelFile, defaults: ConfigFile['defaults']): ModelEntry {
  const file: ModelFile = deepMerge(defaults, own);
  const evaluate = buildEvaluate(file.evaluate ?? {});
  const limits = buildLimits(file.limits, evaluate.metrics);
  const targets = (file.targets ?? []).map(parseTarget);
  return {
    path: normalized(file.path),
    name: file.name,
    signatures: file.signatures,
    tags: file.tags,
    inputShapes: Object.fromEntries(
      Object.entries(file['input-shapes'] ?? {}).map(([name, dims]) => [
        name,
        dims.map((dim) => (dim === '?' ? null : dim)),
      ]),
    ),
    variants: (file.variants ?? ['float32' as const]).map((variant) =>
      buildVariant(typeof variant === 'string' ? shorthand(variant) : variant, file, evaluate.metrics),
    ),
    evaluate,
    verify: file.verify ?? 'none',
    baseline: parseBaseline(file.baseline ?? 'base'),
    limits,
    targets,
  };
}

export function parseBaseline(text: string): Baseline {
  return text === 'base' || text === NONE ? { kind: text } : { kind: 'file', path: normalized(text) };
}

function isScheme(text: string): text is SchemeName {
  return schemes.some((scheme) => scheme === text);
}

function shorthand(text: string): VariantFile {
  return isScheme(text) ? { quantize: text } : { recipe: text };
}

function buildVariant(file: VariantFile, model: ModelFile, metrics: readonly MetricConfig[]): VariantConfig {
  const { recipe, calibration, targets = model.targets ?? [] } = file;
  const quantize = file.quantize ?? (recipe === undefined ? 'float32' : undefined);
  const shared = calibration === undefined ? model['representative-data'] : undefined;
  const representativeData = file['representative-data'] ?? shared;
  return {
    name: file.name ?? quantize ?? stem(recipe ?? ''),
    quantize,
    recipe: recipe && normalized(recipe),
    representativeData: representativeData && normalized(representativeData),
    calibration: calibration && normalized(calibration),
    ioType: file['io-type'] ?? 'float32',
    engine: file.engine ?? model.engine ?? 'native',
    selectTfOps: file['select-tf-ops'] ?? model['select-tf-ops'] ?? false,
    allowCustomOps: file['allow-custom-ops'] ?? model['allow-custom-ops'] ?? [],
    replacements: (file.replacements ?? model.replacements ?? []).map(normalized),
    fuseRnn: file['fuse-rnn'] ?? model['fuse-rnn'] ?? false,
    limits: buildLimits(deepMerge(model.limits, file.limits), metrics),
    targets: targets.map(parseTarget),
  };
}

function buildEvaluate(file: EvaluateFile): EvaluateConfig {
  const { data, image = {}, audio = {}, metrics = ['agreement'] } = file;
  return {
    data: data === undefined || data === RANDOM ? undefined : normalized(data),
    labels: file.labels,
    classes: file.classes,
    labelFile: file['label-file'] && normalized(file['label-file']),
    metrics: metrics.map((metric) => buildMetric(typeof metric === 'string' ? { metric } : metric)),
    batch: file.batch,
    limit: file.limit,
    seed: file.seed,
    image: {
      fit: image.fit,
      shorterSide: image['shorter-side'],
      padding: image.padding,
      antialias: image.antialias,
      scale: image.scale,
      mean: image.mean,
      std: image.std,
      order: image.order,
    },
    audio: {
      sampleRate: audio['sample-rate'],
      resample: audio.resample,
      mono: audio.mono,
      length: audio.length,
      align: audio.align,
      scale: audio.scale,
    },
  };
}

function buildMetric({ metric, name, ...options }: MetricFile): MetricConfig {
  const known = metricFacts(metric) !== undefined;
  const entries = Object.entries(options).map(([key, value]) => [
    key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return {
    name: name ?? (known ? metric : stem(metric)),
    metric: known ? metric : normalized(metric),
    options: Object.fromEntries(entries) as MetricOptionsConfig,
  };
}

function measured(value: string | number | undefined, unit: Unit): number | undefined {
  return value === undefined ? undefined : parseQuantity(value, unit);
}

/** So that one file has one name: with `/`, without `./` in front and `/` behind. */
export function normalized(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/');
  const kept = parts.filter((part, i) => part !== '.' && (part !== '' || i === 0));
  return kept.join('/') || '.';
}

/** The name of a file without its endings, as part of another file's name. */
function stem(path: string): string {
  const base = normalized(path).split('/').at(-1) as string;
  return (
    base
      .replace(/\.(?:ya?ml|m?js)$/i, '')
      .replace(/[^\w.-]+/g, '_')
      .replace(/^[.-]+/, '_') || '_'
  );
}
