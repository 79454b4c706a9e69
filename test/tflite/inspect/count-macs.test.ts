import { expect, test } from '@jest/globals';
import type { ModelToWrite } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { countMacs } from '#tflite/inspect/count-macs.js';
import type { NameOf } from '#wire/flatbuffers/schema.js';
import type { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import type { Operator } from '#wire/flatbuffers/tflite/model.js';

type Options = Operator['builtin_options'];
type OperandShape = readonly number[] | 'absent' | { readonly state: readonly number[] };

/** A model of one operator. */
function macsOf(name: NameOf<typeof BuiltinOperator>, inputs: OperandShape[], output: number[], options?: Options) {
  const tensors = inputs.flatMap((shape) => {
    if (shape === 'absent') return [];
    return 'state' in shape ? [{ shape: shape.state, is_variable: true }] : [{ shape }];
  });
  let next = 0;
  const indices = inputs.map((shape) => (shape === 'absent' ? -1 : next++));
  const model: ModelToWrite = {
    version: 3,
    operator_codes: [{ builtin_code: name }],
    buffers: [new Uint8Array(0)],
    subgraphs: [
      {
        tensors: [...tensors, { shape: output }],
        inputs: [],
        outputs: [tensors.length],
        operators: [{ inputs: indices, outputs: [tensors.length], ...(options ? { builtin_options: options } : {}) }],
      },
    ],
  };
  return countMacs(parseModel(serializeModel(model)));
}

const transposed: Options = { type: 'BatchMatMulOptions', value: { adj_x: true } };

test.each<[NameOf<typeof BuiltinOperator>, OperandShape[], number[], number, Options?]>([
  ['CONV_2D', [[1, 8, 8, 3], [16, 3, 3, 3], [16]], [1, 8, 8, 16], 8 * 8 * 16 * 27],
  // Grouped: each filter sees 2 of 4 channels.
  ['CONV_2D', [[1, 8, 8, 4], [16, 3, 3, 2], [16]], [1, 8, 8, 16], 8 * 8 * 16 * 18],
  [
    'DEPTHWISE_CONV_2D',
    [
      [1, 8, 8, 3],
      [1, 3, 3, 6],
    ],
    [1, 8, 8, 6],
    8 * 8 * 6 * 9,
  ],
  ['TRANSPOSE_CONV', [[4], [5, 3, 3, 2], [1, 4, 4, 2]], [1, 8, 8, 5], 4 * 4 * 2 * 9 * 5],
  [
    'CONV_3D',
    [
      [1, 4, 4, 4, 2],
      [3, 3, 3, 2, 7],
    ],
    [1, 4, 4, 4, 7],
    64 * 7 * 54,
  ],
  ['CONV_3D_TRANSPOSE', [[5], [3, 3, 3, 7, 2], [1, 4, 4, 4, 2]], [1, 8, 8, 8, 7], 64 * 2 * 27 * 7],
  ['FULLY_CONNECTED', [[2, 5, 10], [4, 10], 'absent'], [2, 5, 4], 2 * 5 * 4 * 10],
  [
    'BATCH_MATMUL',
    [
      [3, 2, 10],
      [3, 10, 4],
    ],
    [3, 2, 4],
    3 * 2 * 4 * 10,
  ],
  [
    'BATCH_MATMUL',
    [
      [3, 10, 2],
      [3, 10, 4],
    ],
    [3, 2, 4],
    3 * 2 * 4 * 10,
    transposed,
  ],
  ['SVDF', [[2, 10], [8, 10], [8, 6], [8], { state: [2, 48] }], [2, 8], 2 * (80 + 48)],
  ['UNIDIRECTIONAL_SEQUENCE_RNN', [[2, 7, 10], [8, 10], [8, 8], [8], { state: [2, 8] }], [2, 7, 8], 2 * 7 * (80 + 64)],
  ['CONV_2D', [[1, 8, 8, 3], 'absent'], [1, 8, 8, 16], 0],
  ['ADD', [[8], [8]], [8], 0],
])('%s of %j', (...[name, inputs, output, macs, options]) => {
  const counted = macsOf(name, inputs, output, options);
  expect(counted).toEqual({ total: macs, byOperator: macs === 0 ? [] : [{ name, macs }] });
});
