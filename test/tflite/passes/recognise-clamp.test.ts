import { describe, expect, test } from '@jest/globals';
import { recogniseClamp } from '#tflite/passes/recognise-clamp.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string, dtype = 'f32'): string => `signature "f" (%x: tensor<?x9x${dtype}>) -> ("y") {
  %zero = const 0 : tensor<${dtype}> %one = const 1 : tensor<${dtype}> %minus = const -1 : tensor<${dtype}>
  %six = const 6 : tensor<${dtype}> %vector = const [0, 0, 0, 0, 0, 0, 0, 0, 0] : tensor<9x${dtype}>
  ${body} return %y }`;

describe('recognise-clamp', () => {
  test('minima and maxima with the bounds of a ReLU', () => {
    const text = f(`%a = tfl.maximum(%x, %zero) %b = tfl.minimum(%six, %a)
      %c = tfl.minimum(%b, %one) %d = tfl.maximum(%c, %minus) %y = tfl.add(%b, %d)`);
    expect(transform(recogniseClamp, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x9xf32>) -> ("y") {
  %c0 = const splat(0) : tensor<9xf32>
  %0 = tfl.relu6(%arg0) : tensor<?x9xf32>
  %1 = tfl.relu_n1_to_1(%0) : tensor<?x9xf32>
  %2 = tfl.add(%0, %1) : tensor<?x9xf32>
  return %2
}
"
`);
  });

  test.each([
    ['relu', '%y = tfl.maximum(%x, %zero)'],
    ['relu6', '%a = tfl.minimum(%x, %six) %y = tfl.relu(%a)'],
    ['relu6', '%a = tfl.relu(%x) %y = tfl.minimum(%a, %six)'],
    ['relu_n1_to_1', '%a = tfl.minimum(%x, %one) %y = tfl.maximum(%a, %minus)'],
    ['relu_0_to_1', '%a = tfl.maximum(%zero, %x) %y = tfl.minimum(%a, %one)'],
  ])('%s', async (name, body) => {
    expect(transform(recogniseClamp, f(body))).toContain(`tfl.${name}(%arg0)`);
    await sameResults(recogniseClamp, f(body));
  });

  test('the inner bound is kept for other users', () => {
    const text = f('%a = tfl.maximum(%x, %zero) %b = tfl.minimum(%a, %six) %y = tfl.add(%a, %b)');
    expect(transform(recogniseClamp, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x9xf32>) -> ("y") {
  %c0 = const 1 : tensor<f32>
  %c1 = const -1 : tensor<f32>
  %c2 = const 6 : tensor<f32>
  %c3 = const splat(0) : tensor<9xf32>
  %0 = tfl.relu(%arg0) : tensor<?x9xf32>
  %1 = tfl.minimum(%0, %c2) : tensor<?x9xf32>
  %2 = tfl.add(%0, %1) : tensor<?x9xf32>
  return %2
}
"
`);
  });

  test.each([
    ['other bounds', f('%a = tfl.maximum(%x, %one) %y = tfl.minimum(%a, %six)')],
    ['bounds that exclude each other', f('%a = tfl.minimum(%x, %minus) %y = tfl.maximum(%a, %one)')],
    ['a vector, though of one number', f('%y = tfl.maximum(%x, %vector)')],
    ['a value', f('%y = tfl.maximum(%x, %x)')],
    ['integers', f('%y = tfl.maximum(%x, %zero)', 'i32')],
    ['a ReLU already', f('%y = tfl.relu(%x)')],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(recogniseClamp, text)).toMatchSnapshot();
  });
});
