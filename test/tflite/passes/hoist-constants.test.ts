import { describe, expect, test } from '@jest/globals';
import { hoistConstants } from '#tflite/passes/hoist-constants.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string): string => `
  signature "f" (%x: tensor<?x3xf32>, %z: tensor<?x2x4xf32>) -> ("y") {
    %w = const iota(0.1) : tensor<8x3xf32> %s = const [-1, 2, 4] : tensor<3xi32> %half = const 0.5 : tensor<f32>
    %d = tfl.fully_connected(%x, %w, none) %r = tfl.reshape(%d, %s)
    ${body} return %y }`;

describe('hoist-constants', () => {
  test('a sum before the reshape', async () => {
    const text = f('%c = const [[1, 2, 3, 4], [5, 6, 7, 8]] : tensor<2x4xf32> %y = tfl.add(%r, %c)');
    expect(transform(hoistConstants, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>, %arg1 "z": tensor<?x2x4xf32>) -> ("y") {
  %c0 = const elided("ada1ddf6567d62fd") : tensor<8x3xf32>
  %c1 = const [-1, 2, 4] : tensor<3xi32>
  %c2 = const 0.5 : tensor<f32>
  %0 = tfl.fully_connected(%arg0, %c0, none) : tensor<?x8xf32>
  %c3 = const [1, 2, 3, 4, 5, 6, 7, 8] : tensor<8xf32>
  %1 = tfl.add(%0, %c3) : tensor<?x8xf32>
  %2 = tfl.reshape(%1, %c1) : tensor<?x2x4xf32>
  return %2
}
"
`);
    await sameResults(hoistConstants, text);
  });

  test('a factor to the weights', async () => {
    const text = f('%m = tfl.batch_matmul(%r, %z) {adj_y = true} %y = tfl.mul(%m, %half)');
    expect(transform(hoistConstants, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>, %arg1 "z": tensor<?x2x4xf32>) -> ("y") {
  %c0 = const elided("ada1ddf6567d62fd") : tensor<8x3xf32>
  %c1 = const [-1, 2, 4] : tensor<3xi32>
  %0 = tfl.fully_connected(%arg0, %c0, none) : tensor<?x8xf32>
  %c2 = const 0.5 : tensor<f32>
  %1 = tfl.mul(%0, %c2) : tensor<?x8xf32>
  %2 = tfl.reshape(%1, %c1) : tensor<?x2x4xf32>
  %3 = tfl.batch_matmul(%2, %arg1) {adj_y = true} : tensor<?x2x2xf32>
  return %3
}
"
`);
    await sameResults(hoistConstants, text, { tolerance: 1e-6 });
  });

  test.each([
    ['one number for each of the last', '%c = const [1, 2, 3, 4] : tensor<4xf32> %y = tfl.add(%r, %c)'],
    ['other users of the reshape', '%c = const iota(1) : tensor<2x4xf32> %a = tfl.add(%r, %c) %y = tfl.mul(%a, %r)'],
    ['constant minus value', '%c = const iota(1) : tensor<2x4xf32> %y = tfl.sub(%c, %r)'],
    ['a value', '%y = tfl.add(%r, %z)'],
    ['an activation', '%c = const iota(1) : tensor<2x4xf32> %y = tfl.add(%r, %c) {fused_activation_function = "RELU"}'],
    ['a vector of factors', '%c = const [1, 2, 3, 4] : tensor<4xf32> %y = tfl.mul(%r, %c)'],
    ['no weights', '%y = tfl.mul(%z, %half)'],
    ['a factor that adds a dimension', '%c = const [[[[2]]]] : tensor<1x1x1x1xf32> %y = tfl.mul(%r, %c)'],
    ['an activation on the way', '%a = tfl.relu(%r) %y = tfl.mul(%a, %half)'],
  ])('not with %s', (_, body) => {
    expect(reasonsFor(hoistConstants, f(body))).toMatchSnapshot();
  });

  test('a constant on a sum goes to the product in it, whose bias takes it', async () => {
    const text = `signature "f" (%x: tensor<?x3xf32>, %z: tensor<?x8xf32>) -> ("y") {
      %w = const iota(0.1) : tensor<8x3xf32> %d = tfl.fully_connected(%x, %w, none)
      %c = const iota(1) : tensor<8xf32> %s = tfl.add(%z, %d) %y = tfl.add(%s, %c) return %y }`;
    expect(transform(hoistConstants, text)).toMatch(/%1 = tfl\.add\(%0, %c\d\).*\n.*tfl\.add\(%1, %arg1\)/);
    await sameResults(hoistConstants, text, { tolerance: 1e-6 });
  });
});
