import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { printModule } from '#ir/print.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { Ranges } from '#quantize/ranges.js';
import { recipeOf } from '#quantize/recipe.js';
import { powerOfTwo } from '#quantize/recurrent/state-scales.js';
import { exportModule } from '#tflite/export/export-module.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { parse } from '../../support/dialects.js';
import { layers } from './layers.js';

const constraint = { kind: 'state', operand: 19, dtype: 'int8', stored: 'power-of-two', integerBits: 6 } as const;

function quantize(text: string, scheme: 'int8' | 'int8-only' | 'int16x8' = 'int8', cell: number | null = 3) {
  const module = parse(text);
  const range = (max: number) => ({ min: -max, max });
  const ranges = new Ranges(
    new Map([
      ['f/f_x:0', range(2)],
      ['f/y', range(0.5)],
      ['f/z', range(0.5)],
      ...(cell === null ? [] : ([['f/y/cell_state', range(cell)]] as const)),
    ]),
  );
  const recipe = { ...recipeOf(scheme), options: { minimumElements: 1 } };
  const { report } = quantizeModule(module, { recipe, ranges });
  const op = report.ops.find(({ op: name }) => name.includes('SEQUENCE'));
  return { module, text: printModule(module), applied: op?.applied, reason: op?.reason };
}

describe('recurrent layers as integers', () => {
  test('an LSTM in one direction', () => {
    const { text, applied } = quantize(layers.lstm);
    expect(applied).toBe('int8');
    expect(text).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2x3x2xf32>) -> ("y") {
  %c0 = const [[64, -32], [95, 127]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.007874015718698502:0)>
  %c1 = const [[-127, 64], [32, 64]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.007874015718698502:0)>
  %c2 = const [[127, -42], [-64, 42]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.011811023578047752:0)>
  %c3 = const [[64, 32], [127, -127]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.007874015718698502:0)>
  %c4 = const [[42, 85], [-85, 127]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.005905511789023876:0)>
  %c5 = const [[127, 127], [64, -64]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.003937007859349251:0)>
  %c6 = const [[-32, 127], [64, 32]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.007874015718698502:0)>
  %c7 = const [[127, 32], [-64, 64]] : tensor<2x2xi8> as tensor<2x2xi8, q(0.007874015718698502:0)>
  %c8 = const [4048, -2024] : tensor<2xi32> as tensor<2xi32, q(0.00012351397890597582:0)>
  %c9 = const [8096, 6072] : tensor<2xi32> as tensor<2xi32, q(0.00012351397890597582:0)>
  %c10 = const [0, 2699] : tensor<2xi32> as tensor<2xi32, q(0.00018527096835896373:0)>
  %c11 = const [-4048, 2024] : tensor<2xi32> as tensor<2xi32, q(0.00012351397890597582:0)>
  %c12 = const splat(0) : tensor<2x2xi16> as tensor<2x2xi16, q(0.0001220703125:0)>
  %c13 = const splat(-1) : tensor<2x2xi8> as tensor<2x2xi8, q(0.003921568859368563:-1)>
  %0 = tfl.quantize(%arg0) : tensor<2x3x2xi8, q(0.01568627543747425:-1)>
  %1 = tfl.unidirectional_sequence_lstm(%0, %c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7, none, none, none, %c8, %c9, %c10, %c11, none, none, %c13, %c12) : tensor<2x3x2xi8, q(0.003921568859368563:-1)>
  %2 = tfl.dequantize(%1) : tensor<2x3x2xf32>
  return %2
}
"
`);
  });

  test('its intermediates say the scale of the hidden state', () => {
    const { module } = quantize(layers.lstm);
    const record = parseModel(serializeModel(exportModule(module)));
    const { operators, tensors } = record.subgraphs[0] as (typeof record.subgraphs)[number];
    const operator = operators.find(({ intermediates }) => intermediates.length > 0);
    const stored = operator?.intermediates.map((index) => tensors[index]);
    expect(stored?.map((tensor) => tensor?.type)).toEqual(['FLOAT32', 'FLOAT32', 'FLOAT32', 'FLOAT32', 'INT8']);
    expect(stored?.map((tensor) => tensor?.shape)).toEqual([[0], [0], [0], [0], [0]]);
    const output = tensors[operator?.outputs[0] as number];
    expect(stored?.at(-1)?.quantization?.scale).toEqual(output?.quantization?.scale);
    const state = tensors[operator?.inputs[18] as number];
    expect([state?.is_variable, state?.type, state?.quantization?.scale]).toEqual([
      true,
      'INT8',
      output?.quantization?.scale,
    ]);
    expect(tensors[operator?.inputs[19] as number]?.type).toBe('INT16');
  });

  test.each<[string, string, number | null]>([
    ['a plain layer', layers.rnn, 3],
    ['both directions', layers.bidirectionalLstm, 3],
    ['a state of unknown range', layers.lstm, null],
    ['a state of too many bits', layers.lstm, 65],
    ['peepholes', layers.lstm.replace('none, none, none', '%b1, %b1, %b1'), 3],
    ['a clipped cell', layers.lstm.replace('%s, %s)', '%s, %s) {cell_clip = 1}'), 3],
  ])('only the weights of %s', (_, text, cell) => {
    const { applied, reason, text: result } = quantize(text, 'int8', cell);
    expect([applied, reason]).toMatchSnapshot();
    expect(result).toMatch(/as tensor<2x2xi8, q\(/);
    expect(result).toContain('asymmetric_quantize_inputs = true');
    expect(result).not.toContain('tfl.quantize');
  });

  test('only the weights where data are to have 16 bits', () => {
    expect(quantize(layers.lstm, 'int16x8').applied).toBe('dynamic');
  });

  test('where nothing may stay float32 that is an error', () => {
    expect(() => quantize(layers.rnn, 'int8-only')).toThrow(DiagnosticError);
    expect(quantize(layers.lstm, 'int8-only').applied).toBe('int8');
  });

  test('powers of two', () => {
    const scale = (max: number) => powerOfTwo({ min: 0, max }, constraint)?.scale;
    expect(scale(4)).toBe(2 ** -13);
    expect(scale(4.01)).toBe(2 ** -12);
    expect(scale(0.1)).toBe(2 ** -15);
    expect(scale(0)).toBe(2 ** -15);
    expect(scale(64)).toBe(2 ** -9);
    expect(scale(64.1)).toBeUndefined();
  });
});
