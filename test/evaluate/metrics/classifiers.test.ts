import { describe, expect, test } from '@jest/globals';
import { findMetric } from '#evaluate/find-metric.js';
import type { MetricOptions, Observation } from '#evaluate/metric.js';
import type { Tensor } from '#tensor/tensor.js';
import { evaluated, info, type Numbers, observation, signature, tensor } from '../observations.js';

function sample(scores: Numbers, label: number, more: Partial<Observation> = {}): Observation {
  return observation({ y: tensor('float32', [scores]) }, { label: tensor('int64', [label]) }, more);
}

function value(name: string, samples: readonly Observation[], options?: MetricOptions): number {
  return evaluated(findMetric(name, options), samples);
}

test('the first of equal scores counts, NaN is never right', () => {
  const samples = [sample([0, 3, 3], 1), sample([0, 3, 3], 2), sample([NaN, NaN, NaN], 0), sample([1, 0, NaN], 0)];
  expect(value('top-1', samples)).toBe(0.25);
  expect(value('top-2', samples)).toBe(0.5);
  expect(value('top-5', samples)).toBe(0.5);
  expect(value('top-1', [])).toBeNaN();
});

test('a row with NaN misses its class and no other; curves and losses become NaN', () => {
  const samples = [sample([0.2, 0.8], 1), sample([NaN, 0.1], 1), sample([0.9, 0.1], 0)];
  expect(value('recall[1]', samples)).toBe(0.5);
  expect(value('precision', samples)).toBe(1);
  expect(value('roc-auc', samples)).toBeNaN();
  expect(value('roc-auc', [sample([0.1, NaN], 0), sample([0.1, 0.4], 1)])).toBeNaN();
  expect(value('log-loss', samples)).toBeNaN();
});

test('the scores of a quantized output are real numbers', () => {
  const y = tensor('int8', [[-128, 127]]);
  const quantized = signature([info('y', y, { scales: [1 / 256], zeroPoints: [-128], axis: 0 })]);
  const observed = { ...observation({ y }, { label: tensor('int64', [1]) }), signature: quantized };
  expect(value('log-loss', [observed])).toBeCloseTo(-Math.log(255 / 256), 12);
});

test('one score is that of class 1; a model may give class numbers', () => {
  const ones = [sample([0.5], 0), sample([0.6], 1), sample([0.9], 0)];
  expect(value('top-1', ones)).toBeCloseTo(2 / 3, 12);
  expect(value('top-1', [sample([-1], 0), sample([0.1], 1)], { scores: 'logits' })).toBe(1);
  const numbers = [0, 2].map((given) => observation({ y: tensor('int64', [given]) }, { label: tensor('int64', [2]) }));
  expect([value('top-1', numbers), value('f1[2]', numbers)]).toEqual([0.5, 2 / 3]);
  expect(() => value('roc-auc', numbers)).toThrow(
    "takes scores of classes, not their numbers; the output 'y' is int64 [1]",
  );
});

test('labels may be shifted, and lie under another key', () => {
  const shifted = observation({ y: tensor('float32', [[0, 0, 5]]) }, { c: tensor('uint8', [1]) });
  expect(value('top-1', [shifted], { label: 'c', labelOffset: 1 })).toBe(1);
});

describe('labels that cannot be', () => {
  const y = tensor('float32', [
    [0, 1, 2],
    [0, 1, 2],
  ]);
  test.each<[what: string, label: Tensor, message: string]>([
    [
      'too large',
      tensor('int64', [0, 3]),
      "sample 8, 'label': the label 3 is out of range: the model has 3 classes, 0 to 2",
    ],
    ['negative', tensor('int64', [-1, 0]), "sample 7, 'label': the label -1 is out of range"],
    [
      'several',
      tensor('int64', [
        [0, 1],
        [0, 1],
      ]),
      "sample 7, 'label': it has 2 labels, and each row needs one",
    ],
    [
      'two ones',
      tensor('float32', [
        [0, 0, 1],
        [1, 0, 1],
      ]),
      "sample 8, 'label': it has a 1 in the places 0 and 2",
    ],
    [
      'no one',
      tensor('float32', [
        [0, 0, 0],
        [1, 0, 0],
      ]),
      "sample 7, 'label': it has no 1, and a row has one class",
    ],
    [
      'soft',
      tensor('float32', [
        [0, 0.5, 0.5],
        [1, 0, 0],
      ]),
      "sample 7, 'label': element 1 is 0.5, and a one-hot label holds only 0 and 1",
    ],
  ])('%s', (_, label, message) => {
    const observed = observation({ y }, { label }, { batch: 2, index: 7 });
    expect(() => findMetric('top-1').observe(observed)).toThrow(`test.npz: ${message}`);
  });
});

describe('outputs that cannot be judged', () => {
  test('several without a name, one that is not there, and such that are no scores', () => {
    const two = observation(
      { y: tensor('float32', [[0, 1]]), z: tensor('float32', [[1, 0]]) },
      { label: tensor('int64', [0]) },
    );
    expect(() => findMetric('top-1').labels(two.signature)).toThrow(
      "top-1 judges one output; signature 'serve' has 2: 'y', 'z'.",
    );
    expect(value('top-1', [two], { output: 'z' })).toBe(1);
    expect(() => value('top-1', [two], { output: 'w' })).toThrow("has no output 'w'; there is 'y', 'z'.");
    const map = observation(
      {
        y: tensor('float32', [
          [
            [0, 1],
            [1, 0],
          ],
        ]),
      },
      { label: tensor('int64', [0]) },
    );
    expect(() => value('top-1', [map])).toThrow(
      "takes one score for each class and row; the output 'y' is float32 [1, 2, 2]",
    );
  });

  test('logits are told from probabilities where that is possible', () => {
    expect(() => value('log-loss', [sample([3, -1], 0, { index: 4 })])).toThrow(
      'for sample 4 of test.npz the model gives 3',
    );
    expect(value('log-loss', [sample([3, -1], 0)], { scores: 'logits' })).toBeCloseTo(Math.log(1 + Math.exp(-4)), 7);
  });
});

test('what is kept for weights does not outlive the rows', () => {
  const metric = findMetric('roc-auc');
  const rows = [sample([0.5, 0.5], 1), sample([0.3, 0.7], 0)].flatMap((each) => [...metric.observe(each)]);
  expect(metric.value(rows)).toBe(0);
  const swapped = [rows[1], rows[0]] as Float64Array[];
  expect(metric.value(rows, Uint32Array.of(1, 1))).toBe(0);
  expect(metric.value(swapped, Uint32Array.of(1, 2))).toBe(0);
  rows[1] = Float64Array.of(0, 0.1);
  expect(metric.value(rows)).toBe(1);
});
