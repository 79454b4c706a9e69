import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

test('ScatterNd', () => {
  const scatter = (indices: string) => `%y = tf.ScatterNd(%i, %u, %s) {T = "float32", Tindices = "${indices}"}`;
  const free = '%i: tensor<?x1xi32>, %u: tensor<?x3xf32>, %s: tensor<2xi32>';
  expect(inferred(free, scatter('int32'))).toBe('tensor<?x?xf32>');
  expect(
    inferred('%i: tensor<?x1xi32>, %u: tensor<?x3xf32>', `%s = const [5, 3] : tensor<2xi32> ${scatter('int32')}`),
  ).toBe('tensor<5x3xf32>');
  expect(loweredOps(free, scatter('int32'))).toEqual(['scatter_nd']);
  const wide = '%i: tensor<?x1xi64>, %u: tensor<?x3xf32>, %s: tensor<2xi64>';
  expect(loweredOps(wide, scatter('int64'))).toEqual(['cast', 'cast', 'scatter_nd']);
  const constants = `%i = const [[1], [1]] : tensor<2x1xi32> %u = const [2, 3] : tensor<2xf32> %s = const [3] : tensor<1xi32>`;
  expect([...(foldedTensor(`${constants} ${scatter('int32')}`)?.data ?? [])]).toEqual([0, 5, 0]);
});

describe('slices of a tensor', () => {
  const body = (op: string, dtype = 'float32') =>
    `%y = tf.TensorScatter${op}(%a, %i, %u) {T = "${dtype}", Tindices = "int32"}`;
  const args = '%a: tensor<5x3xf32>, %i: tensor<2x1xi32>, %u: tensor<2x3xf32>';

  test('are replaced by a selection, not by sums', () => {
    expect(inferred(args, body('Update'))).toBe('tensor<5x3xf32>');
    expect(loweredOps(args, body('Update'))).toEqual(['scatter_nd', 'scatter_nd', 'select_v2']);
    const free = '%a: tensor<?x3xf32>, %i: tensor<?x1xi32>, %u: tensor<?x3xf32>';
    expect(loweredOps(free, body('Update'))).toEqual([
      'shape',
      'shape',
      'fill',
      'scatter_nd',
      'scatter_nd',
      'select_v2',
    ]);
    const flags = '%a: tensor<5xi1>, %i: tensor<2x1xi32>, %u: tensor<2xi1>';
    expect(loweredOps(flags, body('Update', 'bool'))).toEqual([
      ...['cast', 'cast', 'scatter_nd', 'scatter_nd', 'select_v2', 'cast'],
    ]);
  });

  test('are added and subtracted', () => {
    expect(loweredOps(args, body('Add'))).toEqual(['scatter_nd', 'add']);
    expect(loweredOps(args, body('Sub'))).toEqual(['scatter_nd', 'sub']);
  });

  test('are compared by rows', () => {
    expect(loweredOps(args, body('Max'))).toEqual(['reshape', 'unsorted_segment_max', 'maximum']);
    expect(loweredOps(args, body('Min'))).toEqual(['reshape', 'unsorted_segment_min', 'minimum']);
    const deep = '%a: tensor<5x3xf32>, %i: tensor<2x2xi32>, %u: tensor<2xf32>';
    expect(refusal(deep, body('Max')).reason).toContain('along the first dimension');
  });

  test('of constants are computed', () => {
    const constants =
      '%a = const [1, 2, 3] : tensor<3xf32> %i = const [[1]] : tensor<1x1xi32> %u = const [9] : tensor<1xf32>';
    const fold = (op: string) => [...(foldedTensor(`${constants} ${body(op)}`)?.data ?? [])];
    expect(['Update', 'Add', 'Sub', 'Max', 'Min'].map(fold)).toEqual([
      [1, 9, 3],
      [1, 11, 3],
      [1, -7, 3],
      [1, 9, 3],
      [1, 2, 3],
    ]);
  });

  test('of float64 have no kernel', () => {
    const double = '%a: tensor<5xf64>, %i: tensor<2x1xi32>, %u: tensor<2xf64>';
    expect(refusal(double, body('Add', 'float64')).reason).toContain('float64');
  });
});

describe('rows of a variable', () => {
  const handle = '%v = tf.VarHandleOp() {dtype = "float32", shape = [4, 3], variable = "v"}';
  const write = 'tf.ResourceScatterAdd(%v, %i, %u) {dtype = "float32", Tindices = "int32"}';
  const body = `${handle} ${write} %y = tf.ReadVariableOp(%v) {dtype = "float32"}`;

  test('are read, changed and written', () => {
    // What it is assigned by gives nothing, so it is not among these.
    expect(loweredOps('%i: tensor<2xi32>, %u: tensor<2x3xf32>', body)).toEqual([
      ...['var_handle', 'read_variable', 'reshape', 'scatter_nd', 'add', 'read_variable'],
    ]);
  });

  test.each(['%i: tensor<2xi32>, %u: tensor<f32>', '%i: tensor<?xi32>, %u: tensor<?x3xf32>'])(
    'are not changed by %s',
    (args) => {
      expect(refusal(args, body).reason).toContain('rows of a variable whose number is known');
    },
  );
});
