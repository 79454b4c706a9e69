import type { Check } from '#record/findings.js';
import type { RunRecord, Variant } from '#record/record.js';
import { type Markup, markup } from './markup.js';

/** How a verdict looks: `doubtful` is within noise. */
export type Look = 'passed' | 'failed' | 'doubtful';

export const runVerdicts: Readonly<Record<RunRecord['verdict'], readonly [Look, string]>> = {
  passed: ['passed', '✓ Passed.'],
  failed: ['failed', '✗ Failed.'],
  invalid: ['failed', '✗ Could not be checked.'],
};

const words: Readonly<Record<Variant['verdict'], string>> = {
  passed: '✓ passed',
  failed: '✗ failed',
  unsupported: '✗ unsupported',
  invalid: '✗ not checked',
  missing: '✗ missing',
};

const checkWords: Readonly<Record<Check['verdict'], readonly [Look | undefined, string]>> = {
  pass: ['passed', '✓ pass'],
  'within-noise': ['doubtful', '~ within noise'],
  fail: ['failed', '✗ fail'],
  skipped: [undefined, '– skipped'],
};

export function lookOf({ verdict, checks }: Variant): Look {
  if (verdict !== 'passed') return 'failed';
  return checks.some((check) => check.verdict === 'within-noise') ? 'doubtful' : 'passed';
}

export function verdictMark(variant: Variant): Markup {
  const look = lookOf(variant);
  return markup`<span class="${look}">${look === 'doubtful' ? '~ within noise' : words[variant.verdict]}</span>`;
}

export function checkMark({ verdict }: Check): Markup {
  const [look, word] = checkWords[verdict];
  return markup`<span class="${look ?? 'note'}">${word}</span>`;
}
