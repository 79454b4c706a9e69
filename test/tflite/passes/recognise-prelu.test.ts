import { describe, expect, test } from '@jest/globals';
import { recognisePrelu } from '#tflite/passes/recognise-prelu.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string, alpha = '[-0.5, 0.25, 2] : tensor<3xf32>', shape = '?x4x3'): string => `
  signature "f" (%x: tensor<${shape}xf32>, %z: tensor<${shape}xf32>) -> ("y") {
    %c = const ${alpha} %p = tfl.relu(%x) %n = tfl.neg(%x) %q = tfl.relu(%n)
    ${body} return %y }`;

const keras = '%m = tfl.mul(%c, %q) %y = tfl.add(%p, %m)';

describe('recognise-prelu', () => {
  test.each([
    ['relu(x) + c relu(−x)', keras],
    ['c relu(−x) + relu(x)', '%m = tfl.mul(%q, %c) %y = tfl.add(%m, %p)'],
    ['relu(x) − c relu(−x)', '%m = tfl.mul(%c, %q) %y = tfl.sub(%p, %m)'],
    ['relu(x) + c (−relu(−x))', '%o = tfl.neg(%q) %m = tfl.mul(%o, %c) %y = tfl.add(%p, %m)'],
    ['relu(x) − c (−relu(−x))', '%o = tfl.neg(%q) %m = tfl.mul(%c, %o) %y = tfl.sub(%p, %m)'],
  ])('%s', async (_, body) => {
    expect(transform(recognisePrelu, f(body))).toContain('%0 = tfl.prelu(%arg0, %c0) : tensor<?x4x3xf32>\n  return %0');
    await sameResults(recognisePrelu, f(body));
  });

  test.each([
    ['one for all', '0.5 : tensor<f32>'],
    ['one for each element', '[[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]] : tensor<4x3xf32>'],
    ['with a dimension for the batch', '[[[1, 2, 3]]] : tensor<1x1x3xf32>'],
  ])('alpha: %s', async (_, alpha) => {
    expect(transform(recognisePrelu, f(keras, alpha))).toContain('tfl.prelu');
    await sameResults(recognisePrelu, f(keras, alpha));
  });

  test('the alpha of the kernel has no batch', () => {
    expect(transform(recognisePrelu, f(keras))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x3xf32>, %arg1 "z": tensor<?x4x3xf32>) -> ("y") {
  %c0 = const [[0.5, -0.25, -2]] : tensor<1x3xf32>
  %0 = tfl.prelu(%arg0, %c0) : tensor<?x4x3xf32>
  return %0
}
"
`);
  });

  test.each([
    ['another x', f('%w = tfl.relu(%z) %m = tfl.mul(%c, %q) %y = tfl.add(%w, %m)')],
    ['relu(x) twice', f('%m = tfl.mul(%c, %p) %y = tfl.add(%p, %m)')],
    ['the negative part minus the positive', f('%m = tfl.mul(%c, %q) %y = tfl.sub(%m, %p)')],
    ['an alpha for each of the batch', f(keras, 'iota(1) : tensor<2x4x3xf32>', '2x4x3')],
    ['an alpha that enlarges', f(keras, '[1, 2] : tensor<2xf32>', '?x4x1')],
    ['a computed alpha', f('%m = tfl.mul(%z, %q) %y = tfl.add(%p, %m)')],
    ['five dimensions', f(keras, '0.5 : tensor<f32>', '1x1x1x2x3')],
    ['one dimension', f(keras, '0.5 : tensor<f32>', '3')],
    ['an activation', f(`${keras} {fused_activation_function = "RELU"}`)],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(recognisePrelu, text)).toMatchSnapshot();
  });
});
