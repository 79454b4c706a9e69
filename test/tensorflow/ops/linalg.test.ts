import { describe, expect, test } from '@jest/globals';
import { longestDiagonal, matrixSize, placesInDiagonals, placesInMatrix } from '#tensorflow/ops/linalg-diagonals.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

describe('where elements of diagonals stand', () => {
  const band = { low: -1, high: 1, rows: 2, columns: 3 };

  test('in the matrix and in the packed rows, aligned left or right', () => {
    // [[a, b, .], [c, d, e]]: diagonals (b, e), (a, d), (c).
    expect(longestDiagonal(band)).toBe(2);
    expect(placesInMatrix({ ...band, align: 'LEFT_LEFT' })).toEqual([1, 5, 0, 4, 3, -1]);
    expect(placesInMatrix({ ...band, align: 'RIGHT_RIGHT' })).toEqual([1, 5, 0, 4, -1, 3]);
    expect(placesInDiagonals({ ...band, align: 'RIGHT_LEFT' }, 2)).toEqual([2, 0, -1, 4, 3, 1]);
  });

  test('sizes that are left open are the smallest', () => {
    expect(matrixSize(0, 0, 3, -1, -1)).toEqual([3, 3]);
    expect(matrixSize(1, 1, 3, -1, -1)).toEqual([4, 4]);
    expect(matrixSize(1, 1, 3, -1, 5)).toEqual([3, 5]);
    expect(matrixSize(-2, -1, 3, 5, -1)).toEqual([5, 3]);
  });
});

const diag = (k: string, rows = -1, columns = -1, padding = 0) =>
  `%k = const ${k} %r = const ${rows} : tensor<i32> %c = const ${columns} : tensor<i32>
   %p = const ${padding} : tensor<f32> %y = tf.MatrixDiagV3(%x, %k, %r, %c, %p)`;

describe('MatrixDiag', () => {
  test('the main diagonal is one op', () => {
    expect(inferred('%x: tensor<?x3xf32>', diag('0 : tensor<i32>'))).toBe('tensor<?x3x3xf32>');
    expect(loweredOps('%x: tensor<?x3xf32>', diag('0 : tensor<i32>'))).toEqual(['matrix_diag']);
    expect(loweredOps('%x: tensor<?x?xf32>', diag('0 : tensor<i32>'))).toEqual(['matrix_diag']);
    expect(loweredOps('%x: tensor<?x3xi1>', '%y = tf.MatrixDiag(%x)')).toEqual(['cast', 'matrix_diag', 'cast']);
  });

  test('others are gathered from the diagonals and the padding', () => {
    expect(inferred('%x: tensor<?x3xf32>', diag('1 : tensor<i32>', 3, 5))).toBe('tensor<?x3x5xf32>');
    expect(lowered('%x: tensor<2xf32>', diag('1 : tensor<i32>', -1, -1, 7))).toMatchInlineSnapshot(`
"(%arg0: tensor<2xf32>) {
  %c0 = const 7 : tensor<f32>
  %c1 = const [[0, 1]] : tensor<1x2xi32>
  %0 = tfl.padv2(%arg0, %c1, %c0) : tensor<3xf32>
  %c2 = const [[2, 0, 2], [2, 2, 1], [2, 2, 2]] : tensor<3x3xi32>
  %1 = tfl.gather(%0, %c2) : tensor<3x3xf32>
  return %1
}"
`);
    expect(inferred('%x: tensor<?x3x4xf32>', diag('[-1, 1] : tensor<2xi32>'))).toBe('tensor<?x4x4xf32>');
    expect(loweredOps('%x: tensor<?x3x4xf32>', diag('[-1, 1] : tensor<2xi32>'))).toEqual([
      'reshape',
      'padv2',
      'gather',
    ]);
    expect(refusal('%x: tensor<?x?xf32>', diag('1 : tensor<i32>')).help.join()).toContain('as constants');
  });
});

describe('MatrixDiagPart and MatrixSetDiag', () => {
  test('diagonals are gathered', () => {
    expect(inferred('%x: tensor<?x4x5xf32>', '%y = tf.MatrixDiagPart(%x)')).toBe('tensor<?x4xf32>');
    expect(lowered('%x: tensor<?x2x3xf32>', '%y = tf.MatrixDiagPart(%x)')).toMatchInlineSnapshot(`
"(%arg0: tensor<?x2x3xf32>) {
  %c0 = const [-1, 6] : tensor<2xi32>
  %0 = tfl.reshape(%arg0, %c0) : tensor<?x6xf32>
  %c1 = const [0, 4] : tensor<2xi32>
  %1 = tfl.gather(%0, %c1) {axis = 1} : tensor<?x2xf32>
  return %1
}"
`);
    const band = '%k = const [0, 1] : tensor<2xi32> %p = const 0 : tensor<f32> %y = tf.MatrixDiagPartV3(%x, %k, %p)';
    expect(inferred('%x: tensor<?x4x4xf32>', band)).toBe('tensor<?x2x4xf32>');
    expect(loweredOps('%x: tensor<?x4x4xf32>', band)).toEqual(['reshape', 'padv2', 'gather']);
    expect(() => inferred('%x: tensor<4xf32>', band)).toThrow('a matrix is expected');
  });

  test('the main diagonal is set by one op, another by a gather from old and new', () => {
    const args = '%x: tensor<?x4x5xf32>, %d: tensor<?x4xf32>';
    expect(loweredOps(args, '%y = tf.MatrixSetDiag(%x, %d)')).toEqual(['matrix_set_diag']);
    const upper = '%k = const 1 : tensor<i32> %y = tf.MatrixSetDiagV3(%x, %d, %k)';
    expect(inferred(args, upper)).toBe('tensor<?x4x5xf32>');
    expect(loweredOps(args, upper)).toEqual(['reshape', 'concatenation', 'gather']);
    expect(refusal(`${args}, %k: tensor<i32>`, '%y = tf.MatrixSetDiagV3(%x, %d, %k)').help.join()).toContain(
      'constants',
    );
  });
});

describe('MatrixBandPart', () => {
  const band = (lower: number, upper: number) =>
    `%l = const ${lower} : tensor<i64> %u = const ${upper} : tensor<i64> %y = tf.MatrixBandPart(%x, %l, %u)`;

  test('a small mask is known', () => {
    expect(lowered('%x: tensor<?x2x3xf32>', band(0, 1))).toMatchInlineSnapshot(`
"(%arg0: tensor<?x2x3xf32>) {
  %c0 = const 0 : tensor<f32>
  %c1 = const [[true, true, false], [false, true, true]] : tensor<2x3xi1>
  %0 = tfl.select_v2(%c1, %arg0, %c0) : tensor<?x2x3xf32>
  return %0
}"
`);
    expect(lowered('%x: tensor<?x2x3xf32>', band(-1, 0))).toContain('[[true, false, false], [true, true, false]]');
  });

  test('a large one, or one of unknown size or width, is computed', () => {
    const compared = ['sub', 'sub', 'less_equal', 'less_equal', 'logical_and', 'select_v2'];
    expect(loweredOps('%x: tensor<1x200x200xf32>', band(3, 0))).toEqual(compared);
    expect(loweredOps('%x: tensor<*xf32>', band(3, 0))).toEqual([
      'shape',
      'strided_slice',
      'range',
      'shape',
      'strided_slice',
      'range',
      'reshape',
      ...compared,
    ]);
    expect(
      loweredOps(
        '%x: tensor<2x3xf32>, %l: tensor<i64>',
        '%u = const 1 : tensor<i64> %y = tf.MatrixBandPart(%x, %l, %u)',
      ),
    ).toEqual(['sub', 'sub', 'cast', 'less', 'select_v2', 'less_equal', 'less_equal', 'logical_and', 'select_v2']);
  });
});
