import { expect, test } from '@jest/globals';
import * as control from '#tensorflow/ops/control.js';
import { resultOp } from './constants.js';
import { inferred, lowered } from './lowered.js';

const T = 'T = "float32"';
const passing = [
  'Identity',
  'StopGradient',
  'PreventGradient',
  'Snapshot',
  'CheckNumerics',
  'GuaranteeConst',
  'DebugIdentity',
];

test.each(passing)('%s is its operand', (op) => {
  const body = `%y = tf.${op}(%a) {${T}}`;
  expect(inferred('%a: tensor<?x3xf32>', body)).toBe('tensor<?x3xf32>');
  const found = resultOp('%a: tensor<?x3xf32>', body);
  expect(found.definition.fold?.(found, [undefined])).toEqual([found.operand(0)]);
  expect(lowered('%a: tensor<?x3xf32>', body)).not.toContain('tf.');
});

test('Print drops what it would print', () => {
  const op = resultOp('%a: tensor<?xf32>, %b: tensor<f32>', `%y = tf.Print(%a, %b) {${T}}`);
  expect(op.definition.fold?.(op, [undefined, undefined])).toEqual([op.operand(0)]);
});

test('IdentityN is its operands', () => {
  const op = resultOp('%a: tensor<?xf32>, %b: tensor<i32>', '%y, %z = tf.IdentityN(%a, %b) {T = ["float32", "int32"]}');
  expect(op.results.map(({ type }) => type)).toEqual(op.operands.map((value) => value?.type));
  expect(op.definition.fold?.(op, [undefined, undefined])).toEqual(op.operands);
});

test('a placeholder with a default is the default', () => {
  const op = resultOp('%a: tensor<2xf32>', '%y = tf.PlaceholderWithDefault(%a) {dtype = "float32", shape = [?]}');
  expect(op.definition.fold?.(op, [undefined])).toEqual([op.operand(0)]);
});

test('EnsureShape tells what it asserts, and stays while that is news', () => {
  const body = `%y = tf.EnsureShape(%a) {shape = [?, 3], ${T}}`;
  expect(inferred('%a: tensor<2x?xf32>', body)).toBe('tensor<2x3xf32>');
  expect(inferred('%a: tensor<*xf32>', body)).toBe('tensor<?x3xf32>');
  expect(() => inferred('%a: tensor<2x4xf32>', body)).toThrow('the shape 2x4 is asserted to be ?x3');
  const fold = (args: string) => {
    const op = resultOp(args, body);
    return op.definition.fold?.(op, [undefined]);
  };
  expect(fold('%a: tensor<?x3xf32>')).toHaveLength(1);
  expect(fold('%a: tensor<2x?xf32>')).toBeUndefined();
});

test('what only stops or prints leaves nothing', () => {
  for (const { lower, infer } of [control.NoOp, control.Assert, control.PrintV2]) {
    expect(infer?.(undefined as never)).toEqual([]);
    expect(lower?.(undefined as never, undefined as never)).toEqual([]);
  }
});
