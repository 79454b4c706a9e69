import { describe, expect, test } from '@jest/globals';
import { Tensor } from '#tensor/tensor.js';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const T = 'T = "float32"';

/** What the op folds to when only its shapes are known. */
function foldedByType(args: string, body: string): unknown {
  const op = resultOp(args, body);
  const [result] =
    op.definition.fold?.(
      op,
      op.operands.map((value) => value?.producer?.attributes['value'] as Tensor),
    ) ?? [];
  if (result instanceof Tensor) return Array.from(result.data as Int32Array, Number);
  return result && op.operands.indexOf(result);
}

describe('sizes', () => {
  test('are constants where they are known', () => {
    expect(foldedByType('%x: tensor<2x3xf32>', `%y = tf.Shape(%x) {${T}}`)).toEqual([2, 3]);
    expect(foldedByType('%x: tensor<2x3xf32>', `%y = tf.Size(%x) {${T}, out_type = "int64"}`)).toEqual([6]);
    expect(foldedByType('%x: tensor<?x3xf32>', `%y = tf.Rank(%x) {${T}}`)).toEqual([2]);
    expect(foldedByType('%x: tensor<?x3xf32>', `%y = tf.Shape(%x) {${T}}`)).toBeUndefined();
    expect(foldedByType('%x: tensor<*xf32>', `%y = tf.Rank(%x) {${T}}`)).toBeUndefined();
  });

  test('are computed where they are not', () => {
    expect(inferred('%x: tensor<?x3xf32>', `%y = tf.Shape(%x) {${T}, out_type = "int64"}`)).toBe('tensor<2xi64>');
    expect(inferred('%x: tensor<*xf32>', `%y = tf.Shape(%x) {${T}}`)).toBe('tensor<?xi32>');
    expect(lowered('%x: tensor<?x3xf32>', `%y = tf.Shape(%x) {${T}, out_type = "int64"}`)).toContain('"INT64"');
    expect(loweredOps('%x: tensor<*xf32>', `%y = tf.Rank(%x) {${T}}`)).toEqual(['rank']);
    expect(loweredOps('%x: tensor<?xf32>', `%y = tf.Size(%x) {${T}}`)).toEqual(['shape', 'reduce_prod']);
    const several = `%z, %y = tf.ShapeN(%x, %w) {N = 2, ${T}}`;
    expect(loweredOps('%x: tensor<?xf32>, %w: tensor<?x?xf32>', several)).toEqual(['shape']);
  });
});

describe('Reshape', () => {
  const reshape = (target: string, length: number) =>
    `%s = const [${target}] : tensor<${length}xi32> %y = tf.Reshape(%x, %s) {${T}}`;

  test('works out what -1 stands for', () => {
    expect(inferred('%x: tensor<2x6xf32>', reshape('3, -1', 2))).toBe('tensor<3x4xf32>');
    expect(inferred('%x: tensor<?x6xf32>', reshape('-1, 2, 3', 3))).toBe('tensor<?x2x3xf32>');
    expect(inferred('%x: tensor<0x6xf32>', reshape('-1, 0', 2))).toBe('tensor<0x0xf32>');
    expect(inferred('%x: tensor<*xf32>, %s: tensor<2xi32>', `%y = tf.Reshape(%x, %s) {${T}}`)).toBe('tensor<?x?xf32>');
    expect(inferred('%x: tensor<*xf32>, %s: tensor<?xi32>', `%y = tf.Reshape(%x, %s) {${T}}`)).toBe('tensor<*xf32>');
    expect(() => inferred('%x: tensor<5xf32>', reshape('3, -1', 2))).toThrow('5 elements (5) do not fit 3x?');
  });

  test('knows the constant parts of a shape that is put together', () => {
    const body = `%a = const 4 : tensor<i32> %s = tf.Pack(%n, %a) {N = 2, T = "int32"} %y = tf.Reshape(%x, %s) {${T}}`;
    expect(inferred('%x: tensor<*xf32>, %n: tensor<i32>', body)).toBe('tensor<?x4xf32>');
    expect(inferred('%x: tensor<8xf32>, %n: tensor<i32>', body)).toBe('tensor<2x4xf32>');
  });

  test('to its own shape is its operand', () => {
    expect(foldedByType('%x: tensor<2x6xf32>', reshape('2, 6', 2))).toBe(0);
    expect(foldedByType('%x: tensor<?x6xf32>', reshape('-1, 6', 2))).toBe(0);
    expect(foldedByType('%x: tensor<2x6xf32>', reshape('2, -1', 2))).toBe(0);
    expect(foldedByType('%x: tensor<?x6xf32>', reshape('6, -1', 2))).toBeUndefined();
  });

  test('one unknown size is written as -1, more are computed', () => {
    expect(lowered('%x: tensor<?x6xf32>', reshape('-1, 2, 3', 3))).toContain('const [-1, 2, 3]');
    const body = `%y = tf.Reshape(%x, %s) {${T}, Tshape = "int64"}`;
    expect(loweredOps('%x: tensor<?xf32>, %s: tensor<2xi64>', body)).toEqual(['cast', 'reshape']);
  });
});

describe('dimensions of size 1', () => {
  const squeeze = (axes: string) => `%y = tf.Squeeze(%x) {${T}, squeeze_dims = [${axes}]}`;
  const expand = (axis: number) => `%a = const ${axis} : tensor<i32> %y = tf.ExpandDims(%x, %a) {${T}}`;

  test('leave', () => {
    expect(inferred('%x: tensor<?x1x3x1xf32>', squeeze('1, -1'))).toBe('tensor<?x3xf32>');
    expect(inferred('%x: tensor<2x1x3x1xf32>', squeeze(''))).toBe('tensor<2x3xf32>');
    expect(inferred('%x: tensor<?x1xf32>', squeeze(''))).toBe('tensor<*xf32>');
    expect(() => inferred('%x: tensor<2x3xf32>', squeeze('1'))).toThrow('dimension 1 of 2x3 is not 1');
    expect(loweredOps('%x: tensor<?x1x3xf32>', squeeze('1'))).toEqual(['reshape']);
    expect(lowered('%x: tensor<?x1x?xf32>', squeeze('-2'))).toContain('tfl.squeeze(%arg0) {squeeze_dims = [1]}');
    expect(foldedByType('%x: tensor<2x3xf32>', squeeze(''))).toBe(0);
  });

  test('come', () => {
    expect(inferred('%x: tensor<?x3xf32>', expand(-1))).toBe('tensor<?x3x1xf32>');
    expect(inferred('%x: tensor<?x3xf32>, %a: tensor<i32>', `%y = tf.ExpandDims(%x, %a) {${T}}`)).toBe(
      'tensor<?x?x?xf32>',
    );
    expect(inferred('%x: tensor<*xf32>', expand(0))).toBe('tensor<*xf32>');
    expect(() => inferred('%x: tensor<3xf32>', expand(2))).toThrow('axis 2 is out of range');
    expect(loweredOps('%x: tensor<?x3xf32>', expand(1))).toEqual(['reshape']);
    expect(loweredOps('%x: tensor<?x?xf32>', expand(1))).toEqual(['expand_dims']);
  });
});

describe('Transpose', () => {
  const transpose = (perm: string, dtype = 'float32') =>
    `%p = const [${perm}] : tensor<${perm.split(',').length}xi32> %y = tf.Transpose(%x, %p) {T = "${dtype}"}`;

  test('orders the dimensions anew', () => {
    expect(inferred('%x: tensor<?x3x4xf32>', transpose('2, 0, 1'))).toBe('tensor<4x?x3xf32>');
    expect(inferred('%x: tensor<*xf32>', transpose('1, 0'))).toBe('tensor<?x?xf32>');
    expect(() => inferred('%x: tensor<3xf32>', transpose('1, 0'))).toThrow('2 positions');
    expect([
      ...(foldedTensor(`%x = const [[1, 2], [3, 4]] : tensor<2x2xf32> ${transpose('1, 0')}`)?.data ?? []),
    ]).toEqual([1, 3, 2, 4]);
    expect(foldedByType('%x: tensor<?x3xf32>', transpose('0, -1'))).toBe(0);
  });

  test('is a RESHAPE where only dimensions of size 1 move', () => {
    expect(loweredOps('%x: tensor<?x1x4xf32>', transpose('1, 0, 2'))).toEqual(['reshape']);
    expect(loweredOps('%x: tensor<?x2x4xf32>', transpose('1, 0, 2'))).toEqual(['transpose']);
  });

  test('its inverse', () => {
    const body = '%y = tf.InvertPermutation(%x) {T = "int32"}';
    expect(foldedByType('', `%x = const [2, 0, 1] : tensor<3xi32> ${body}`)).toEqual([1, 2, 0]);
    expect(loweredOps('%x: tensor<3xi32>', body)).toEqual(['reshape', 'scatter_nd']);
    expect(refusal('%x: tensor<?xi32>', body).reason).toContain('length');
  });
});
