import type { BoxFormat } from '../../metric.js';

/** Left, top, width, height, as COCO has boxes. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Box `i` of numbers that hold four a box. */
export function boxAt(numbers: ArrayLike<number>, i: number, format: BoxFormat): Box {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => numbers[4 * i + k]) as [number, number, number, number];
  switch (format) {
    case 'yxyx':
      return [b, a, d - b, c - a];
    case 'xyxy':
      return [a, b, c - a, d - b];
    case 'xywh':
      return [a, b, c, d];
    case 'cxcywh':
      return [a - c / 2, b - d / 2, c, d];
  }
}

/**
 * Intersection over union; with a crowd, over the box itself, as a box may be one of those that the crowd holds. 0 for
 * boxes that do not touch, NaN among them. Computed in the order of pycocotools' `bbIou`, so that thresholds that are
 * met exactly are met in both.
 */
export function overlap(box: Box, truth: Box, crowd: boolean): number {
  const width = Math.min(box[0] + box[2], truth[0] + truth[2]) - Math.max(box[0], truth[0]);
  const height = Math.min(box[1] + box[3], truth[1] + truth[3]) - Math.max(box[1], truth[1]);
  if (!(width > 0 && height > 0)) return 0;
  const common = width * height;
  const area = box[2] * box[3];
  return common / (crowd ? area : area + truth[2] * truth[3] - common);
}
