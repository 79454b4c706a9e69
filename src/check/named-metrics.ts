import type { MetricConfig } from '#config/config.js';
import { isModuleName } from '#data/module-data-set.js';
import type { Metric } from '#evaluate/metric.js';
import { openMetrics } from '#evaluate/open-metrics.js';
import { type JudgingRoots, judgingFile } from './judging-roots.js';

export interface NamedMetrics {
  /** Under the names that limits have for them. */
  readonly metrics: readonly Metric[];
  readonly dispose: () => Promise<void>;
}

/** The metrics that a configuration asks for. Throws what `openMetrics` does. */
export async function openNamedMetrics(
  configs: readonly MetricConfig[],
  { judging, allowCode }: { readonly judging: JudgingRoots; readonly allowCode: boolean },
): Promise<NamedMetrics> {
  const opened: (() => Promise<void>)[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(opened.map((close) => close()));
  };
  try {
    const metrics: Metric[] = [];
    for (const { name, metric, options } of configs) {
      const source = isModuleName(metric) ? judgingFile(judging, metric) : metric;
      const found = await openMetrics([source], { ...options, allowCode });
      opened.push(found.dispose);
      metrics.push(renamed(found.metrics[0] as Metric, name));
    }
    return { metrics, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** One metric may be asked for twice, of two outputs. */
function renamed(metric: Metric, name: string): Metric {
  const { direction, kind, unit, comparesWithReference } = metric;
  return {
    name,
    direction,
    kind,
    ...(unit === undefined ? {} : { unit }),
    comparesWithReference,
    labels: (signature) => metric.labels(signature),
    observe: (observation) => metric.observe(observation),
    value: (rows, weights) => metric.value(rows, weights),
  };
}
