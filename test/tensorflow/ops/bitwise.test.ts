import { expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

const args = '%a: tensor<?xi32>, %b: tensor<i32>';
const body = (op: string, dtype = 'int32') => `%y = tf.${op}(%a, %b) {T = "${dtype}"}`;

test('what has a kernel', () => {
  expect(inferred(args, body('BitwiseXor'))).toBe('tensor<?xi32>');
  expect(loweredOps(args, body('BitwiseXor'))).toEqual(['bitwise_xor']);
  expect(loweredOps(args, body('RightShift'))).toEqual(['right_shift']);
  expect(loweredOps(args, '%y = tf.Invert(%a) {T = "int32"}')).toEqual(['bitwise_xor']);
});

test('a constant shift to the left is a product', () => {
  expect(loweredOps('%a: tensor<?xi32>', `%b = const 3 : tensor<i32> ${body('LeftShift')}`)).toEqual(['mul']);
  expect(refusal(args, body('LeftShift')).help[0]).toContain('2**n');
});

test('and comes from sums, without overflow', () => {
  const narrow = '%a: tensor<?xi8>, %b: tensor<i8>';
  expect(loweredOps(narrow, body('BitwiseAnd', 'int8'))).toEqual([
    ...['cast', 'cast', 'add', 'bitwise_xor', 'sub', 'right_shift', 'cast'],
  ]);
  expect(loweredOps(args, body('BitwiseAnd'))).toHaveLength(10);
  expect(loweredOps(args, body('BitwiseOr'))).toHaveLength(12);
});

test('what has none says what to do', () => {
  for (const op of ['BitwiseAnd', 'Invert']) {
    const operands = '%a: tensor<?xi64>, %b: tensor<i64>';
    expect(refusal(operands, body(op, 'int64').replace('Invert(%a, %b)', 'Invert(%a)')).reason).toContain('int64');
  }
});

test('constants are computed', () => {
  const fold = (op: string) => [
    ...(foldedTensor(`%a = const [6, -8] : tensor<2xi32> %b = const 2 : tensor<i32> ${body(op)}`)?.data ?? []),
  ];
  expect(fold('BitwiseAnd')).toEqual([2, 0]);
  expect(fold('BitwiseOr')).toEqual([6, -6]);
  expect(fold('RightShift')).toEqual([1, -2]);
  expect(fold('LeftShift')).toEqual([24, -32]);
});
