import { describe, expect, test } from '@jest/globals';
import { findMetric } from '#evaluate/find-metric.js';
import { detectionOutputs } from '#evaluate/metrics/detection/detection-outputs.js';
import { evaluated, info, type Numbers, observation, signature, tensor } from '../observations.js';

describe('masks', () => {
  test('one score a pixel, class numbers, and NaN', () => {
    const label = tensor('int64', [[0, 1, 1]]);
    const one = observation({ y: tensor('float32', [[[0.2], [0.7], [NaN]]]) }, { label });
    expect(evaluated(findMetric('mean-iou'), [one])).toBe((1 + 1 / 2) / 2);
    const numbers = observation({ y: tensor('int32', [[0, 1, 0]]) }, { label });
    expect(evaluated(findMetric('mean-iou[1]'), [numbers])).toBe(0.5);
    const logits = observation({ y: tensor('float32', [[[-1], [0.2], [3]]]) }, { label });
    expect(evaluated(findMetric('mean-iou', { scores: 'logits' }), [logits])).toBe(1);
    expect(evaluated(findMetric('mean-iou[7]'), [numbers])).toBeNaN();
  });

  test('labels out of range and of another size', () => {
    const y = tensor('float32', [
      [
        [1, 0],
        [0, 1],
      ],
    ]);
    const observe = (label: Numbers) =>
      findMetric('mean-iou').observe(observation({ y }, { label: tensor('uint8', [label]) }));
    expect(() => observe([0, 255])).toThrow(
      "sample 0, 'label': the label 255 is out of range: the model has 2 classes, 0 to 1; pixels without a class are left out by the option `ignoreLabel`",
    );
    expect(() => observe([0, 1, 0])).toThrow(
      "takes as many pixels as the label, but it has 3; the output 'y' is float32 [1, 2, 2]",
    );
  });
});

describe('outputs of a detector', () => {
  const find = (names: readonly string[], options = {}) => {
    const { boxes, classes, scores, count } = detectionOutputs(
      'map',
      options,
      signature(names.map((name) => info(name, tensor('float32', [[1]])))),
    );
    return [boxes.name, classes.name, scores.name, count?.name];
  };
  const op = 'TFLite_Detection_PostProcess';

  test.each([
    [
      ['scores', 'boxes', 'num_detections', 'classes'],
      ['boxes', 'classes', 'scores', 'num_detections'],
    ],
    [
      [op, `${op}:1`, `${op}:2`, `${op}:3`],
      [op, `${op}:1`, `${op}:2`, `${op}:3`],
    ],
    [
      ['detection_boxes', 'raw_detection_boxes', 'detection_scores', 'raw_detection_scores', 'detection_classes'],
      ['detection_boxes', 'detection_classes', 'detection_scores', undefined],
    ],
  ])('of %j are found by their names', (names, found) => {
    expect(find(names)).toEqual(found);
  });

  test('are named by options, or refused', () => {
    expect(find(['a', 'b', 'c'], { detection: { boxes: 'b', classes: 'a', scores: 'c' } })).toEqual([
      'b',
      'a',
      'c',
      undefined,
    ]);
    expect(() => find(['a', 'b', 'c'])).toThrow(
      "signature 'serve' has no output that is surely the boxes; there is 'a', 'b', 'c'.",
    );
    expect(() => find(['boxes', 'b', 'scores'], { detection: { classes: 'x' } })).toThrow("has no output 'x'");
  });
});

describe('boxes', () => {
  const label = { boxes: tensor('float32', [[[0, 0, 2, 2]]]), classes: tensor('int64', [[3]]) };
  const detect = (box: Numbers, score: number, more = {}, classes: Numbers = [[3]]) =>
    observation(
      { boxes: tensor('float32', [[box]]), classes: tensor('float32', classes), scores: tensor('float32', [[score]]) },
      { ...label, ...more },
    );

  test.each([
    ['yxyx', [1, 5, 4, 7]],
    ['xyxy', [5, 1, 7, 4]],
    ['xywh', [5, 1, 2, 3]],
    ['cxcywh', [6, 2.5, 2, 3]],
  ] as const)('as %s', (format, box) => {
    const sample = detect(box, 0.5, { boxes: tensor('float32', [[[1, 5, 4, 7]]]) });
    expect(evaluated(findMetric('map', { boxFormat: format, labelBoxFormat: 'yxyx' }), [sample])).toBeCloseTo(1, 12);
  });

  test('a NaN score comes last, a NaN box finds nothing, a NaN class is none', () => {
    const metric = findMetric('map');
    expect(evaluated(metric, [detect([0, 0, 2, 2], NaN)])).toBeCloseTo(1, 12);
    expect(evaluated(metric, [detect([0, 0, 2, NaN], 1)])).toBe(0);
    expect(evaluated(metric, [detect([0, 0, 2, 2], 1, {}, [[NaN]])])).toBe(0);
  });

  test('labels that cannot be', () => {
    const observe = (more: object) => () =>
      findMetric('map', { crowd: 'crowd' in more }).observe(detect([0, 0, 1, 1], 1, more));
    expect(observe({ boxes: tensor('float32', [[[0, 5, 2, 2]]]) })).toThrow(
      "sample 0, 'boxes': box 0 ends before it begins, read as yxyx",
    );
    expect(observe({ classes: tensor('int64', [[1, 2]]) })).toThrow(
      "sample 0, 'boxes': there are 1 boxes for 2 classes",
    );
    expect(observe({ crowd: tensor('int64', [[1, 0]]) })).toThrow(
      "sample 0, 'crowd': there are 2 of them for 1 classes",
    );
    expect(observe({ classes: tensor('int64', [[-2]]) })).toThrow("sample 0, 'classes': the class -2 is below 0");
  });

  test('outputs that do not belong together', () => {
    const odd = detect([0, 0, 1, 1], 1, {}, [[1, 2]]);
    expect(() => findMetric('map').observe(odd)).toThrow("'scores' has 1 a row, 'classes' 2, and 'boxes' 4, 4 a box.");
  });
});
