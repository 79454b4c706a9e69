import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const cast = (from: string, to: string) => `%y = tf.Cast(%a) {SrcT = "${from}", DstT = "${to}"}`;

describe('Cast', () => {
  test('to another type', () => {
    expect(inferred('%a: tensor<*xf32>', cast('float32', 'int32'))).toBe('tensor<*xi32>');
    expect(lowered('%a: tensor<?xf32>', cast('float32', 'int32'))).toContain(
      'tfl.cast(%arg0) {out_data_type = "INT32"}',
    );
    expect([
      ...(foldedTensor(`%a = const [1.5, -2.5] : tensor<2xf32> ${cast('float32', 'int8')}`)?.data ?? []),
    ]).toEqual([1, -2]);
  });

  test('to the same type it is its operand', () => {
    const op = resultOp('%a: tensor<?xf32>', cast('float32', 'float32'));
    expect(op.definition.fold?.(op, [undefined])).toEqual([op.operand(0)]);
  });

  test('types that TFLite does not cast', () => {
    expect(refusal('%a: tensor<?xstr>', cast('string', 'int32')).reason).toContain('does not cast strings');
    expect(refusal('%a: tensor<?xi32>', cast('int32', 'uint64')).reason).toContain('uint64');
  });
});

describe('Bitcast', () => {
  const bitcast = (from: string, to: string) => `%y = tf.Bitcast(%a) {T = "${from}", type = "${to}"}`;

  test('bytes become a dimension, or a dimension an element', () => {
    expect(inferred('%a: tensor<?x3xf32>', bitcast('float32', 'uint8'))).toBe('tensor<?x3x4xui8>');
    expect(inferred('%a: tensor<?x4xui8>', bitcast('uint8', 'float32'))).toBe('tensor<?xf32>');
    expect(inferred('%a: tensor<?xf32>', bitcast('float32', 'int32'))).toBe('tensor<?xi32>');
    expect(() => inferred('%a: tensor<?x3xui8>', bitcast('uint8', 'float32'))).toThrow('must be 4');
  });

  test('one op, or none', () => {
    expect(loweredOps('%a: tensor<?xf32>', bitcast('float32', 'int32'))).toEqual(['bitcast']);
    expect([...(foldedTensor(`%a = const [1] : tensor<1xf32> ${bitcast('float32', 'int32')}`)?.data ?? [])]).toEqual([
      0x3f800000,
    ]);
  });
});
