import type { Config, EngineName, FailureKind, Limits, ModelEntry } from './config.js';
import { parseBaseline } from './file/build-config.js';
import { NONE } from './file/schema-parts.js';

/** What inputs of the action and options of the command line say; undefined for what they do not. */
export interface Overrides {
  readonly failOn?: readonly FailureKind[] | undefined;
  readonly allowLimitChanges?: boolean | undefined;
  /** For all variants of all models. */
  readonly engine?: EngineName | undefined;
  readonly runtime?: Config['runtime'] | undefined;
  readonly python?: string | undefined;
  readonly engineSetup?: Config['engineSetup'] | undefined;
  readonly verify?: ModelEntry['verify'] | undefined;
  /** A folder, or `none`. */
  readonly cache?: string | undefined;
  readonly workers?: number | undefined;
  /** In bytes. */
  readonly memory?: number | undefined;
  /** `none` or a file, as in the configuration. */
  readonly baseline?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly seed?: number | undefined;
  /** Number of samples to judge on. */
  readonly limit?: number | undefined;
  readonly comment?: boolean | undefined;
  readonly annotations?: boolean | undefined;
  /** A name, or `none`. */
  readonly artifactName?: string | undefined;
  readonly retentionDays?: number | undefined;
}

/**
 * The configuration with what a run itself says on top: it holds for all models. Code that may run is not among it, as
 * only the base of a pull request can permit it.
 */
export function applyOverrides(config: Config, overrides: Overrides): Config {
  const { cache, artifactName, comment, annotations, retentionDays } = overrides;
  const { failOn, allowLimitChanges, runtime, python, engineSetup, workers, memory } = overrides;
  const { engine, verify, baseline, strict, seed, limit } = overrides;
  return {
    ...config,
    ...given({ failOn, allowLimitChanges, runtime, python, engineSetup, workers, memory }),
    ...(cache === undefined ? {} : { cache: orNothing(cache) }),
    report: {
      ...config.report,
      ...given({ comment, annotations, retentionDays }),
      ...(artifactName === undefined ? {} : { artifactName: orNothing(artifactName) }),
    },
    models: config.models.map(
      (model): ModelEntry => ({
        ...model,
        ...given({ verify, baseline: baseline === undefined ? undefined : parseBaseline(baseline) }),
        evaluate: { ...model.evaluate, ...given({ seed, limit }) },
        limits: withStrict(model.limits, strict),
        variants: model.variants.map((variant) => ({
          ...variant,
          ...given({ engine }),
          limits: withStrict(variant.limits, strict),
        })),
      }),
    ),
  };
}

function withStrict(limits: Limits, strict: boolean | undefined): Limits {
  return { ...limits, ...given({ strict }) };
}

function orNothing(text: string): string | undefined {
  return text === NONE ? undefined : text;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
