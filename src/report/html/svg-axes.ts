import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import { type Markup, markup } from './markup.js';

export type Scale = ScaleContinuousNumeric<number, number>;

/** Past this ratio of the largest to the smallest, a linear axis would put most of what is shown into one corner. */
const LOGARITHMIC = 20;

/** A scale on which all values have some space around them; logarithmic where they are sizes of very different kinds. */
export function scaleOf(values: readonly number[], range: readonly [number, number], positive = false): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (positive && low > 0 && high / low > LOGARITHMIC) {
    return scaleLog()
      .domain([low / 1.3, high * 1.3])
      .range(range);
  }
  const space = (high - low || Math.abs(high) || 1) * 0.08;
  return scaleLinear()
    .domain([low - space, high + space])
    .nice(5)
    .range(range);
}

/** Grid lines of a horizontal axis with what they stand for. */
export function horizontalAxis(scale: Scale, top: number, bottom: number, format: (value: number) => string): Markup[] {
  return ticksOf(scale).map((value) => {
    const x = Math.round(scale(value));
    return markup`<path class="grid" d="M${x},${top}V${bottom}"/><text class="axis" x="${x}" y="${bottom + 16}" text-anchor="middle">${format(value)}</text>
`;
  });
}

/** Grid lines of a vertical axis with what they stand for. */
export function verticalAxis(scale: Scale, left: number, right: number, format: (value: number) => string): Markup[] {
  return ticksOf(scale).map((value) => {
    const y = Math.round(scale(value));
    return markup`<path class="grid" d="M${left},${y}H${right}"/><text class="axis" x="${left - 6}" y="${y + 4}" text-anchor="end">${format(value)}</text>
`;
  });
}

/** Logarithmic scales have ticks at 1, 2, … 9 of each decade: only as many as have room. */
function ticksOf(scale: Scale): number[] {
  const ticks = scale.ticks(5);
  const every = Math.ceil(ticks.length / 7);
  return ticks.filter((_, i) => i % every === 0);
}
