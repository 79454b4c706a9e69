/**
 * Holm's step-down adjustment: a test whose adjusted p-value is below 5 % may be rejected, and the chance that any of
 * all those rejected is wrong stays below 5 %, however the tests depend on each other. NaN (nothing was tested) stays
 * NaN and does not count.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].filter((i) => !Number.isNaN(pValues[i]));
  order.sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = pValues.map(() => Number.NaN);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (order.length - rank) * (pValues[index] as number)));
    adjusted[index] = highest;
  }
  return adjusted;
}
