import type { Check } from '#record/findings.js';

/** Why a check against the base is skipped, where nothing more is known. */
export const NO_BASE = 'There is no base to compare with.';

/** What is the same for all checks that no statistics decide. */
const plain = {
  certainty: null,
  p: null,
  adjustedP: null,
  pLimit: null,
  strict: false,
  samplesToSettle: null,
  spread: null,
} as const;

type PlainCheck = Pick<Check, 'id' | 'kind' | 'limit' | 'limitText' | 'measured' | 'unit' | 'verdict' | 'reason'>;

/** A check that the measured value alone decides. */
export function plainCheck(check: PlainCheck): Check {
  return { ...check, ...plain };
}
