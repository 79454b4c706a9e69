import type { Config, EngineName, ModelEntry, VariantConfig } from '../config.js';
import type { ExpandedConfig, ModelConfig } from '../expand-config.js';
import { defaultConfig } from '../file/parse-config.js';
import { pairModels, pairVariants } from './pair-models.js';

export interface GatedModel extends ModelConfig {
  /** Whose limits and data count, and from whose files data, labels and modules are to be read. */
  readonly judgedBy: 'base' | 'head';
}

/** What judges the head of a pull request. */
export interface GateConfig extends ExpandedConfig {
  readonly models: readonly GatedModel[];
}

export interface GateOptions {
  /** Said by the run itself, over what the base says. */
  readonly allowLimitChanges?: boolean | undefined;
}

/**
 * What the head of a pull request is judged by. The base's configuration says limits, targets, data, metrics, samples,
 * signatures, baselines, what fails and what is shown; the head's says what the models are: folders, names, schemes,
 * recipes, shapes. For models that the base says nothing about, the head's counts whole, and so it does where the base
 * has no configuration (undefined, or without a file). What the base checks and the head no longer lists is checked all
 * the same. With `allowLimitChanges` the head's limits and data count. Whatever holds, only the base can permit what
 * runs code or takes results from elsewhere: `allow-code`, engines other than the native one, a native runtime, Python,
 * cache.
 */
export function gateOf(base: ExpandedConfig | undefined, head: ExpandedConfig, options: GateOptions = {}): GateConfig {
  const known = base?.file === undefined ? undefined : base;
  const trust = new Trust(known);
  const allow = known !== undefined && (options.allowLimitChanges ?? known.allowLimitChanges);
  const judge = known === undefined || allow ? head : known;
  return {
    ...head,
    ...permissions(known ?? defaultConfig()),
    failOn: judge.failOn,
    report: judge.report,
    models:
      known === undefined ? head.models.map((model) => trust.ofHead(model)) : gatedModels(known, head, allow, trust),
  };
}

function gatedModels(base: ExpandedConfig, head: ExpandedConfig, allow: boolean, trust: Trust): GatedModel[] {
  return pairModels(base, head).flatMap(({ base: before, head: after, name }): GatedModel[] => {
    if (!after) return allow || !before ? [] : [{ ...before, name, judgedBy: 'base' }];
    if (!before || allow) return [trust.ofHead(after, before)];
    return [judgedByBase(before, after, trust)];
  });
}

function judgedByBase(base: ModelEntry, head: ModelConfig, trust: Trust): GatedModel {
  const { evaluate, verify, baseline, signatures, limits, targets } = base;
  const flex = base.variants.some(({ selectTfOps }) => selectTfOps);
  const custom = new Set(base.variants.flatMap(({ allowCustomOps }) => allowCustomOps));
  const variants = pairVariants(base, head).flatMap(({ base: before, head: after }): VariantConfig[] => {
    if (!after) return before ? [before] : [];
    return [
      {
        ...after,
        engine: trust.engine(after.engine, before?.engine),
        selectTfOps: before ? before.selectTfOps : after.selectTfOps && flex,
        allowCustomOps: before?.allowCustomOps ?? after.allowCustomOps.filter((op) => custom.has(op)),
        limits: (before ?? base).limits,
        targets: (before ?? base).targets,
      },
    ];
  });
  return { ...head, evaluate, verify, baseline, signatures, limits, targets, variants, judgedBy: 'base' };
}

type Permissions = Pick<
  Config,
  | 'allowCode'
  | 'allowLimitChanges'
  | 'runtime'
  | 'python'
  | 'engineSetup'
  | 'engineTimeLimit'
  | 'engineMemory'
  | 'cache'
>;

function permissions(config: Config): Permissions {
  const { allowCode, allowLimitChanges, runtime, python, engineSetup, engineTimeLimit, engineMemory, cache } = config;
  return { allowCode, allowLimitChanges, runtime, python, engineSetup, engineTimeLimit, engineMemory, cache };
}

/** What of the head may run by leave of the base: what the base runs itself, or anything, where it permits code. */
class Trust {
  readonly #anything: boolean;
  readonly #engines: ReadonlySet<EngineName>;
  readonly #verify: boolean;

  constructor(base: ExpandedConfig | undefined) {
    const models = base ? [...base.models, ...base.entries] : [];
    this.#anything = base?.allowCode ?? false;
    this.#engines = new Set<EngineName>([
      'native',
      ...models.flatMap(({ variants }) => variants.map(({ engine }) => engine)),
    ]);
    this.#verify = models.some(({ verify }) => verify === 'tensorflow');
  }

  engine(wanted: EngineName, before: EngineName = 'native'): EngineName {
    return this.#anything || this.#engines.has(wanted) ? wanted : before;
  }

  /** The head's model, as far as it needs no leave. */
  ofHead(model: ModelConfig, before?: ModelEntry): GatedModel {
    const verify = this.#anything || this.#verify ? model.verify : 'none';
    const variants = model.variants.map((variant) => {
      const same = before?.variants.find(({ name }) => name.toLowerCase() === variant.name.toLowerCase());
      return { ...variant, engine: this.engine(variant.engine, same?.engine) };
    });
    return { ...model, verify, variants, judgedBy: 'head' };
  }
}
