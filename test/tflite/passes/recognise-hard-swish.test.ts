import { describe, expect, test } from '@jest/globals';
import { recogniseHardSwish } from '#tflite/passes/recognise-hard-swish.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (
  body: string,
  three = '3',
  shape = '',
): string => `signature "f" (%x: tensor<?x9xf32>, %z: tensor<?x9xf32>) -> ("y") {
  %three = const ${three} : tensor<${shape}f32> %six = const 6 : tensor<f32> %sixth = const 0.16666667 : tensor<f32>
  %s = tfl.add(%x, %three) %r = tfl.relu6(%s)
  ${body} return %y }`;

describe('recognise-hard-swish', () => {
  test.each([
    ['x · (r / 6)', '%q = tfl.div(%r, %six) %y = tfl.mul(%x, %q)'],
    ['(x · r) / 6', '%q = tfl.mul(%x, %r) %y = tfl.div(%q, %six)'],
    ['(r / 6) · x', '%q = tfl.mul(%r, %sixth) %y = tfl.mul(%q, %x)'],
    ['(x / 6) · r', '%q = tfl.mul(%sixth, %x) %y = tfl.mul(%r, %q)'],
  ])('%s', async (_, body) => {
    expect(transform(recogniseHardSwish, f(body))).toContain(
      '%0 = tfl.hard_swish(%arg0) : tensor<?x9xf32>\n  return %0',
    );
    await sameResults(recogniseHardSwish, f(body), { tolerance: 1e-6 });
  });

  test.each([
    ['another divisor', f('%q = tfl.mul(%x, %r) %y = tfl.div(%q, %three)')],
    ['another shift', f('%q = tfl.mul(%x, %r) %y = tfl.div(%q, %six)', '2')],
    ['another x', f('%q = tfl.mul(%z, %r) %y = tfl.div(%q, %six)')],
    ['no x', f('%q = tfl.mul(%r, %r) %y = tfl.div(%q, %six)')],
    ['an activation', f('%q = tfl.mul(%x, %r) %y = tfl.div(%q, %six) {fused_activation_function = "RELU"}')],
    ['an activation between', f('%q = tfl.mul(%x, %r) {fused_activation_function = "RELU"} %y = tfl.div(%q, %six)')],
    ['a constant that adds a dimension', f('%q = tfl.mul(%x, %r) %y = tfl.div(%q, %six)', '[[[3]]]', '1x1x1x')],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(recogniseHardSwish, text)).toMatchSnapshot();
  });
});
