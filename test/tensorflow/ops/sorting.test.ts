import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

describe('the largest elements', () => {
  const top = (index = 'int32') => `%y, %z = tf.TopKV2(%a, %k) {T = "float32", index_type = "${index}"}`;

  test('types', () => {
    expect(inferred('%a: tensor<?x5xf32>', `%k = const 2 : tensor<i32> ${top()}`)).toBe('tensor<?x2xf32>');
    expect(inferred('%a: tensor<?x5xf32>, %k: tensor<i32>', top())).toBe('tensor<?x?xf32>');
    expect(inferred('%a: tensor<*xf32>, %k: tensor<i32>', top())).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<5xf32>', `%k = const 6 : tensor<i32> ${top()}`)).toThrow(
      '6 elements are wanted of 5',
    );
    const op = resultOp('%a: tensor<5xf32>, %k: tensor<i32>', top('int64'));
    expect(op.result(1).type).toMatchObject({ dtype: 'int64' });
  });

  test('one op; k and the indices may be of 16 bits, each by itself', () => {
    expect(loweredOps('%a: tensor<?x5xf32>, %k: tensor<i32>', top())).toEqual(['topk_v2']);
    expect(loweredOps('%a: tensor<?x5xf32>', `%k = const 2 : tensor<i16> ${top()}`)).toEqual(['topk_v2']);
    expect(loweredOps('%a: tensor<?x5xf32>, %k: tensor<i16>', top())).toEqual(['topk_v2']);
    expect(loweredOps('%a: tensor<?x5xf32>, %k: tensor<i32>', top('int16'))).toEqual(['topk_v2']);
    expect(loweredOps('%a: tensor<?x5xf32>', '%y, %z = tf.TopK(%a) {k = 2, T = "float32"}')).toEqual(['topk_v2']);
    expect([
      ...(foldedTensor(`%a = const [1, 3, 2] : tensor<3xf32> %k = const 2 : tensor<i32> ${top()}`)?.data ?? []),
    ]).toEqual([3, 2]);
  });
});

describe('distinct elements', () => {
  const unique = '%y, %z = tf.Unique(%a) {T = "int32"}';

  test('of a vector', () => {
    expect(inferred('%a: tensor<5xi32>', unique)).toBe('tensor<?xi32>');
    expect(resultOp('%a: tensor<5xi32>', unique).result(1).type).toMatchObject({ shape: [5] });
    expect(loweredOps('%a: tensor<?xi32>', unique)).toEqual(['unique']);
    expect([...(foldedTensor(`%a = const [3, 1, 3] : tensor<3xi32> ${unique}`)?.data ?? [])]).toEqual([3, 1]);
  });

  test('along an axis of a vector only', () => {
    const body = '%i = const [0] : tensor<1xi64> %y, %z = tf.UniqueV2(%a, %i) {T = "int32"}';
    expect(loweredOps('%a: tensor<?xi32>', body)).toEqual(['unique']);
    expect(refusal('%a: tensor<?x2xi32>', body).reason).toContain('vectors only');
  });
});
