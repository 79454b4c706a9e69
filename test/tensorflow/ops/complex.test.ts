import { expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

test.each([
  ['Real', 'real', [3]],
  ['Imag', 'imag', [-4]],
  ['ComplexAbs', 'complex_abs', [5]],
])('%s', (op, name, values) => {
  const body = `%y = tf.${op}(%a) {T = "complex64", Tout = "float32"}`;
  expect(inferred('%a: tensor<?xc64>', body)).toBe('tensor<?xf32>');
  expect(loweredOps('%a: tensor<?xc64>', body)).toEqual([name]);
  const wide = `%y = tf.${op}(%a) {T = "complex128", Tout = "float64"}`;
  expect(loweredOps('%a: tensor<?xc128>', wide)).toEqual([name]);
  expect([...(foldedTensor(`%a = const [(3, -4)] : tensor<1xc64> ${body}`)?.data ?? [])]).toEqual(values);
});

test('made and taken apart, two floats a number', () => {
  const args = '%a: tensor<?x3xf32>, %b: tensor<?x3xf32>';
  const body = '%y = tf.Complex(%a, %b) {T = "float32", Tout = "complex64"}';
  expect(inferred(args, body)).toBe('tensor<?x3xc64>');
  expect(loweredOps(args, body)).toEqual(['pack', 'bitcast']);
  expect(loweredOps('%a: tensor<?x3xf32>, %b: tensor<3xf32>', body)).toContain('broadcast_to');
  expect(loweredOps('%a: tensor<?xc64>', '%y = tf.Conj(%a) {T = "complex64"}')).toEqual(['bitcast', 'mul', 'bitcast']);
  expect(refusal('%a: tensor<3xc128>', '%y = tf.Conj(%a) {T = "complex128"}').reason).toContain('complex128');
  const add = '%y = tf.AddV2(%a, %b) {T = "complex64"}';
  expect(loweredOps('%a: tensor<3xc64>, %b: tensor<3xc64>', add)).toEqual(['bitcast', 'bitcast', 'add', 'bitcast']);
});

test('constants of two parts', () => {
  const parts = '%a = const [1, 2] : tensor<2xf32> %b = const [3, -4] : tensor<2xf32>';
  const made = foldedTensor(`${parts} %y = tf.Complex(%a, %b) {T = "float32", Tout = "complex64"}`);
  expect([...(made?.data ?? [])]).toEqual([1, 3, 2, -4]);
});
