import type { DataInput } from '#data/data-set.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import type { Metric, MetricOptions, Observation } from '../../metric.js';
import { numbersOf } from '../../real-numbers.js';
import { sparseType } from '../classes.js';
import { batchOf, labelsOf, type RowsOfNumbers, rejectLabel, rowsOfOutput } from '../observed.js';
import { averagePrecision, thresholdPlaces } from './average-precision.js';
import { boxAt } from './boxes.js';
import { detectionOutputs } from './detection-outputs.js';
import { type Detection, imageRow, type Truth } from './match-boxes.js';

/** In place of a class: no box, where images have different numbers of them. */
const PADDING = -1;

/**
 * Mean average precision of object detection as COCO defines it: over IoU thresholds from 0.5 to 0.95, or one of them;
 * of all classes that have objects, or one; at most 100 detections a class and image, boxes of any area; what finds
 * only a crowd does not count. Outputs are boxes, classes and scores as TFLite_Detection_PostProcess gives them. The
 * data has `boxes` [batch, n, 4] and `classes` [batch, n], where class -1 is no box, and by option `crowd`. A detection
 * whose score is NaN counts as one of the lowest score; one whose class is NaN is of no class that has objects.
 */
export function meanAveragePrecision(
  name: string,
  threshold: number | undefined,
  oneClass: number | undefined,
  options: MetricOptions,
): Metric {
  const places = thresholdPlaces(threshold);
  return {
    name,
    direction: 'higher',
    kind: 'general',
    comparesWithReference: false,
    labels: (signature) => boxLabels(name, options, signature),
    observe(observation) {
      const detections = readDetections(name, options, observation);
      const truths = readTruths(options, observation);
      return Array.from({ length: observation.rows }, (_, row) => imageRow(detections(row), truths(row)));
    },
    value: (rows, weights) => averagePrecision(rows, weights, places, oneClass),
  };
}

function boxLabels(metric: string, options: MetricOptions, signature: SignatureInfo): DataInput[] {
  // A wrong model shows before data is read.
  detectionOutputs(metric, options, signature);
  const batch = signature.inputs[0]?.shape?.[0] ?? null;
  const dtype = sparseType(options);
  return [
    { name: 'boxes', dtype: 'float32', shape: [batch, null, 4] },
    { name: 'classes', dtype, shape: [batch, null] },
    ...(options.crowd ? [{ name: 'crowd', dtype, shape: [batch, null] }] : []),
  ];
}

function readDetections(
  metric: string,
  options: MetricOptions,
  observation: Observation,
): (row: number) => Detection[] {
  const infos = detectionOutputs(metric, options, observation.signature);
  const [boxes, classes, scores] = [infos.boxes, infos.classes, infos.scores].map((info) =>
    rowsOfOutput(metric, info, observation),
  ) as [RowsOfNumbers, RowsOfNumbers, RowsOfNumbers];
  const counts = infos.count && rowsOfOutput(metric, infos.count, observation);
  const { size } = scores;
  if (boxes.size !== 4 * size || classes.size !== size) {
    fail('invalid-option', {
      detail: `${metric} takes as many classes and boxes as scores; '${scores.name}' has ${size} a row, '${classes.name}' ${classes.size}, and '${boxes.name}' ${boxes.size}, 4 a box.`,
      help: ['Say which outputs they are by the option `detection`: `{ boxes: …, classes: …, scores: …, count: … }`.'],
    });
  }
  return (row) => {
    const count = counts ? Math.min(size, Math.max(0, counts.numbers[row] as number)) : size;
    return Array.from({ length: Number.isNaN(count) ? size : count }, (_, k): Detection => {
      const i = row * size + k;
      const score = scores.numbers[i] as number;
      return {
        box: boxAt(boxes.numbers, i, options.boxFormat ?? 'yxyx'),
        label: classes.numbers[i] as number,
        score: Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score,
      };
    });
  };
}

function readTruths(options: MetricOptions, observation: Observation): (row: number) => Truth[] {
  const { boxFormat = 'yxyx', labelBoxFormat = boxFormat, labelOffset = 0 } = options;
  const batch = batchOf(observation.signature);
  const read = (key: string) => numbersOf(labelsOf(observation, key), undefined) as ArrayLike<number>;
  const [boxes, classes] = [read('boxes'), read('classes')];
  const crowd = options.crowd ? read('crowd') : undefined;
  const size = classes.length / batch;
  return (row) => {
    if (boxes.length !== 4 * classes.length) {
      rejectLabel(observation, row, 'boxes', `there are ${boxes.length / 4 / batch} boxes for ${size} classes`);
    }
    if (crowd && crowd.length !== classes.length) {
      rejectLabel(observation, row, 'crowd', `there are ${crowd.length / batch} of them for ${size} classes`);
    }
    return Array.from({ length: size }, (_, k) => row * size + k).flatMap((i): Truth[] => {
      const label = classes[i] as number;
      if (label === PADDING) return [];
      if (label + labelOffset < 0) rejectLabel(observation, row, 'classes', `the class ${label} is below 0`);
      const box = boxAt(boxes, i, labelBoxFormat);
      if (!(box[2] >= 0 && box[3] >= 0)) {
        rejectLabel(
          observation,
          row,
          'boxes',
          `box ${i - row * size} ends before it begins, read as ${labelBoxFormat}`,
        );
      }
      return [{ box, label: label + labelOffset, crowd: crowd?.[i] === 1 }];
    });
  };
}
