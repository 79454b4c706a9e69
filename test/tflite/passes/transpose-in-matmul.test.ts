import { describe, expect, test } from '@jest/globals';
import { transposeInMatmul } from '#tflite/passes/transpose-in-matmul.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string): string => `
  signature "f" (%x: tensor<2x?x4x3xf32>, %z: tensor<2x?x5x3xf32>) -> ("y") {
    %swap = const [0, 1, 3, 2] : tensor<4xi32> %end = const [0, 1, -1, -2] : tensor<4xi32>
    %heads = const [0, 2, 1, 3] : tensor<4xi32>
    ${body} return %y }`;

describe('transpose-in-matmul', () => {
  test('the second operand', () => {
    expect(
      transform(transposeInMatmul, f('%t = tfl.transpose(%z, %swap) %y = tfl.batch_matmul(%x, %t)')),
    ).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2x?x4x3xf32>, %arg1 "z": tensor<2x?x5x3xf32>) -> ("y") {
  %c0 = const [0, 1, -1, -2] : tensor<4xi32>
  %c1 = const [0, 2, 1, 3] : tensor<4xi32>
  %0 = tfl.batch_matmul(%arg0, %arg1) {adj_y = true} : tensor<2x?x4x5xf32>
  return %0
}
"
`);
  });

  test.each([
    ['the second operand', '%t = tfl.transpose(%z, %swap) %y = tfl.batch_matmul(%x, %t)'],
    [
      'the first one',
      '%t = tfl.transpose(%x, %end) %y = tfl.batch_matmul(%t, %z) {adj_y = true}'
        .replace('(%t, %z)', '(%t, %x)')
        .replace(' {adj_y = true}', ''),
    ],
    [
      'both, one of them twice',
      '%s = tfl.transpose(%x, %swap) %t = tfl.transpose(%z, %swap) %y = tfl.batch_matmul(%s, %t) {adj_x = true}',
    ],
  ])('%s', async (_, body) => {
    expect(transform(transposeInMatmul, f(body))).not.toContain('tfl.transpose');
    await sameResults(transposeInMatmul, f(body), { tolerance: 1e-6 });
  });

  test.each([
    ['another permutation', '%t = tfl.transpose(%x, %heads) %y = tfl.batch_matmul(%t, %t) {adj_y = true}'],
    [
      'other users',
      '%t = tfl.transpose(%z, %swap) %p = tfl.batch_matmul(%x, %t) %q = tfl.batch_matmul(%z, %t) %y = tfl.batch_matmul(%p, %q) {adj_y = true}',
    ],
    ['no transpose', '%y = tfl.batch_matmul(%x, %z) {adj_y = true}'],
  ])('not with %s', (_, body) => {
    expect(reasonsFor(transposeInMatmul, f(body))).toMatchSnapshot();
  });
});
