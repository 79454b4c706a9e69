import { describe, expect, test } from '@jest/globals';
import { cancelReversals } from '#tflite/passes/cancel-reversals.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const twice = (first: string, second: string): string => `
  signature "f" (%x: tensor<?x4x3xf32>) -> ("y") {
    %a = const [${first}] : tensor<1xi32> %b = const [${second}] : tensor<1xi32>
    %r = tfl.reverse_v2(%x, %a) %y = tfl.reverse_v2(%r, %b) return %y }`;

const taken = (axis: string, places: string, options = '{axis = 1}', shape = '2x4x3'): string => `
  signature "f" (%x: tensor<${shape}xf32>) -> ("y") {
    %a = const [${axis}] : tensor<1xi32> %p = const ${places}
    %r = tfl.reverse_v2(%x, %a) %y = tfl.gather(%r, %p) ${options} return %y }`;

describe('cancel-reversals', () => {
  test('there and back', async () => {
    expect(transform(cancelReversals, twice('1', '-2'))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x3xf32>) -> ("y") {
  return %arg0
}
"
`);
    await sameResults(cancelReversals, twice('1', '-2'));
  });

  test('known places of what is turned around', async () => {
    const last = taken('1', '3 : tensor<i32>');
    expect(transform(cancelReversals, last)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2x4x3xf32>) -> ("y") {
  %c0 = const 0 : tensor<i32>
  %0 = tfl.gather(%arg0, %c0) {axis = 1} : tensor<2x3xf32>
  return %0
}
"
`);
    await sameResults(cancelReversals, last);
    const several = taken('-2', '[0, 2, 2] : tensor<3xi32>', '{axis = -2}');
    expect(transform(cancelReversals, several)).toContain('const [3, 1, 1]');
    await sameResults(cancelReversals, several);
  });

  test.each([
    ['other axes', twice('1', '2')],
    ['places along another axis', taken('1', '0 : tensor<i32>', '{axis = 2}')],
    ['places in each row', taken('1', '[[0], [1]] : tensor<2x1xi32>', '{axis = 1, batch_dims = 1}')],
    ['a size known at run time only', taken('1', '0 : tensor<i32>', '{axis = 1}', '2x?x3')],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(cancelReversals, text)).toMatchSnapshot();
  });
});
