import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

const body = (op: string, dtype = 'float32') => `%y = tf.${op}(%a, %b) {T = "${dtype}"}`;
const floats = '%a: tensor<?x3xf32>, %b: tensor<3xf32>';

describe('division', () => {
  test('types broadcast', () => {
    expect(inferred(floats, body('RealDiv'))).toBe('tensor<?x3xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<3xf32>', body('FloorMod'))).toBe('tensor<*xf32>');
  });

  test('whole numbers are not divided by 0 beforehand', () => {
    const by = (divisor: number) =>
      foldedTensor(
        `%a = const [7, -7] : tensor<2xi32> %b = const ${divisor} : tensor<i32> ${body('FloorDiv', 'int32')}`,
      );
    expect([...(by(2)?.data ?? [])]).toEqual([3, -4]);
    expect(by(0)).toBeUndefined();
  });

  test('Div truncates whole numbers', () => {
    const div = `%a = const [7, -7] : tensor<2xi32> %b = const 2 : tensor<i32> ${body('Div', 'int32')}`;
    expect([...(foldedTensor(div)?.data ?? [])]).toEqual([3, -3]);
    const real = `%a = const [7, -7] : tensor<2xf32> %b = const 2 : tensor<f32> ${body('Div')}`;
    expect([...(foldedTensor(real)?.data ?? [])]).toEqual([3.5, -3.5]);
  });

  test('one op each', () => {
    expect(loweredOps(floats, body('RealDiv'))).toEqual(['div']);
    expect(loweredOps(floats, body('Div'))).toEqual(['div']);
    expect(loweredOps(floats, body('FloorDiv'))).toEqual(['floor_div']);
    expect(loweredOps(floats, body('FloorMod'))).toEqual(['floor_mod']);
    expect(loweredOps('%a: tensor<?xi32>, %b: tensor<i32>', body('TruncateDiv', 'int32'))).toEqual(['div']);
  });

  test('rests of the sign of the dividend', () => {
    for (const op of ['TruncateMod', 'Mod']) {
      expect(loweredOps(floats, body(op))).toEqual(['abs', 'abs', 'floor_mod', 'sign', 'mul']);
    }
  });

  test('0 where an operand is 0, whatever the other is', () => {
    expect(loweredOps(floats, body('DivNoNan'))).toEqual(['equal', 'div', 'select_v2']);
    expect(loweredOps(floats, body('MulNoNan'))).toEqual(['equal', 'mul', 'select_v2']);
    expect(loweredOps(floats, body('Xdivy'))).toEqual(['equal', 'div', 'select_v2']);
    expect(loweredOps(floats, body('Xlogy'))).toEqual(['equal', 'log', 'mul', 'select_v2']);
    expect(loweredOps(floats, body('Xlog1py'))).toEqual(['equal', 'add', 'log', 'mul', 'select_v2']);
  });

  test('int64 is divided by three quotients of floats; other divisions of it have none', () => {
    const args = '%a: tensor<?xi64>, %b: tensor<i64>';
    const quotient = ['cast', 'div', 'round', 'cast'];
    const correction = ['mul', 'sub', ...quotient, 'add'];
    expect(loweredOps(args, body('FloorDiv', 'int64'))).toEqual([
      ...['floor_mod', 'sub', 'cast', ...quotient, ...correction, ...correction],
    ]);
    const { reason, help } = refusal(args, body('TruncateDiv', 'int64'));
    expect(reason).toContain('no kernel for int64');
    expect(help[0]).toContain('to int32');
  });
});
