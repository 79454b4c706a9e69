import type { Range } from '../affine.js';
import type { Histogram } from './histogram.js';

/**
 * The range that leaves out as many values at either end as `percentile` leaves of 100: 99.99 leaves out the greatest
 * and the least of 10,000 values. Within a bin values count as evenly spread.
 */
export function percentileRange(histogram: Histogram, percentile: number): Range {
  const { counts, total, range, start, width } = histogram;
  const outside = (total * (100 - percentile)) / 100;
  const quantile = (target: number) => {
    let below = 0;
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin] as number;
      if (count > 0 && below + count >= target) return start + (bin + (target - below) / count) * width;
      below += count;
    }
    return range.max;
  };
  const min = Math.max(range.min, quantile(outside));
  const max = Math.min(range.max, quantile(total - outside));
  // Where nearly all values are in one bin, the ends may cross by the width of it.
  return min <= max ? { min, max } : range;
}
