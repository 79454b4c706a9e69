import { isModule, metricFacts, RANDOM, staticSchemes } from '../choices.js';
import type { MetricConfig, ModelEntry, VariantConfig } from '../config.js';
import type { Limit } from '../quantity.js';
import type { ConfigIssues } from './config-issues.js';
import type { ConfigFile } from './config-schema.js';
import type { Path } from './yaml-source.js';

/** A model of a file whose parts fit the schema, where it stands, and what is not seen in the typed record. */
export interface CheckedModel {
  readonly model: ModelEntry;
  /** Undefined where the file lists no models and only defaults count. */
  readonly index: number | undefined;
}

/** Reports what contradicts itself in one model. What stands in the defaults is reported there, once. */
export function checkModel({ model, index }: CheckedModel, file: ConfigFile, issues: ConfigIssues): void {
  new ModelCheck(model, index, file, issues).run();
}

class ModelCheck {
  readonly #model: ModelEntry;
  readonly #file: ConfigFile;
  readonly #issues: ConfigIssues;
  readonly #own: Path;

  constructor(model: ModelEntry, index: number | undefined, file: ConfigFile, issues: ConfigIssues) {
    this.#model = model;
    this.#file = file;
    this.#issues = issues;
    this.#own = index === undefined ? ['defaults'] : ['models', index];
  }

  run(): void {
    this.#checkEvaluation();
    this.#checkLimits(this.#own);
    const names = new Set<string>();
    for (const [j, variant] of this.#model.variants.entries()) {
      const place = this.#place(['variants', j]);
      if (names.has(variant.name.toLowerCase())) {
        this.#issues.at(
          place,
          `is a second variant with the name \`${variant.name}\``,
          'Give one of them another `name`.',
        );
      }
      names.add(variant.name.toLowerCase());
      this.#checkVariant(variant, place);
    }
  }

  #checkVariant(variant: VariantConfig, place: Path): void {
    const { quantize, ioType } = variant;
    const file = valueAt(this.#file, place);
    const says = (key: string) => typeof file === 'object' && file !== null && Object.hasOwn(file, key);
    if (says('quantize') && says('recipe')) {
      this.#issues.at(
        [...place, 'recipe'],
        'stands beside `quantize`: only one of the two can say how to quantize',
        'A recipe names its own schemes: delete `quantize`.',
      );
    }
    if (says('representative-data') && says('calibration')) {
      this.#issues.at(
        [...place, 'calibration'],
        'stands beside `representative-data`: only one of the two can say what ranges there are',
        'Delete one of them.',
      );
    }
    const isStatic = quantize !== undefined && staticSchemes.includes(quantize);
    if (isStatic && variant.representativeData === undefined && variant.calibration === undefined) {
      this.#issues.at(
        place,
        `needs samples of inputs, as \`${quantize}\` quantizes activations`,
        `Add \`representative-data: PATH\` (or \`${RANDOM}\` to try things out), or a file of ranges as \`calibration\`.`,
      );
    }
    if (ioType !== 'float32' && quantize !== undefined && !isStatic) {
      this.#issues.at(
        [...place, 'io-type'],
        `cannot be \`${ioType}\` where \`${quantize}\` leaves activations in float`,
        `Quantize by one of ${staticSchemes.join(', ')}, or delete \`io-type\`.`,
      );
    }
    this.#checkCode(
      variant.representativeData ?? '',
      this.#existing([...place, 'representative-data'], ['representative-data']),
    );
    if (says('limits')) this.#checkLimits(place, variant);
  }

  #checkEvaluation(): void {
    const { evaluate } = this.#model;
    const { data, metrics } = evaluate;
    if (data === undefined) {
      for (const [key, value] of [
        ['labels', evaluate.labels],
        ['classes', evaluate.classes],
        ['label-file', evaluate.labelFile],
      ] as const) {
        if (value !== undefined)
          this.#issues.at(
            this.#place(['evaluate', key]),
            'is of no use without `data`',
            'Give `data`, a data set to judge the model on.',
          );
      }
    } else this.#checkCode(data, this.#place(['evaluate', 'data']));
    const names = new Set<string>();
    for (const [k, metric] of metrics.entries()) {
      const place = this.#place(['evaluate', 'metrics', k]);
      if (names.has(metric.name))
        this.#issues.at(
          place,
          `is a second metric with the name \`${metric.name}\``,
          'Give it another name: `{ metric: …, name: … }`.',
        );
      names.add(metric.name);
      if (data === undefined && needsLabels(metric)) {
        this.#issues.at(
          place,
          `cannot be judged: \`${metric.metric}\` needs data with right answers`,
          'Give `evaluate.data`, or take `agreement` with the float model.',
        );
      }
      this.#checkCode(metric.metric, place);
    }
  }

  #checkCode(path: string, place: Path): void {
    if (!isModule(path) || this.#file['allow-code'] === true) return;
    this.#issues.at(
      place,
      `is code of this repository (\`${path}\`), which may not run`,
      'Write `allow-code: true` on top of the file, if all are trusted who can open a pull request: theirs can then bring code that runs.',
    );
  }

  /** The limits as they hold at a place; messages are about the level that says them. */
  #checkLimits(place: Path, { limits }: Pick<VariantConfig, 'limits'> = this.#model): void {
    const { metrics } = this.#model.evaluate;
    const [first] = metrics as readonly [MetricConfig, ...MetricConfig[]];
    const at = (...tail: (string | number)[]) => this.#existing([...place, 'limits', ...tail], ['limits', ...tail]);
    const has = (...tail: (string | number)[]) => valueAt(this.#file, at(...tail)) !== undefined;
    if (has('accuracy') && has('metrics', first.name)) {
      this.#issues.at(
        at('metrics', first.name),
        `and \`accuracy\` are the same: \`${first.name}\` is the first metric`,
        'State all its limits under one of the two.',
      );
    }
    for (const own of [
      [...place, 'limits', 'metrics'],
      [...this.#own, 'limits', 'metrics'],
    ]) {
      const stated = own[0] === 'defaults' ? undefined : valueAt(this.#file, own);
      for (const name of Object.keys(stated ?? {})) {
        if (metrics.some((metric) => metric.name === name)) continue;
        this.#issues.at(
          [...own, name],
          `limits a metric that \`evaluate.metrics\` does not have`,
          `It has ${metrics.map((each) => each.name).join(', ')}.`,
        );
      }
    }
    for (const metric of metrics) {
      const stated = Object.hasOwn(limits.metrics, metric.name) ? limits.metrics[metric.name] : undefined;
      if (!stated) continue;
      const named = metric === first && has('accuracy') ? at('accuracy') : at('metrics', metric.name);
      const value = (key: string) =>
        this.#existing(
          [...place, ...named.slice(named.indexOf('limits')), key],
          [...named.slice(named.indexOf('limits')), key],
        );
      this.#checkDirection(metric, stated, value);
    }
    const both = limits.ops.allow?.find((name) => limits.ops.deny.includes(name));
    if (both !== undefined)
      this.#issues.at(
        at('ops', 'deny'),
        `holds \`${both}\`, which \`allow\` holds too`,
        'Delete it from one of the two.',
      );
  }

  #checkDirection(
    { metric, name }: MetricConfig,
    limits: ModelEntry['limits']['metrics'][string],
    value: (key: string) => Path,
  ): void {
    const facts = metricFacts(metric);
    if (!facts) return;
    if (limits.min && facts.better === 'lower') {
      this.#issues.at(value('min'), `is no limit for \`${name}\`, of which less is better`, 'Write `max`.');
    }
    if (limits.max && facts.better === 'higher') {
      this.#issues.at(value('max'), `is no limit for \`${name}\`, of which more is better`, 'Write `min`.');
    }
    if (!facts.share) return;
    const stated: readonly [string, Limit | undefined][] = [
      ['min', limits.min],
      ['max-drop', limits.maxDrop],
      ['max-regression', limits.maxRegression],
    ];
    for (const [key, limit] of stated) {
      if (!limit || !('absolute' in limit) || limit.absolute <= 1) continue;
      this.#issues.at(
        value(key),
        `must be from 0 to 1, as \`${name}\` is, not ${limit.absolute}`,
        `For ${limit.absolute} of 100 write ${limit.absolute / 100}.`,
      );
    }
  }

  /** Where something of the model stands: with it, or in the defaults. */
  #place(tail: Path): Path {
    return this.#existing([...this.#own, ...tail], tail);
  }

  #existing(innermost: Path, tail: Path): Path {
    const places = [innermost, [...this.#own, ...tail], ['defaults', ...tail]];
    return places.find((place) => valueAt(this.#file, place) !== undefined) ?? innermost;
  }
}

function needsLabels({ metric, options }: MetricConfig): boolean {
  const facts = metricFacts(metric);
  const chosen = facts?.brackets.includes('float') && !metric.includes('[') ? options.against : undefined;
  return (chosen ?? facts?.against) === 'labels';
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}
