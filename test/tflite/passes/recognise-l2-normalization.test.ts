import { describe, expect, test } from '@jest/globals';
import { recogniseL2Normalization } from '#tflite/passes/recognise-l2-normalization.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

interface Parts {
  shape?: string;
  axes?: string;
  epsilon?: string;
  keep?: boolean;
  square?: string;
}

function f(
  body: string,
  {
    shape = '?x5',
    axes = '[-1] : tensor<1xi32>',
    epsilon = '1e-12',
    keep = true,
    square = 'tfl.square(%x)',
  }: Parts = {},
): string {
  return `signature "f" (%x: tensor<${shape}xf32>, %z: tensor<${shape}xf32>) -> ("y") {
    %a = const ${axes} %e = const ${epsilon} : tensor<f32> %q = ${square}
    %s = tfl.sum(%q, %a) {keep_dims = ${keep}}
    ${body} return %y }`;
}

const usual = '%g = tfl.maximum(%s, %e) %r = tfl.rsqrt(%g) %y = tfl.mul(%x, %r)';

describe('recognise-l2-normalization', () => {
  test.each([
    ['tf.math.l2_normalize', f(usual)],
    ['a positive axis, x · x', f(usual, { axes: '1 : tensor<i32>', square: 'tfl.mul(%x, %x)' })],
    ['x / √s', f('%r = tfl.sqrt(%s) %y = tfl.div(%x, %r)')],
    ['x / √(s + ε)', f('%g = tfl.add(%s, %e) %r = tfl.sqrt(%g) %y = tfl.div(%x, %r)')],
    [
      'a limit of the reciprocal',
      f('%r = tfl.rsqrt(%s) %g = tfl.minimum(%r, %e) %y = tfl.mul(%g, %x)', { epsilon: '1e12' }),
    ],
  ])('%s', async (_, text) => {
    expect(transform(recogniseL2Normalization, text)).toContain(
      '%0 = tfl.l2_normalization(%arg0) : tensor<?x5xf32>\n  return %0',
    );
    await sameResults(recogniseL2Normalization, text, { tolerance: 1e-6 });
  });

  test.each([
    ['another axis', f(usual, { axes: '[0] : tensor<1xi32>' })],
    ['a removed dimension', f(usual, { shape: '5x5', keep: false })],
    ['a guard that matters', f(usual, { epsilon: '1e-6' })],
    ['a low limit', f('%r = tfl.rsqrt(%s) %g = tfl.minimum(%r, %e) %y = tfl.mul(%g, %x)', { epsilon: '100' })],
    ['another x', f(usual, { square: 'tfl.square(%z)' })],
    ['a sum of products', f(usual, { square: 'tfl.mul(%x, %z)' })],
    ['the root divided by x', f('%r = tfl.sqrt(%s) %y = tfl.div(%r, %x)')],
    ['a product with the root', f('%r = tfl.sqrt(%s) %y = tfl.mul(%x, %r)')],
    ['an activation', f(`${usual} {fused_activation_function = "RELU"}`)],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(recogniseL2Normalization, text)).toMatchSnapshot();
  });
});
