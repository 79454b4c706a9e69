import { expect, test } from '@jest/globals';
import { inferred, lowered } from './lowered.js';

test('a handle knows the type of its variable', () => {
  const handle = '%v = tf.VarHandleOp() {dtype = "float32", shape = [?, 3]}';
  expect(inferred('', `${handle.replace('%v', '%y')}`)).toBe('resource<tensor<?x3xf32>>');
  expect(inferred('', `${handle} %y = tf.ReadVariableOp(%v) {dtype = "float32"}`)).toBe('tensor<?x3xf32>');
  const gather = '%y = tf.ResourceGather(%v, %i) {dtype = "float32", Tindices = "int32"}';
  expect(inferred('%i: tensor<?x2xi32>', `${handle} ${gather}`)).toBe('tensor<?x2x3xf32>');
  expect(inferred('%i: tensor<*xi32>', `${handle} ${gather}`)).toBe('tensor<*xf32>');
});

test('a handle from elsewhere leaves the shape unknown', () => {
  expect(inferred('%v: resource', '%y = tf.ReadVariableOp(%v) {dtype = "int32"}')).toBe('tensor<*xi32>');
});

test('a variable of TensorFlow 1 is its own value', () => {
  expect(inferred('', '%y = tf.VariableV2() {dtype = "float32", shape = [2]}')).toBe('tensor<2xf32>');
});

test('variables that are written are read and written at run time', () => {
  const handle = '%v = tf.VarHandleOp() {dtype = "float32", shape = [2, 3], variable = "w"}';
  const read = '%y = tf.ReadVariableOp(%v) {dtype = "float32"}';
  const given = '%x: tensor<2x3xf32>';
  const steps = ['AssignVariableOp', 'AssignAddVariableOp', 'AssignSubVariableOp'].map(
    (name) => `tf.${name}(%v, %x) {dtype = "float32"}`,
  );
  expect(lowered(given, `${handle} ${steps.join(' ')} ${read}`)).toMatchSnapshot();
  const rows = '%y = tf.ResourceGather(%v, %i) {dtype = "float32", Tindices = "int64"}';
  expect(lowered('%i: tensor<?xi64>', `${handle} ${rows}`)).toMatchSnapshot();
});
