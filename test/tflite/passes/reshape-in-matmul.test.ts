import { describe, expect, test } from '@jest/globals';
import { reshapeInMatmul } from '#tflite/passes/reshape-in-matmul.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

interface Parts {
  readonly shape?: string;
  readonly flat?: string;
  readonly rows?: string;
  readonly given?: string;
}

const product = ({ shape = '2x3x4', flat = '6, 4', rows = '2, 3, 2', given = '%y' }: Parts = {}): string => `
  signature "f" (%x: tensor<${shape}xf32>) -> (${given.includes(',') ? '"y", "z"' : '"y"'}) {
    %w = const [[1, 2, 3, 4], [5, 6, 7, 8]] : tensor<2x4xf32> %b = const [1, -1] : tensor<2xf32>
    %f = const [${flat}] : tensor<2xi32> %s = const [${rows}] : tensor<${rows.split(',').length}xi32>
    %r = tfl.reshape(%x, %f) %p = tfl.fully_connected(%r, %w, %b) {fused_activation_function = "RELU"}
    %y = tfl.reshape(%p, %s) return ${given} }`;

describe('reshape-in-matmul', () => {
  test('rows of two axes', async () => {
    expect(transform(reshapeInMatmul, product())).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2x3x4xf32>) -> ("y") {
  %c0 = const [[1, 2, 3, 4], [5, 6, 7, 8]] : tensor<2x4xf32>
  %c1 = const [1, -1] : tensor<2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, %c1) {fused_activation_function = "RELU", keep_num_dims = true} : tensor<2x3x2xf32>
  return %0
}
"
`);
    await sameResults(reshapeInMatmul, product());
  });

  test.each<[string, Parts]>([
    ['rows laid out otherwise', { rows: '3, 2, 2' }],
    ['features of several axes', { shape: '6x2x2', rows: '6, 1, 2' }],
    ['another user', { given: '%y, %p' }],
    ['a size known at run time only', { shape: '?x3x4', flat: '-1, 4', rows: '-1, 3, 2' }],
  ])('not with %s', (_, parts) => {
    expect(reasonsFor(reshapeInMatmul, product(parts))).toMatchSnapshot();
  });
});
