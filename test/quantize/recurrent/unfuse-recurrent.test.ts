import { describe, expect, test } from '@jest/globals';
import { calibrate } from '#quantize/calibrate.js';
import { unfuseRecurrent } from '#quantize/recurrent/unfuse-recurrent.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { parse } from '../../support/dialects.js';
import { INPUT, layers } from './layers.js';

function recordOf(text: string): ModelRecord {
  return parseModel(serializeModel(exportModule(parse(text))));
}

function input(text: string): Tensor {
  return Tensor.float32(Float32Array.from(INPUT), text.includes('tensor<3x2x2xf32>) ->') ? [3, 2, 2] : [2, 3, 2]);
}

/** What LiteRT 2.3's Interpreter computes by the ops themselves, to five digits. */
const LSTM = [
  0.20811, -0.08949, 0.4739, -0.28035, 0.19343, 0.01613, 0.40424, -0.48862, 0.13449, 0.00516, -0.04151, 0.03711,
];
const expected: Readonly<Record<keyof typeof layers, readonly (readonly number[])[]>> = {
  lstm: [LSTM],
  lstmStepsFirst: [
    [0.20811, -0.08949, 0.36498, -0.27418, 0.04689, 0.05961, 0.50284, -0.58097, -0.08737, 0.19535, 0.17468, -0.02401],
  ],
  lstmAnyLength: [LSTM],
  rnn: [[0.76159, -0.70391, 0.77228, 0.21296, 0.1728, -0.0389, 0.92535, 0.63515, 0.62697, 0.76728, 0.10252, -0.34787]],
  reluRnn: [[1, 0, 1.4375, 0.625, 0.54688, 0, 1.625, 0.75, 0.96875, 0.75, 0.17969, 0]],
  bidirectionalLstm: [
    LSTM,
    [0.32067, 0.24333, 0.26074, 0.56818, 0.09468, 0.09465, 0.305, 0.60005, 0.18414, 0.18932, 0.01389, 0.02616],
  ],
  mergedRnn: [
    [
      0.76159, -0.70391, 0.71318, 0.40227, 0.8298, 0.8093, -0.17965, 0.73902, -0.27896, -0.61767, 0.99635, 0.79092,
      0.97746, 0.73617, -0.40999, 0.79674, -0.18878, 0.58906, 0.92535, 0.87983, 0.17319, -0.50916, 0.99365, 0.63515,
    ],
  ],
};

describe('unfuse-recurrent', () => {
  test.each(Object.entries(layers))('%s', async (name, text) => {
    const interpreter = await openInterpreter(serializeModel(unfuseRecurrent(recordOf(text))));
    const { outputs } = await interpreter.run(new Map([['x', input(text)]]));
    [...outputs.values()].forEach(({ data }, i) => {
      const wanted = expected[name as keyof typeof layers][i] as readonly number[];
      expect(data).toHaveLength(wanted.length);
      wanted.forEach((value, k) => {
        expect(Number(data[k])).toBeCloseTo(value, 4);
      });
    });
    await interpreter.dispose();
  });

  test.each([
    ['peepholes', layers.lstm.replace('none, none, none', '%b1, %b1, %b1')],
    ['a clipped cell', layers.lstm.replace('%s, %s)', '%s, %s) {cell_clip = 1}')],
    ['layer normalization', layers.lstm.replace('%s, %s)', '%s, %s, %b1, %b1, %b1, %b1)')],
    ['another activation', layers.rnn.replace('%s)', '%s) {fused_activation_function = "SIGN_BIT"}')],
  ])('not with %s', (_, text) => {
    const record = recordOf(text);
    expect(unfuseRecurrent(record)).toEqual(record);
  });

  test('a model without such ops is left alone', () => {
    const record = recordOf('signature "f" (%x: tensor<2xf32>) -> ("y") { %y = tfl.tanh(%x) return %y }');
    expect(unfuseRecurrent(record)).toBe(record);
  });

  test('the range of what the cells of an LSTM keep is found', async () => {
    async function* samples() {
      yield { index: 0, values: new Map([['x', input(layers.lstm)]]) };
    }
    const ranges = await calibrate(exportModule(parse(layers.lstm)), { samples });
    // The state that the op itself leaves after one, two and three steps.
    expect(ranges.get('f/y/cell_state')?.min).toBeCloseTo(-0.57614, 4);
    expect(ranges.get('f/y/cell_state')?.max).toBeCloseTo(1.0006, 4);
    expect(ranges.get('f/y')?.min).toBeCloseTo(Math.min(...LSTM), 4);
  });
});
