import type { Check } from '#record/findings.js';

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
