import { describe, expect, test } from '@jest/globals';
import { keepReducedDims } from '#tflite/passes/keep-reduced-dims.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const pooled = (axes: string, target: string, options = '', more = ''): string => `
  signature "f" (%x: tensor<?x4x4x3xf32>) -> ("y") {
    %a = const ${axes} %s = const [${target}] : tensor<${target.split(',').length}xi32>
    %m = tfl.mean(%x, %a) {keep_dims = false${options}}
    %y = tfl.reshape(%m, %s) ${more} return %y }`;

describe('keep-reduced-dims', () => {
  test('a reshape that puts the reduced dimensions back', async () => {
    const text = pooled('[1, -2] : tensor<2xi32>', '-1, 1, 1, 3');
    expect(transform(keepReducedDims, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x4x3xf32>) -> ("y") {
  %c0 = const [1, -2] : tensor<2xi32>
  %0 = tfl.mean(%arg0, %c0) {keep_dims = true} : tensor<?x1x1x3xf32>
  return %0
}
"
`);
    await sameResults(keepReducedDims, text);
  });

  test.each([
    ['another shape', pooled('[1, 2] : tensor<2xi32>', '-1, 1, 3')],
    ['dimensions of 1 elsewhere', pooled('[1, 2] : tensor<2xi32>', '-1, 3, 1, 1')],
    ['kept dimensions', pooled('[1, 2] : tensor<2xi32>', '-1, 1, 1, 3').replace('= false', '= true')],
    [
      'another user',
      pooled('[1, 2] : tensor<2xi32>', '-1, 1, 1, 3', '', '%z = tfl.neg(%m)').replace('return %y', 'return %z'),
    ],
    ['no reduction', pooled('[1, 2] : tensor<2xi32>', '-1, 4, 4, 3').replace('%m, %s', '%x, %s')],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(keepReducedDims, text)).toMatchSnapshot();
  });

  test('not with axes that are computed', () => {
    const text = `signature "f" (%x: tensor<2x3xf32>, %a: tensor<1xi32>) -> ("y") {
      %s = const [2, 1] : tensor<2xi32> %m = tfl.sum(%x, %a) %y = tfl.reshape(%m, %s) return %y }`;
    expect(reasonsFor(keepReducedDims, text)).toEqual([
      'tfl.reshape: reshaped-reduction: the axes or the shape are not known',
    ]);
  });
});
