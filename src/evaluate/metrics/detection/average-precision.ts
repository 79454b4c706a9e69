import { Prepared, weightOf } from '../weighted.js';
import { thresholds } from './match-boxes.js';

/** NumPy's `linspace(0, 1, 101)`, to the bit. */
const recalls: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** Detections of one class in all images, by falling score, of equals in the images' order. */
interface ClassDetections {
  /** The image's row. */
  readonly images: Uint32Array;
  readonly scores: Float64Array;
  readonly marks: Uint32Array;
}

type Detections = ReadonlyMap<number, ClassDetections>;

const detectionsOf = new Prepared<Detections>(sortDetections);

/**
 * The mean, over classes that have objects and the places of the given thresholds, of a class's average precision: the
 * precision at 101 recalls, each the highest at that recall or a greater one. NaN without any object. `rows` are those
 * of `imageRow`. Mirrors pycocotools' COCOeval.accumulate.
 */
export function averagePrecision(
  rows: readonly Float64Array[],
  weights: Uint32Array | undefined,
  places: readonly number[],
  oneClass: number | undefined,
): number {
  const objects = countObjects(rows, weights);
  const detections = detectionsOf.for(rows, weights);
  let [sum, count] = [0, 0];
  for (const [label, total] of objects) {
    if (total === 0 || (oneClass !== undefined && label !== oneClass)) continue;
    for (const place of places) {
      sum += ofClass(detections.get(label), weights, total, place);
      count++;
    }
  }
  return sum / count;
}

/** All thresholds, or the one that is `share`. */
export function thresholdPlaces(share?: number): number[] {
  const places = [...thresholds.keys()];
  return share === undefined
    ? places
    : places.filter((place) => Math.abs((thresholds[place] as number) - share) < 1e-9);
}

function countObjects(rows: readonly Float64Array[], weights: Uint32Array | undefined): [number, number][] {
  const objects = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) {
    const weight = weightOf(weights, i);
    if (weight === 0) continue;
    const row = rows[i] as Float64Array;
    const pairs = row[0] as number;
    for (let k = 0; k < pairs; k++) {
      const label = row[1 + 2 * k] as number;
      objects.set(label, (objects.get(label) ?? 0) + weight * (row[2 + 2 * k] as number));
    }
  }
  return [...objects].sort(([a], [b]) => a - b);
}

function sortDetections(rows: readonly Float64Array[]): Detections {
  const found = new Map<number, { image: number; score: number; mark: number }[]>();
  for (const [image, row] of rows.entries()) {
    for (let at = 1 + 2 * (row[0] as number); at < row.length; at += 3) {
      const [label, score, mark] = [row[at], row[at + 1], row[at + 2]] as [number, number, number];
      const own = found.get(label);
      if (own) own.push({ image, score, mark });
      else found.set(label, [{ image, score, mark }]);
    }
  }
  return new Map(
    [...found].map(([label, detections]) => {
      detections.sort((a, b) => b.score - a.score);
      return [
        label,
        {
          images: Uint32Array.from(detections, ({ image }) => image),
          scores: Float64Array.from(detections, ({ score }) => score),
          marks: Uint32Array.from(detections, ({ mark }) => mark),
        },
      ];
    }),
  );
}

function ofClass(
  detections: ClassDetections | undefined,
  weights: Uint32Array | undefined,
  objects: number,
  place: number,
): number {
  if (detections === undefined) return 0;
  const { images, scores, marks } = detections;
  const [hit, skip] = [1 << place, 1 << (place + thresholds.length)];
  // The precision after each object that was found: at all other places it is lower than at the one before.
  const precision = new Float64Array(objects);
  let [right, wrong] = [0, 0];
  for (let i = 0; i < images.length; ) {
    const image = images[i] as number;
    // An image that counts several times: its equal scores follow each other anew for each time.
    let end = i + 1;
    while (end < images.length && images[end] === image && scores[end] === scores[i]) end++;
    for (let time = weightOf(weights, image); time > 0; time--) {
      for (let k = i; k < end; k++) {
        const mark = marks[k] as number;
        if (mark & skip) continue;
        if (!(mark & hit)) {
          wrong++;
          continue;
        }
        right++;
        precision[right - 1] = right / (right + wrong + Number.EPSILON);
      }
    }
    i = end;
  }
  return meanPrecision(precision, right);
}

/** Of the precisions after each of the objects, of which the first `found` ones were found. */
function meanPrecision(precision: Float64Array, found: number): number {
  for (let i = found - 2; i >= 0; i--) {
    precision[i] = Math.max(precision[i] as number, precision[i + 1] as number);
  }
  let [sum, at] = [0, 0];
  for (const wanted of recalls) {
    while (at < found && (at + 1) / precision.length < wanted) at++;
    if (at === found) break;
    sum += precision[at] as number;
  }
  return sum / recalls.length;
}
