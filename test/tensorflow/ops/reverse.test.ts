import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const T = 'T = "float32"';

describe('reversal', () => {
  const reverse = (axes: string) =>
    `%i = const [${axes}] : tensor<${axes.split(',').length}xi32> %y = tf.ReverseV2(%x, %i) {${T}}`;

  test('of neighbouring axes in one op', () => {
    expect(inferred('%x: tensor<?x3x4xf32>', reverse('1'))).toBe('tensor<?x3x4xf32>');
    expect(lowered('%x: tensor<?x3x4xf32>', reverse('-1, 1'))).toContain('const [1, 2]');
    expect(loweredOps('%x: tensor<?x3x4xf32>', reverse('2, 0'))).toEqual(['reverse_v2', 'reverse_v2']);
    expect(loweredOps('%x: tensor<*xf32>, %i: tensor<1xi32>', `%y = tf.ReverseV2(%x, %i) {${T}}`)).toEqual([
      'reverse_v2',
    ]);
  });

  test('of axes of size 1 is the operand', () => {
    const op = resultOp('%x: tensor<?x1xf32>', reverse('1'));
    expect(op.definition.fold?.(op, [undefined, undefined])).toEqual([op.operand(0)]);
    expect([...(foldedTensor(`%x = const [1, 2] : tensor<2xf32> ${reverse('0')}`)?.data ?? [])]).toEqual([2, 1]);
  });

  test('by flags, in the older op', () => {
    const old = `%y = tf.Reverse(%x, %i) {${T}}`;
    expect(lowered('%x: tensor<2x3xf32>', `%i = const [false, true] : tensor<2xi1> ${old}`)).toContain('const [1]');
    expect(refusal('%x: tensor<2x3xf32>, %i: tensor<2xi1>', old).reason).toContain('not constant');
  });

  test('of the first elements of each row', () => {
    const body = `%y = tf.ReverseSequence(%x, %n) {seq_dim = -1, batch_dim = 0, ${T}}`;
    expect(inferred('%x: tensor<?x3xf32>, %n: tensor<?xi64>', body)).toBe('tensor<?x3xf32>');
    expect(lowered('%x: tensor<?x3xf32>, %n: tensor<?xi64>', body)).toContain('seq_dim = 1');
  });
});

describe('Roll', () => {
  const roll = (shifts: string, axes: string) =>
    `%s = const [${shifts}] : tensor<${shifts.split(',').length}xi32> %i = const [${axes}] : tensor<${axes.split(',').length}xi32>
     %y = tf.Roll(%x, %s, %i) {${T}, Tshift = "int32", Taxis = "int32"}`;

  test('is the tail in front of the head', () => {
    expect(loweredOps('%x: tensor<?x5xf32>', roll('2', '-1'))).toEqual(['slice', 'slice', 'concatenation']);
    expect(inferred('%x: tensor<?x5xf32>', roll('2', '-1'))).toBe('tensor<?x5xf32>');
    expect([...(foldedTensor(`%x = const [1, 2, 3] : tensor<3xf32> ${roll('-1', '0')}`)?.data ?? [])]).toEqual([
      2, 3, 1,
    ]);
  });

  test('along an axis of unknown size gathers', () => {
    expect(loweredOps('%x: tensor<?x5xf32>', roll('2', '0'))).toEqual([
      ...['shape', 'strided_slice', 'range', 'sub', 'floor_mod', 'gather'],
    ]);
  });

  test('by the whole size is the operand', () => {
    const op = resultOp('%x: tensor<?x5xf32>', roll('10', '1'));
    expect(op.definition.fold?.(op, [undefined, undefined, undefined])).toEqual([op.operand(0)]);
  });

  test('by what is not constant is refused', () => {
    const body = `%y = tf.Roll(%x, %s, %i) {${T}, Tshift = "int32", Taxis = "int32"}`;
    expect(refusal('%x: tensor<5xf32>, %s: tensor<i32>, %i: tensor<i32>', body).reason).toContain('not constant');
  });
});
