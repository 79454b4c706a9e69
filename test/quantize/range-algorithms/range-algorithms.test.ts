import { describe, expect, test } from '@jest/globals';
import { entropyRange } from '#quantize/range-algorithms/entropy.js';
import { Histogram } from '#quantize/range-algorithms/histogram.js';
import { leastErrorRange } from '#quantize/range-algorithms/mse.js';
import { percentileRange } from '#quantize/range-algorithms/percentile.js';
import { createObserver } from '#quantize/range-algorithms/range-algorithm.js';

function extent(values: Float32Array) {
  return { min: Math.min(...values), max: Math.max(...values) };
}

function histogramOf(...samples: readonly Float32Array[]): Histogram {
  const histogram = new Histogram();
  for (const sample of samples) histogram.add(sample, extent(sample));
  return histogram;
}

/** Seeded, N(0, 1). */
function normal(count: number, seed = 1): Float32Array {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => Array.from({ length: 12 }, next).reduce((sum, x) => sum + x, -6));
}

/** What quantization to `levels` steps really costs. */
function meanSquaredError(values: Float32Array, min: number, max: number, levels: number): number {
  const scale = (max - min) / levels;
  const zero = Math.round(-min / scale);
  const error = (value: number) => {
    const stored = Math.min(Math.max(Math.round(value / scale) + zero, 0), levels);
    return ((stored - zero) * scale - value) ** 2;
  };
  return values.reduce((sum, value) => sum + error(value), 0) / values.length;
}

describe('a histogram', () => {
  const samples = [normal(500, 1).map((x) => x / 100), normal(500, 2).map((x) => x * 30 - 7), normal(500, 3)];

  test('depends on the numbers alone, not on their order or how they come in', () => {
    const [a, b, c] = samples as [Float32Array, Float32Array, Float32Array];
    const all = histogramOf(Float32Array.from([...a, ...b, ...c]));
    for (const other of [histogramOf(a, b, c), histogramOf(c, b, a), histogramOf(b, c, a)]) {
      expect(other).toMatchObject({ start: all.start, width: all.width, total: 1500, zeros: all.zeros });
      expect(other.counts).toEqual(all.counts);
    }
    expect(Number.isInteger(Math.log2(all.width))).toBe(true);
    expect(all.counts.length).toBeGreaterThan(2000);
    expect(all.counts.length).toBeLessThanOrEqual(4096);
  });

  test('has each number in its bin', () => {
    const values = Float32Array.of(-3, -0.1, 0, 0, 0.1, 2.9, 5);
    const histogram = histogramOf(values);
    const { start, width, counts, zeros } = histogram;
    for (const value of values) expect(counts[Math.floor((value - start) / width)]).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(7);
    expect(zeros).toBe(2);
    expect(histogram.range).toEqual({ min: -3, max: 5 });
  });

  test.each([[0], [-0], [5], [1e-45], [3e38], [-3e38]])('of one number, %p', (value) => {
    const histogram = histogramOf(Float32Array.of(value, value));
    expect(histogram.counts.reduce((sum, count) => sum + count)).toBe(2);
    for (const choose of [leastErrorRange, entropyRange]) {
      const { min, max } = choose(histogram, 8);
      expect(min <= Math.fround(value) && Math.fround(value) <= max).toBe(true);
    }
    expect(percentileRange(histogram, 99).max).toBeCloseTo(Math.fround(value), 5);
  });

  test('of nothing', () => {
    expect(createObserver({ algorithm: 'mse' }).range()).toBeUndefined();
    const observer = createObserver({ algorithm: 'percentile' });
    observer.observe({ min: 0, max: 0 }, new Float32Array(0));
    expect(observer.range()).toBeUndefined();
    expect(() => observer.observe({ min: 0, max: 0 })).toThrow(/needs values/);
  });
});

test('percentiles are those of the numbers, to the width of a bin', () => {
  const values = Float32Array.from({ length: 10_001 }, (_, i) => i / 100 - 20);
  const { min, max } = percentileRange(histogramOf(values), 99);
  expect(min).toBeCloseTo(-19, 1);
  expect(max).toBeCloseTo(79, 1);
  expect(percentileRange(histogramOf(values), 100)).toEqual({ min: -20, max: 80 });
});

describe('the range of least error', () => {
  test.each([
    ['normal numbers', normal(20_000)],
    ['with outliers', Float32Array.from([...normal(20_000), 40, -25])],
    ['rectified, with outliers', Float32Array.from([...normal(20_000).map((x) => Math.max(0, x)), 60])],
  ])('of %s has less than that of the extremes, and than any near it', (_, values) => {
    const seen = extent(values);
    const { min, max } = leastErrorRange(histogramOf(values), 8);
    const error = meanSquaredError(values, Math.min(0, min), max, 255);
    expect(error).toBeLessThanOrEqual(meanSquaredError(values, Math.min(0, seen.min), seen.max, 255) * 1.001);
    for (const factor of [0.8, 1.25]) {
      expect(error).toBeLessThan(meanSquaredError(values, Math.min(0, min) * factor, max * factor, 255) * 1.1);
    }
  });

  test('is that of the extremes in 16 bits', () => {
    const values = normal(2000);
    const seen = extent(values);
    expect(leastErrorRange(histogramOf(values), 16)).toEqual(seen);
  });

  test('does not reach zero where no number does', () => {
    expect(leastErrorRange(histogramOf(Float32Array.of(3, 4, 5)), 8).min).toBe(3);
    expect(leastErrorRange(histogramOf(Float32Array.of(-3, -4, -5)), 8).max).toBe(-3);
  });
});

describe('the range of least divergence', () => {
  test('leaves out outliers', () => {
    const values = Float32Array.from([...normal(50_000), 200, -90]);
    const { min, max } = entropyRange(histogramOf(values), 8);
    expect(max).toBeLessThan(30);
    expect(max).toBeGreaterThan(2.5);
    expect(min).toBeCloseTo(-max, 5);
  });

  test('is that of the extremes where there are none', () => {
    const uniform = Float32Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 1000);
    expect(entropyRange(histogramOf(uniform), 8)).toEqual({ min: 0, max: 999 });
    expect(entropyRange(histogramOf(normal(2000)), 16)).toEqual(extent(normal(2000)));
  });

  test('is not ruled by zeros, which are kept anyway', () => {
    const some = normal(20_000).map((x) => Math.abs(x));
    const many = Float32Array.from([...some, ...new Array<number>(100_000).fill(0)]);
    const few = Float32Array.from([...some, 0]);
    expect(entropyRange(histogramOf(many), 8)).toEqual(entropyRange(histogramOf(few), 8));
  });
});

describe('observers', () => {
  const seen = (algorithm: Parameters<typeof createObserver>[0]) => {
    const observer = createObserver(algorithm);
    for (const [min, max] of [
      [0, 10],
      [-5, 2],
      [1, 4],
    ] as const)
      observer.observe({ min, max }, Float32Array.of(min, max));
    return observer.range();
  };

  test('of the extremes', () => {
    expect(seen(undefined)).toEqual({ min: -5, max: 10 });
    expect(seen({ algorithm: 'min-max' })).toEqual({ min: -5, max: 10 });
  });

  test('of moving averages, that begin with the first sample', () => {
    expect(seen({ algorithm: 'moving-average', momentum: 0.5 })).toEqual({ min: -0.75, max: 5 });
    expect(seen({ algorithm: 'moving-average' })?.max).toBeCloseTo(0.95 * (0.95 * 10 + 0.05 * 2) + 0.05 * 4, 10);
  });

  test('of values', () => {
    expect(seen({ algorithm: 'percentile', percentile: 100 })).toEqual({ min: -5, max: 10 });
    expect(createObserver({ algorithm: 'mse' }).needsValues).toBe(true);
    expect(createObserver({ algorithm: 'moving-average' }).needsValues).toBe(false);
  });
});
