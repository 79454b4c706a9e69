import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import type { Metric, MetricOptions } from './metric.js';
import { agreement } from './metrics/agreement.js';
import { meanAveragePrecision } from './metrics/detection/mean-average-precision.js';
import { type ErrorName, errorMetric } from './metrics/errors.js';
import { logLoss } from './metrics/log-loss.js';
import { meanIou } from './metrics/mean-iou.js';
import type { Against } from './metrics/pairs.js';
import { precisionRecall, type Share } from './metrics/precision-recall.js';
import { r2 } from './metrics/r2.js';
import { rocAuc } from './metrics/roc-auc.js';
import { topK } from './metrics/top-k.js';

/** A family of metrics: what may stand in brackets after its name, and how one is made. */
interface Family {
  /** `1` stands for the number of any class. */
  readonly brackets: readonly string[];
  readonly make: (name: string, bracket: string | undefined, options: MetricOptions) => Metric;
}

const families: ReadonlyMap<string, Family> = new Map<string, Family>([
  ...(['precision', 'recall', 'f1'] satisfies Share[]).map((share): [string, Family] => [
    share,
    {
      brackets: ['1', 'micro'],
      make: (_, bracket, options) =>
        precisionRecall(share, bracket === 'micro' ? bracket : (classOf(bracket) ?? 'macro'), options),
    },
  ]),
  ['roc-auc', { brackets: ['1'], make: (_, bracket, options) => rocAuc(classOf(bracket), options) }],
  ['log-loss', { brackets: [], make: (_, __, options) => logLoss(options) }],
  ...(['mae', 'rmse'] satisfies ErrorName[]).map((kind) => errors(kind, 'labels')),
  [
    'r2',
    {
      brackets: ['labels', 'float'],
      make: (name, bracket, options) => r2(name, againstOf(bracket, options, 'labels'), options),
    },
  ],
  ...(['cosine', 'sqnr', 'max-error'] satisfies ErrorName[]).map((kind) => errors(kind, 'float')),
  ['mean-iou', { brackets: ['1'], make: (_, bracket, options) => meanIou(classOf(bracket), options) }],
  averagePrecision('map', undefined),
  averagePrecision('map-50', 0.5),
  averagePrecision('map-75', 0.75),
  ['agreement', { brackets: [], make: (_, __, options) => agreement(options) }],
]);

/** Metrics that there are; of `top-k` those that are common. */
export const metricNames: readonly string[] = ['top-1', 'top-5', ...families.keys()];

/**
 * The metric of a name: `top-1` or any `top-K`, `precision`, `recall`, `f1` (macro; `f1[3]` of a class, `f1[micro]`),
 * `roc-auc`, `log-loss`, `mae`, `rmse`, `r2`, `cosine`, `sqnr`, `max-error`, `mean-iou`, `map`, `map-50`, `map-75`,
 * `agreement`. `mae`, `rmse` and `r2` compare outputs with labels, `cosine`, `sqnr` and `max-error` with the float
 * model; `mae[float]` and `sqnr[labels]`, or the option `against`, say otherwise. Throws a DiagnosticError
 * (`invalid-option`) for a name that there is not.
 */
export function findMetric(name: string, options: MetricOptions = {}): Metric {
  const [, base = name, , bracket] = /^([^[\]]*)(\[([^[\]]*)\])?$/.exec(name) ?? [];
  const k = /^top-([1-9]\d{0,5})$/.exec(name);
  if (k) return topK(Number(k[1]), options);
  const family = families.get(base);
  if (family === undefined || !fits(family, bracket)) return refuse(name, base, family);
  return family.make(name, bracket, options);
}

function fits({ brackets }: Family, bracket: string | undefined): boolean {
  if (bracket === undefined || brackets.includes(bracket)) return true;
  return brackets.includes('1') && classOf(bracket) !== undefined;
}

function errors(kind: ErrorName, usual: Against): [string, Family] {
  const make: Family['make'] = (name, bracket, options) =>
    errorMetric(kind, name, againstOf(bracket, options, usual), options);
  return [kind, { brackets: ['labels', 'float'], make }];
}

function averagePrecision(base: string, threshold: number | undefined): [string, Family] {
  const make: Family['make'] = (name, bracket, options) =>
    meanAveragePrecision(name, threshold, classOf(bracket), options);
  return [base, { brackets: ['1'], make }];
}

function classOf(bracket: string | undefined): number | undefined {
  return bracket !== undefined && /^\d{1,6}$/.test(bracket) ? Number(bracket) : undefined;
}

function againstOf(bracket: string | undefined, { against }: MetricOptions, usual: Against): Against {
  return (bracket as Against | undefined) ?? against ?? usual;
}

function refuse(name: string, base: string, family: Family | undefined): never {
  if (family !== undefined) {
    const forms = [base, ...family.brackets.map((bracket) => `${base}[${bracket}]`)];
    return fail('invalid-option', {
      detail: `There is no metric '${name}'.`,
      help: [
        `It may be ${forms.map((form) => `\`${form}\``).join(', ')}${family.brackets.includes('1') ? ', with the number of any class' : ''}.`,
      ],
    });
  }
  const close = closestSpelling(base, metricNames);
  return fail('invalid-option', {
    detail: `There is no metric '${name}'.`,
    help: [
      close === undefined
        ? `It may be ${metricNames.join(', ')}, or the path of a module that ends in .mjs.`
        : `Did you mean \`${close}\`?`,
    ],
  });
}
