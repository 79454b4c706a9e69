import { isModuleName } from '#data/module-data-set.js';
import type { CodeOptions } from '#data/user-code/code-host.js';
import { findMetric } from './find-metric.js';
import type { Metric, MetricOptions } from './metric.js';
import { UserMetric } from './user-metric.js';

export interface OpenMetrics {
  /** In the order of their names. */
  readonly metrics: readonly Metric[];
  /** Ends the processes of users' metrics. */
  readonly dispose: () => Promise<void>;
}

/**
 * The metrics of these names: those of `findMetric`, and paths of modules. Throws a DiagnosticError: `invalid-option`
 * for a name that there is not; for modules, `code-not-allowed` unless the caller allows them, `file-unreadable`,
 * `user-code-failed`.
 */
export async function openMetrics(
  names: readonly string[],
  options: MetricOptions & CodeOptions = {},
): Promise<OpenMetrics> {
  const opened: UserMetric[] = [];
  const dispose = async () => {
    await Promise.all(opened.map((metric) => metric.dispose()));
  };
  try {
    const metrics: Metric[] = [];
    for (const name of names) {
      if (!isModuleName(name)) {
        metrics.push(findMetric(name, options));
        continue;
      }
      const metric = await UserMetric.open(name, options);
      opened.push(metric);
      metrics.push(metric);
    }
    return { metrics, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
