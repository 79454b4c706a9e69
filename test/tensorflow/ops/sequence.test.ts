import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

describe('Range', () => {
  const range = (dtype: string) => `%y = tf.Range(%a, %b, %c) {Tidx = "${dtype}"}`;

  test('its length is known where its bounds are', () => {
    const bounds = '%a = const 1 : tensor<i32> %b = const 9 : tensor<i32> %c = const 3 : tensor<i32>';
    expect(inferred('', `${bounds} ${range('int32')}`)).toBe('tensor<3xi32>');
    expect(inferred('%a: tensor<i32>, %b: tensor<i32>, %c: tensor<i32>', range('int32'))).toBe('tensor<?xi32>');
    expect([...(foldedTensor(`${bounds} ${range('int32')}`)?.data ?? [])]).toEqual([1, 4, 7]);
  });

  test('one op, for narrow integers in int32', () => {
    expect(loweredOps('%a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>', range('float32'))).toEqual(['range']);
    const narrow = '%a: tensor<i16>, %b: tensor<i16>, %c: tensor<i16>';
    expect(loweredOps(narrow, range('int16'))).toEqual(['cast', 'cast', 'cast', 'range', 'cast']);
  });
});

describe('LinSpace', () => {
  const space = '%y = tf.LinSpace(%a, %b, %n) {T = "float32"}';

  test('between bounds that are computed', () => {
    const count = '%n = const 5 : tensor<i32>';
    expect(inferred('%a: tensor<f32>, %b: tensor<f32>', `${count} ${space}`)).toBe('tensor<5xf32>');
    expect(loweredOps('%a: tensor<f32>, %b: tensor<f32>', `${count} ${space}`)).toEqual(['sub', 'div', 'mul', 'add']);
    const bounds = '%a = const 0 : tensor<f32> %b = const 2 : tensor<f32>';
    expect([...(foldedTensor(`${bounds} ${count} ${space}`)?.data ?? [])]).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  test('the number of points is constant', () => {
    const args = '%a: tensor<f32>, %b: tensor<f32>, %n: tensor<i32>';
    expect(inferred(args, space)).toBe('tensor<?xf32>');
    expect(refusal(args, space).help[0]).toContain('`num`');
  });
});
