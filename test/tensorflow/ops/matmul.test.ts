import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '#tensor/tensor.js';
import { folded, inferred, lowered, loweredOps, refusal } from './lowered.js';

describe('MatMul', () => {
  const product = (flags = '') => `%y = tf.MatMul(%x, %w) {T = "float32"${flags}}`;

  test('shapes, transposed or not', () => {
    expect(inferred('%x: tensor<?x4xf32>, %w: tensor<4x5xf32>', product())).toBe('tensor<?x5xf32>');
    expect(
      inferred('%x: tensor<4x?xf32>, %w: tensor<5x4xf32>', product(', transpose_a = true, transpose_b = true')),
    ).toBe('tensor<?x5xf32>');
    expect(inferred('%x: tensor<*xf32>, %w: tensor<4x5xf32>', product())).toBe('tensor<*xf32>');
    expect(() => inferred('%x: tensor<?x4xf32>, %w: tensor<3x5xf32>', product())).toThrow(
      '?x4 and 3x5 do not multiply: 4 against 3',
    );
  });

  test('constant weights are transposed for FULLY_CONNECTED', () => {
    const body = `%w = const [[1, 2, 3], [4, 5, 6]] : tensor<2x3xf32> ${product()}`;
    expect(lowered('%x: tensor<?x2xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x2xf32>) {
  %c0 = const [[1, 4], [2, 5], [3, 6]] : tensor<3x2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, none) : tensor<?x3xf32>
  return %0
}"
`);
    const turned = `%w = const [[1, 2], [3, 4]] : tensor<2x2xf32> ${product(', transpose_b = true')}`;
    expect(lowered('%x: tensor<?x2xf32>', turned)).toContain('const [[1, 2], [3, 4]]');
  });

  test('two computed operands, or a transposed first one, are one BATCH_MATMUL', () => {
    const args = '%x: tensor<2x?xf32>, %w: tensor<2x3xf32>';
    expect(lowered(args, product(', transpose_a = true'))).toContain('{adj_x = true}');
    const constant = `%w = const splat(1) : tensor<2x3xf32> ${product(', transpose_a = true')}`;
    expect(loweredOps('%x: tensor<2x?xf32>', constant)).toEqual(['batch_matmul']);
  });

  test('a product over nothing is zeros', () => {
    const body = `%w = const [] : tensor<0x3xf32> ${product()}`;
    expect(lowered('%x: tensor<2x0xf32>', body)).toContain('const splat(0) : tensor<2x3xf32>');
  });

  test('constants are multiplied now', () => {
    const body = `%x = const [[1, 2]] : tensor<1x2xf32> %w = const [[3], [4]] : tensor<2x1xf32> ${product()}`;
    expect((folded('', body) as Tensor).data).toEqual(Float32Array.of(11));
  });

  test('integers are multiplied one by one, as long as they are few', () => {
    const body = product().replace('float32', 'int32');
    const ops = ['reshape', 'reshape', 'mul', 'sum'];
    expect(loweredOps('%x: tensor<2x2xi32>, %w: tensor<2x2xi32>', body)).toEqual(ops);
    const { help } = refusal('%x: tensor<900x900xi32>, %w: tensor<900x900xi32>', body);
    expect(help.join()).toContain('tf.cast');
  });

  test('other types are refused with what to do', () => {
    const { reason, help } = refusal(
      '%x: tensor<2x2xf64>, %w: tensor<2x2xf64>',
      product().replace('float32', 'float64'),
    );
    expect(reason).toContain('float64');
    expect(help.join()).toContain('float32');
  });
});

describe('BatchMatMul', () => {
  const product = (flags = '') => `%y = tf.BatchMatMulV2(%x, %w) {T = "float32"${flags}}`;

  test('batches broadcast', () => {
    expect(inferred('%x: tensor<?x1x3x4xf32>, %w: tensor<5x6x4xf32>', product(', adj_y = true'))).toBe(
      'tensor<?x5x3x6xf32>',
    );
    expect(() => inferred('%x: tensor<2x3x4xf32>, %w: tensor<3x4x5xf32>', product())).toThrow('do not broadcast');
  });

  test('a constant matrix is connected to the last dimension, whatever the batch', () => {
    const body = (shape: string) => `%w = const splat(2) : ${shape} ${product()}`;
    expect(lowered('%x: tensor<?x?x3x4xf32>', body('tensor<4x5xf32>'))).toMatchInlineSnapshot(`
"(%arg0: tensor<?x?x3x4xf32>) {
  %c0 = const splat(2) : tensor<5x4xf32>
  %0 = tfl.fully_connected(%arg0, %c0, none) {keep_num_dims = true} : tensor<?x?x3x5xf32>
  return %0
}"
`);
    expect(loweredOps('%x: tensor<?x3x4xf32>', body('tensor<1x4x5xf32>'))).toEqual(['fully_connected']);
    expect(loweredOps('%x: tensor<3x4xf32>', body('tensor<1x4x5xf32>'))).toEqual(['batch_matmul']);
    expect(loweredOps('%x: tensor<2x3x4xf32>', body('tensor<2x4x5xf32>'))).toEqual(['batch_matmul']);
  });

  test('more dimensions than the kernel takes are merged, or refused', () => {
    expect(loweredOps('%x: tensor<2x1x2x2x3x4xf32>, %w: tensor<2x1x2x2x4x5xf32>', product())).toEqual([
      'reshape',
      'reshape',
      'batch_matmul',
      'reshape',
    ]);
    const { reason, help } = refusal('%x: tensor<?x1x2x2x3x4xf32>, %w: tensor<?x1x2x2x4x5xf32>', product());
    expect(reason).toContain('at most 5 dimensions');
    expect(help.join()).toContain('tf.reshape');
    expect(refusal('%x: tensor<*xf32>, %w: tensor<4x5xf32>', product()).help.join()).toContain('ensure_shape');
  });

  test('the version for mixed types takes one type', () => {
    const body = (type: string) => `%y = tf.BatchMatMulV3(%x, %w) {Tout = "${type}"}`;
    const args = '%x: tensor<2x3x4xf32>, %w: tensor<2x4x5xf32>';
    expect(loweredOps(args, body('float32'))).toEqual(['batch_matmul']);
    expect(inferred(args, body('float64'))).toBe('tensor<2x3x5xf64>');
    expect(refusal(args, body('float64')).help.join()).toContain('float32');
  });
});
