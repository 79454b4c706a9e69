import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

const binary = (op: string, dtype = 'float32') => `%y = tf.${op}(%a, %b) {T = "${dtype}"}`;

describe('comparison', () => {
  test.each(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'])('%s', (op) => {
    const name = op.replace(/(?<=.)([A-Z])/, '_$1').toLowerCase();
    expect(inferred('%a: tensor<?x1xf32>, %b: tensor<3xf32>', binary(op))).toBe('tensor<?x3xi1>');
    expect(loweredOps('%a: tensor<?x1xf32>, %b: tensor<3xf32>', binary(op))).toEqual([name]);
    // Plain bytes are no quantized numbers, which is what the kernels would take them for.
    expect(loweredOps('%a: tensor<2xui8>, %b: tensor<2xui8>', binary(op, 'uint8'))).toEqual(['cast', 'cast', name]);
  });

  test('texts are equal or not', () => {
    const texts = '%a = const ["a", "b"] : tensor<2xstr> %b = const "b" : tensor<str>';
    expect([...(foldedTensor(`${texts} ${binary('Equal', 'string')}`)?.data ?? [])]).toEqual([0, 1]);
    expect([...(foldedTensor(`${texts} ${binary('NotEqual', 'string')}`)?.data ?? [])]).toEqual([1, 0]);
    expect(loweredOps('%a: tensor<2xstr>, %b: tensor<str>', binary('Equal', 'string'))).toEqual(['equal']);
    expect(refusal('%a: tensor<2xstr>, %b: tensor<str>', binary('Less', 'string')).reason).toContain('string');
  });

  test('what is not finite', () => {
    const body = (op: string) => `%y = tf.${op}(%a) {T = "float32"}`;
    expect(inferred('%a: tensor<?xf32>', body('IsNan'))).toBe('tensor<?xi1>');
    expect(loweredOps('%a: tensor<?xf32>', body('IsNan'))).toEqual(['not_equal']);
    expect(loweredOps('%a: tensor<?xf32>', body('IsInf'))).toEqual(['abs', 'equal']);
    expect(loweredOps('%a: tensor<?xf32>', body('IsFinite'))).toEqual(['sub', 'equal']);
  });

  test('nearly equal', () => {
    const body = '%y = tf.ApproximateEqual(%a, %b) {T = "float32", tolerance = 0.5}';
    expect(loweredOps('%a: tensor<?xf32>, %b: tensor<?xf32>', body)).toEqual(['sub', 'abs', 'less']);
    const constants = '%a = const [1, 2] : tensor<2xf32> %b = const [1.25, 3] : tensor<2xf32>';
    expect([...(foldedTensor(`${constants} ${body}`)?.data ?? [])]).toEqual([1, 0]);
  });
});

describe('logic', () => {
  test('and, or, not', () => {
    const args = '%a: tensor<?xi1>, %b: tensor<i1>';
    expect(loweredOps(args, '%y = tf.LogicalAnd(%a, %b)')).toEqual(['logical_and']);
    expect(loweredOps(args, '%y = tf.LogicalOr(%a, %b)')).toEqual(['logical_or']);
    expect(loweredOps(args, '%y = tf.LogicalNot(%a)')).toEqual(['logical_not']);
    const constants = '%a = const [true, false] : tensor<2xi1> %b = const true : tensor<i1>';
    expect([...(foldedTensor(`${constants} %y = tf.LogicalAnd(%a, %b)`)?.data ?? [])]).toEqual([1, 0]);
    expect([...(foldedTensor(`${constants} %y = tf.LogicalNot(%a)`)?.data ?? [])]).toEqual([0, 1]);
  });
});

describe('selection', () => {
  const select = (op: string, dtype = 'float32') => `%y = tf.${op}(%c, %a, %b) {T = "${dtype}"}`;

  test('all three broadcast', () => {
    const args = '%c: tensor<?x1xi1>, %a: tensor<3xf32>, %b: tensor<f32>';
    expect(inferred(args, select('SelectV2'))).toBe('tensor<?x3xf32>');
    expect(loweredOps(args, select('SelectV2'))).toEqual(['select_v2']);
  });

  test('the older op takes a vector for rows', () => {
    const rows = '%c: tensor<?xi1>, %a: tensor<?x3xf32>, %b: tensor<?x3xf32>';
    expect(inferred(rows, select('Select'))).toBe('tensor<?x3xf32>');
    expect(loweredOps(rows, select('Select'))).toEqual(['select']);
    const same = '%c: tensor<2x3xi1>, %a: tensor<2x3xf32>, %b: tensor<2x3xf32>';
    expect(loweredOps(same, select('Select'))).toEqual(['select_v2']);
    const constants = `%c = const [true, false] : tensor<2xi1> %a = const [[1, 2], [3, 4]] : tensor<2x2xf32>
      %b = const [[5, 6], [7, 8]] : tensor<2x2xf32>`;
    expect([...(foldedTensor(`${constants} ${select('Select')}`)?.data ?? [])]).toEqual([1, 2, 7, 8]);
  });

  test('the places of what is not zero', () => {
    expect(inferred('%a: tensor<?x3xi1>', '%y = tf.Where(%a) {T = "bool"}')).toBe('tensor<?x2xi64>');
    expect(inferred('%a: tensor<*xi1>', '%y = tf.Where(%a) {T = "bool"}')).toBe('tensor<?x?xi64>');
    expect(loweredOps('%a: tensor<?x3xi16>', '%y = tf.Where(%a) {T = "int16"}')).toEqual(['cast', 'where']);
    const found = foldedTensor('%a = const [0, 2, 3] : tensor<3xi32> %y = tf.Where(%a) {T = "int32"}');
    expect([...(found?.data ?? [])]).toEqual([1n, 2n]);
  });
});
