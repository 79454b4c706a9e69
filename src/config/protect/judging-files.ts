import { isModule } from '../choices.js';
import type { ModelEntry } from '../config.js';

export interface JudgingFile {
  readonly role: 'data' | 'metric' | 'baseline';
  /** Relative to the root. */
  readonly path: string;
}

/**
 * Files and folders whose content decides about verdicts on a model: for models that the base judges they have to be
 * the base's, and a difference between base and head is a change of the gate even where the configuration is the same.
 */
export function judgingFiles({ evaluate, baseline }: ModelEntry): JudgingFile[] {
  const { data, metrics } = evaluate;
  return [
    ...(data === undefined ? [] : [{ role: 'data', path: data } as const]),
    ...metrics
      .filter(({ metric }) => isModule(metric))
      .map(({ metric }) => ({ role: 'metric', path: metric }) as const),
    ...(baseline.kind === 'file' ? [{ role: 'baseline', path: baseline.path } as const] : []),
  ];
}

/** Code of the repository that a model needs, which runs only where `allowCode` holds: paths relative to the root. */
export function codeModules({ evaluate, variants }: ModelEntry): string[] {
  const paths = [
    evaluate.data ?? '',
    ...evaluate.metrics.map(({ metric }) => metric),
    ...variants.map(({ representativeData = '' }) => representativeData),
  ];
  return [...new Set(paths.filter(isModule))];
}
