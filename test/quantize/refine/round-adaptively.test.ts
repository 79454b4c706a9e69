import { expect, test } from '@jest/globals';
import { AdaptiveRounding } from '#quantize/refine/round-adaptively.js';

const size = 7;
const units = 6;
const rows = 60;

/** Numbers between −1 and 1, the same in each run. */
function numbers(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
}

// Inputs that are much alike.
const inputs = (() => {
  const common = numbers(rows, 3);
  return numbers(rows * size, 4).map((value, i) => 0.4 * value + (common[Math.floor(i / size)] as number));
})();
const weights = numbers(units * size, 5).map((value) => 9 * value);

function squaredError(unit: Float64Array, rounded: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let error = 0;
    for (let i = 0; i < size; i++) {
      error += (inputs[row * size + i] as number) * ((unit[i] as number) - (rounded[i] as number));
    }
    sum += error * error;
  }
  return sum;
}

const unitOf = <T extends Float64Array | Int8Array>(all: T, unit: number) =>
  all.subarray(unit * size, (unit + 1) * size) as T;

test('results err far less than with the nearest steps, and weights keep their limit', () => {
  const rounded = new AdaptiveRounding(inputs, size).round(weights, 7);
  expect(Math.max(...rounded.map(Math.abs))).toBe(7);
  let [error, errorOfNearest] = [0, 0];
  for (let unit = 0; unit < units; unit++) {
    const own = unitOf(weights, unit);
    error += squaredError(own, unitOf(rounded, unit));
    errorOfNearest += squaredError(
      own,
      own.map((value) => Math.max(-7, Math.min(7, Math.round(value)))),
    );
  }
  expect(error).toBeLessThan(errorOfNearest / 2);
});

test('a unit is rounded the same whichever units are rounded beside it', () => {
  const rounding = new AdaptiveRounding(inputs, size);
  const together = rounding.round(weights, 127);
  for (let unit = 0; unit < units; unit++) {
    expect(rounding.round(unitOf(weights, unit), 127)).toEqual(unitOf(together, unit));
  }
});

test('inputs that are all zero leave the nearest steps', () => {
  const rounded = new AdaptiveRounding(new Float64Array(rows * size), size).round(weights, 127);
  expect(Array.from(rounded)).toEqual(Array.from(weights, (value) => Math.round(value) + 0));
});
