import { describe, expect, test } from '@jest/globals';
import { simplifyArithmetic } from '#tflite/passes/simplify-arithmetic.js';
import { reasonsFor, runPass, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string): string => `
  signature "f" (%a: tensor<?x3xf32>, %b: tensor<?x3xf32>, %v: tensor<3xf32>) -> ("y") {
    %zero = const 0 : tensor<f32> %ones = const [1, 1, 1] : tensor<3xf32> %c = const [2, 3, 4] : tensor<3xf32>
    ${body} return %y }`;

/** The ops afterwards, without constants. */
function ops(body: string): string[] {
  const { module } = runPass(simplifyArithmetic, f(body));
  return [...module.ops()].map((op) => op.name).filter((name) => name !== 'const');
}

describe('simplify-arithmetic', () => {
  test('neutral operations go', () => {
    expect(
      ops(
        '%p = tfl.add(%zero, %a) %q = tfl.mul(%p, %ones) %r = tfl.sub(%q, %zero) %s = tfl.div(%r, %ones) %y = tfl.relu(%s)',
      ),
    ).toEqual(['tfl.relu']);
  });

  test.each([
    ['a + −b', '%n = tfl.neg(%b) %y = tfl.add(%a, %n)', ['tfl.sub']],
    ['−a + b', '%n = tfl.neg(%a) %y = tfl.add(%n, %b) {fused_activation_function = "RELU"}', ['tfl.sub']],
    ['a − −b', '%n = tfl.neg(%b) %y = tfl.sub(%a, %n)', ['tfl.add']],
    ['−a × −b', '%m = tfl.neg(%a) %n = tfl.neg(%b) %y = tfl.mul(%m, %n)', ['tfl.mul']],
    ['−a × c', '%m = tfl.neg(%a) %y = tfl.mul(%m, %c)', ['tfl.mul']],
    ['a + (−a × b)', '%m = tfl.neg(%a) %n = tfl.mul(%m, %b) %y = tfl.add(%a, %n)', ['tfl.mul', 'tfl.sub']],
    ['−−a', '%m = tfl.neg(%a) %y = tfl.neg(%m)', []],
  ])('%s, to the last bit', async (_, body, expected) => {
    expect(ops(body)).toEqual(expected);
    await sameResults(simplifyArithmetic, f(body), { special: true });
  });

  test.each([
    ['(a × c) × d', '%d = const 2.5 : tensor<f32> %p = tfl.mul(%a, %c) %y = tfl.mul(%p, %d)', ['tfl.mul']],
    ['c + (d + a)', '%d = const [1, 2, 5] : tensor<3xf32> %p = tfl.add(%d, %a) %y = tfl.add(%c, %p)', ['tfl.add']],
    [
      'a b + (c − b v)',
      '%p = tfl.mul(%a, %b) %q = tfl.mul(%b, %v) %r = tfl.sub(%c, %q) %y = tfl.add(%p, %r)',
      ['tfl.sub', 'tfl.mul', 'tfl.add'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(ops(body)).toEqual(expected);
    await sameResults(simplifyArithmetic, f(body), { tolerance: 1e-6 });
  });

  test('a constant stands on the right', () => {
    expect(transform(simplifyArithmetic, f('%y = tfl.mul(%c, %a)'))).toContain('tfl.mul(%arg0, %c');
  });

  test.each([
    ['a neutral constant that enlarges', '%z = const [[0, 0, 0], [0, 0, 0]] : tensor<2x3xf32> %y = tfl.add(%v, %z)'],
    ['x / 0 or 1 / x', '%p = tfl.div(%ones, %a) %y = tfl.div(%p, %zero)'],
    ['an activation behind a neutral one', '%y = tfl.add(%a, %zero) {fused_activation_function = "RELU"}'],
    ['a negation that others use', '%n = tfl.neg(%a) %p = tfl.mul(%n, %b) %q = tfl.relu(%n) %y = tfl.maximum(%p, %q)'],
    ['a negation smaller than the product', '%n = tfl.neg(%v) %y = tfl.mul(%n, %b)'],
    ['negation before an activation', '%n = tfl.neg(%a) %y = tfl.mul(%n, %b) {fused_activation_function = "RELU"}'],
    ['an inner sum with other users', '%p = tfl.add(%a, %c) %q = tfl.add(%p, %c) %y = tfl.mul(%p, %q)'],
    ['an activation between', '%p = tfl.add(%a, %c) {fused_activation_function = "RELU"} %y = tfl.add(%p, %c)'],
    [
      'constants of several shapes',
      '%d = const [[1], [2]] : tensor<2x1xf32> %p = tfl.add(%a, %c) %y = tfl.add(%p, %d)',
    ],
    ['constants too large together', '%d = const 1e30 : tensor<f32> %p = tfl.mul(%a, %d) %y = tfl.mul(%p, %d)'],
    ['constants too small together', '%d = const 1e-30 : tensor<f32> %p = tfl.mul(%a, %d) %y = tfl.mul(%p, %d)'],
  ])('not %s', (_, body) => {
    expect(reasonsFor(simplifyArithmetic, f(body))).toMatchSnapshot();
  });

  test('not integers, whose sums wrap', () => {
    const text = `signature "f" (%a: tensor<3xi32>) -> ("y") { %n = tfl.neg(%a) %y = tfl.add(%a, %n) return %y }`;
    expect(reasonsFor(simplifyArithmetic, text)).toMatchSnapshot();
  });

  test('not what is added to a value of unknown rank', () => {
    const text = `signature "f" (%a: tensor<*xf32>) -> ("y") { %c = const [0, 0] : tensor<2xf32> %y = tfl.add(%a, %c) return %y }`;
    expect(reasonsFor(simplifyArithmetic, text)).toContain('tfl.add: neutral: neither operand is neutral');
  });

  test('x and x, or the larger of x and x, is x', () => {
    const text = `signature "f" (%a: tensor<3xi1>, %b: tensor<3xf32>) -> ("y", "z") {
      %y = tfl.logical_and(%a, %a) %z = tfl.maximum(%b, %b) return %y, %z }`;
    expect(transform(simplifyArithmetic, text)).toContain('return %arg0, %arg1');
  });
});
