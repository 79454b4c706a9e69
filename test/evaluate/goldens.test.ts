import { describe, expect, test } from '@jest/globals';
import type { BoxFormat, Observation } from '#evaluate/metric.js';
import { differences, type Golden, goldens, type Numbers, observation, tensor } from './observations.js';

interface ClassCase extends Golden {
  readonly labels: readonly number[];
  readonly scores: readonly (readonly number[])[];
}

interface NumberCase extends Golden {
  readonly expected: readonly (readonly number[])[];
  readonly actual: readonly (readonly number[])[];
}

interface MaskCase extends Golden {
  readonly labels: readonly Numbers[];
  readonly scores: readonly Numbers[];
  readonly ignore: number | null;
}

type Boxes = readonly (readonly [number, number, number, number])[];

interface Image {
  readonly boxes: Boxes;
  readonly classes: readonly number[];
  readonly crowd: readonly number[];
  readonly found: Boxes;
  readonly foundClasses: readonly number[];
  readonly scores: readonly number[];
}

interface DetectionCase extends Golden {
  readonly images: readonly Image[];
}

const none = (count: number): Numbers => new Array<number>(count).fill(0);

describe('scikit-learn', () => {
  const cases = goldens<ClassCase>('classes').map((each, i) => ({ i, ...each }));

  test.each(cases)('classes, case $i: row by row', (each) => {
    const samples = each.labels.map((label, i) =>
      observation({ y: tensor('float32', [each.scores[i] as Numbers]) }, { label: tensor('int64', [label]) }),
    );
    expect(differences(each, samples)).toEqual([]);
  });

  test.each(cases)('classes, case $i: as a batch that is longer than the data, with one-hot labels', (each) => {
    const { labels, scores } = each;
    const classes = scores[0]?.length ?? 0;
    const oneHot = labels.map((label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
    const outputs = { y: tensor('float32', [...scores, none(classes)]) };
    const sample = observation(
      outputs,
      { label: tensor('float32', [...oneHot, none(classes)]) },
      { batch: labels.length + 1 },
    );
    expect(differences(each, [{ ...sample, rows: labels.length }], { labelType: 'one-hot' })).toEqual([]);
  });

  test.each(cases.filter(({ scores }) => scores[0]?.length === 2))('classes, case $i: one score a row', (each) => {
    const samples = each.labels.map((label, i) =>
      observation({ y: tensor('float32', [[each.scores[i]?.[1] as number]]) }, { label: tensor('int64', [label]) }),
    );
    expect(differences(each, samples)).toEqual([]);
  });

  test.each(goldens<ClassCase>('logits').map((each, i) => ({ i, ...each })))('logits, case $i', (each) => {
    const samples = each.labels.map((label, i) =>
      observation({ y: tensor('float64', [each.scores[i] as Numbers]) }, { label: tensor('int32', [label]) }),
    );
    expect(differences(each, samples, { scores: 'logits' })).toEqual([]);
  });

  const numbers = goldens<NumberCase>('numbers').map((each, i) => ({ i, ...each }));

  test.each(numbers)('numbers, case $i: against labels', (each) => {
    const samples = each.expected.map((expected, i) =>
      observation({ y: tensor('float32', [each.actual[i] as Numbers]) }, { label: tensor('float32', [expected]) }),
    );
    expect(differences(each, samples, { against: 'labels' })).toEqual([]);
  });

  test.each(numbers)('numbers, case $i: against the float model, in several outputs', (each) => {
    const split = ([first, ...others]: readonly number[]) => ({
      a: tensor('float32', [[first as number]]),
      b: tensor('float32', [others]),
    });
    const samples = each.expected.map((expected, i) => {
      const float = observation(split(expected));
      return observation(split(each.actual[i] as number[]), {}, { reference: float });
    });
    expect(differences(each, samples, { against: 'float' })).toEqual([]);
  });

  test.each(goldens<MaskCase>('masks').map((each, i) => ({ i, ...each })))('masks, case $i', (each) => {
    const samples = each.labels.map((label, i) =>
      observation({ y: tensor('float32', [each.scores[i] as Numbers]) }, { label: tensor('uint8', [label]) }),
    );
    const options = each.ignore === null ? {} : { ignoreLabel: each.ignore };
    expect(differences(each, samples, options)).toEqual([]);
  });
});

describe('pycocotools', () => {
  const cases = goldens<DetectionCase>('detection').map((each, i) => ({ i, ...each }));

  test.each(cases)('detection, case $i', (each) => {
    expect(
      differences(
        each,
        each.images.map((image) => detected(image, 'xywh')),
        { boxFormat: 'xywh', crowd: true },
      ),
    ).toEqual([]);
  });

  test.each(cases)('detection, case $i: corners, padded to a number of boxes, with a count', (each) => {
    const samples = each.images.map((image) => detected(image, 'yxyx', 3));
    expect(differences(each, samples, { crowd: true })).toEqual([]);
  });
});

function detected(image: Image, format: BoxFormat, padding = 0): Observation {
  const written = (boxes: Boxes) =>
    boxes.map(([x, y, w, h]) => (format === 'xywh' ? [x, y, w, h] : [y, x, y + h, x + w]));
  const rows = (boxes: Boxes, more: number): Numbers => [
    ...written(boxes),
    ...new Array<Numbers>(more).fill([0, 0, 9, 9]),
  ];
  const list = (values: readonly number[], more: number, fill: number) => [
    ...values,
    ...new Array<number>(more).fill(fill),
  ];
  const boxesOf = (values: Numbers) => {
    const { data } = tensor('float32', values);
    return tensor('float32', Array.from(data as Float32Array)).reshape([1, data.length / 4, 4]);
  };
  return observation(
    {
      detection_boxes: boxesOf(rows(image.found, padding)),
      detection_classes: tensor('float32', [list(image.foundClasses, padding, 0)]),
      detection_scores: tensor('float32', [list(image.scores, padding, 1)]),
      ...(padding > 0 ? { num_detections: tensor('float32', [image.found.length]) } : {}),
    },
    {
      boxes: boxesOf(rows(image.boxes, padding)),
      classes: tensor('int64', [list(image.classes, padding, -1)]),
      crowd: tensor('int64', [list(image.crowd, padding, 0)]),
    },
  );
}
