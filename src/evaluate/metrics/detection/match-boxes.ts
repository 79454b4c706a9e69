import { type Box, overlap } from './boxes.js';

export interface Detection {
  readonly box: Box;
  readonly label: number;
  /** Not NaN. */
  readonly score: number;
}

export interface Truth {
  readonly box: Box;
  readonly label: number;
  readonly crowd: boolean;
}

/** NumPy's `linspace(0.5, 0.95, 10)`, to the bit. */
export const thresholds: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/** Of a class and image, those with the highest scores. */
const MOST_DETECTIONS = 100;

/**
 * An image's row: how many pairs follow; label and number of objects, crowds left out, for each; then label, score and
 * marks for each detection, by label and falling score. A mark of a detection has a bit for each threshold at which it
 * found an object, and above these a bit for each at which it does not count, as it found a crowd.
 */
export function imageRow(detections: readonly Detection[], truths: readonly Truth[]): Float64Array {
  const labels = new Set([...detections, ...truths].map(({ label }) => label));
  const counts: number[] = [];
  const marks: number[] = [];
  const [found, real] = [byLabel(detections), byLabel(truths)];
  for (const label of [...labels].sort((a, b) => a - b)) {
    const own = real.get(label) ?? [];
    const objects = own.filter(({ crowd }) => !crowd).length;
    if (own.length > 0) counts.push(label, objects);
    const best = [...(found.get(label) ?? [])].sort((a, b) => b.score - a.score).slice(0, MOST_DETECTIONS);
    const mark = matchBoxes(best, own);
    for (const [i, { score }] of best.entries()) marks.push(label, score, mark[i] as number);
  }
  return Float64Array.from([counts.length / 2, ...counts, ...marks]);
}

function byLabel<T extends { readonly label: number }>(items: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group) group.push(item);
    else groups.set(item.label, [item]);
  }
  return groups;
}

/**
 * The marks of detections of one class in one image, given by falling score. At each threshold a detection takes the
 * object that it overlaps most, of equals the last, among those that none before it took; only if there is none, a
 * crowd, which any number may take. Mirrors pycocotools' COCOeval.evaluateImg for all areas.
 */
function matchBoxes(detections: readonly Detection[], truths: readonly Truth[]): Uint32Array {
  // Crowds last, otherwise in the data's order.
  const sorted = [...truths.filter(({ crowd }) => !crowd), ...truths.filter(({ crowd }) => crowd)];
  const marks = new Uint32Array(detections.length);
  const overlaps = detections.map(({ box }) => sorted.map((truth) => overlap(box, truth.box, truth.crowd)));
  for (const [t, threshold] of thresholds.entries()) {
    const taken = new Uint8Array(sorted.length);
    for (let i = 0; i < detections.length; i++) {
      const match = bestMatch(sorted, overlaps[i] as number[], taken, threshold);
      if (match < 0) continue;
      taken[match] = 1;
      (marks[i] as number) |= 1 << (sorted[match]?.crowd ? t + thresholds.length : t);
    }
  }
  return marks;
}

function bestMatch(
  truths: readonly Truth[],
  overlaps: readonly number[],
  taken: Uint8Array,
  threshold: number,
): number {
  let most = Math.min(threshold, 1 - 1e-10);
  let match = -1;
  for (let j = 0; j < truths.length; j++) {
    const crowd = (truths[j] as Truth).crowd;
    if (taken[j] && !crowd) continue;
    if (crowd && match >= 0 && !truths[match]?.crowd) break;
    const share = overlaps[j] as number;
    if (share < most) continue;
    most = share;
    match = j;
  }
  return match;
}
