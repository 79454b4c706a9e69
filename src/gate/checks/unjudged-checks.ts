import type { MetricLimits } from '#config/config.js';
import type { Metric } from '#evaluate/metric.js';
import type { Check, Finding } from '#record/findings.js';
import { plainCheck } from './check.js';
import { limitText } from './quantities.js';

const NOT_RUNNING = new Set<string>(['run-failed', 'run-timeout']);

/** Fails a file that LiteRT was given and does not run: nobody can use it. */
export function runCheck(findings: readonly Finding[]): Check[] {
  const found = findings.find(({ code }) => NOT_RUNNING.has(code));
  if (!found) return [];
  const plain = { limit: null, limitText: '', measured: null, unit: 'count' } as const;
  return [plainCheck({ id: 'run', kind: 'unsupported', ...plain, verdict: 'fail', reason: found.detail })];
}

/** Limits on a metric of which nothing is known, as the file was not run. */
export function unjudgedChecks(metric: Pick<Metric, 'name' | 'unit'>, limits: MetricLimits): Check[] {
  const { name } = metric;
  const unit: Check['unit'] = metric.unit ?? 'metric';
  const { min, max, maxDrop, maxRegression } = limits;
  const all = { min, max, 'max-drop': maxDrop, 'max-regression': maxRegression };
  return Object.entries(all).flatMap(([which, limit]) =>
    limit === undefined
      ? []
      : [
          plainCheck({
            id: `metrics.${name}.${which}`,
            kind: 'accuracy',
            limit: null,
            limitText: limitText(limit, which === 'min' || which === 'max' ? unit : 'metric'),
            measured: null,
            unit,
            verdict: 'skipped',
            reason: `The file is not run here, so that nothing is known of ${name}.`,
          }),
        ],
  );
}
