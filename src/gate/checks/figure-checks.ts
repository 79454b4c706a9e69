import type { GrowthLimits, LatencyLimits, Limits, OpsLimits } from '#config/config.js';
import type { Check, CheckKind } from '#record/findings.js';
import type { Figures } from '#record/measures.js';
import { NO_BASE, plainCheck } from './check.js';
import { finite } from './metric-checks.js';
import { limitText, percent, plainNumber, quantityText, resolveLimit } from './quantities.js';

interface Growing {
  readonly kind: CheckKind;
  /** As the reason names it, at the start of a sentence. */
  readonly subject: string;
  readonly unit: Check['unit'];
  readonly limits: (limits: Limits) => GrowthLimits;
  readonly value: (figures: Figures) => number;
}

const growing: readonly Growing[] = [
  { kind: 'size', subject: 'The file', unit: 'bytes', limits: ({ size }) => size, value: ({ bytes }) => bytes },
  { kind: 'ops', subject: 'The number of ops', unit: 'count', limits: ({ ops }) => ops, value: ({ ops }) => ops },
  {
    kind: 'macs',
    subject: 'The number of multiply-accumulates',
    unit: 'count',
    limits: ({ macs }) => macs,
    value: ({ macs }) => macs,
  },
  {
    kind: 'peak-memory',
    subject: 'The memory for activations',
    unit: 'bytes',
    limits: ({ peakMemory }) => peakMemory,
    value: ({ peakActivationBytes }) => peakActivationBytes,
  },
];

/**
 * Checks of what the file itself says. `base` are the figures of the same variant of the base, where it has one; else
 * `baseReason` is a sentence that says why not.
 */
export function figureChecks(
  figures: Figures,
  base: Figures | undefined,
  limits: Limits,
  baseReason: string = NO_BASE,
): Check[] {
  const checks = growing.flatMap((figure) => growthChecks(figure, figures, base, figure.limits(limits), baseReason));
  return [...checks, ...allowedOps(figures, limits.ops)];
}

function growthChecks(
  { kind, subject, unit, value }: Growing,
  figures: Figures,
  base: Figures | undefined,
  { max, maxIncrease }: GrowthLimits,
  baseReason: string,
): Check[] {
  const checks: Check[] = [];
  const now = value(figures);
  const text = quantityText(now, unit);
  if (max !== undefined) {
    const passed = now <= max;
    const allowed = limitText({ absolute: max }, unit);
    checks.push(
      plainCheck({
        id: `${kind}.max`,
        kind,
        limit: max,
        limitText: allowed,
        measured: now,
        unit,
        verdict: passed ? 'pass' : 'fail',
        reason: passed
          ? `${subject} is ${text}, of ${allowed} allowed.`
          : `${subject} is ${text}, ${quantityText(now - max, unit)} more than the ${allowed} allowed.`,
      }),
    );
  }
  if (maxIncrease !== undefined) {
    const id = `${kind}.max-increase`;
    const allowed = limitText(maxIncrease, unit);
    if (!base) {
      checks.push(
        plainCheck({
          id,
          kind,
          limit: null,
          limitText: allowed,
          measured: null,
          unit,
          verdict: 'skipped',
          reason: baseReason,
        }),
      );
    } else {
      const before = value(base);
      const limit = resolveLimit(maxIncrease, before);
      const increase = now - before;
      const grown =
        increase > 0
          ? `grew by ${quantityText(increase, unit)}${before > 0 ? ` (${percent(increase / before)})` : ''}`
          : 'did not grow';
      checks.push(
        plainCheck({
          id,
          kind,
          limit,
          limitText: allowed,
          measured: increase,
          unit,
          verdict: increase <= limit ? 'pass' : 'fail',
          reason: `${subject} ${grown}, from ${quantityText(before, unit)} to ${text}; ${allowed} is allowed.`,
        }),
      );
    }
  }
  return checks;
}

function allowedOps({ opCounts }: Figures, { allow, deny }: OpsLimits): Check[] {
  const refused = (list: readonly string[], listed: boolean): string[] =>
    Object.keys(opCounts).filter((op) => list.some((pattern) => matches(op, pattern)) === listed);
  const check = (id: string, ops: readonly string[], patterns: readonly string[]): Check =>
    plainCheck({
      id,
      kind: 'ops',
      limit: 0,
      limitText: patterns.join(', '),
      measured: ops.length,
      unit: 'count',
      verdict: ops.length === 0 ? 'pass' : 'fail',
      reason:
        ops.length === 0
          ? 'All ops are allowed.'
          : `${ops.map((op) => `${op} (${opCounts[op]})`).join(', ')}: not allowed.`,
    });
  return [
    ...(allow === undefined ? [] : [check('ops.allow', refused(allow, false), allow)]),
    ...(deny.length === 0 ? [] : [check('ops.deny', refused(deny, true), deny)]),
  ];
}

/** `*` stands for any characters; letter case does not count. */
function matches(op: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i').test(op);
}

/** `ratio`: time of the head's model to that of the base's, measured in turns; undefined where there is no base. */
export function latencyCheck(ratio: number | undefined, { maxRatio }: LatencyLimits): Check[] {
  if (maxRatio === undefined) return [];
  return [
    plainCheck({
      id: 'latency.max-ratio',
      kind: 'latency',
      limit: maxRatio,
      limitText: `${plainNumber(maxRatio)} ×`,
      measured: ratio === undefined ? null : finite(ratio),
      unit: 'ratio',
      verdict: ratio === undefined ? 'skipped' : ratio <= maxRatio ? 'pass' : 'fail',
      reason:
        ratio === undefined
          ? 'There is no base, or LiteRT does not run one of the two files.'
          : `It takes ${plainNumber(ratio)} times as long as the base's, of ${plainNumber(maxRatio)} allowed.`,
    }),
  ];
}
