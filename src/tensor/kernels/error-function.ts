const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** From here on the continued fraction of erfc converges fast; below it the series of erf does. */
const TURN = 2.5;

/** The error function of a number, in float64. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < TURN) return series(x);
  return Math.sign(x) * (1 - tail(size));
}

/** The complementary error function of a number, in float64 with its relative precision kept in the tail. */
export function erfc(x: number): number {
  if (x >= TURN) return tail(x);
  return 1 - erf(x);
}

/** erf(x) = 2/√π × e^(−x²) × Σ 2ⁿ x^(2n+1) / (1·3·5…(2n+1)), of which all terms have one sign. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
}

/** erfc(x) = e^(−x²)/√π × 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), from its 60th level up. */
function tail(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let level = x;
  for (let n = 60; n >= 1; n--) level = x + n / 2 / level;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / level;
}
