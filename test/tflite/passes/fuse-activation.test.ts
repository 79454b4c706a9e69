import { describe, expect, test } from '@jest/globals';
import { fuseActivation } from '#tflite/passes/fuse-activation.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const added = (body: string, result = '%y'): string => `
  signature "f" (%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> ("y") {
    ${body}
    return ${result}
  }`;

describe('fuse-activation', () => {
  test('a clamping activation goes into the op before it', () => {
    const text = added('%x = tfl.add(%a, %b) loc("sum") %y = tfl.relu6(%x) loc("relu")');
    expect(transform(fuseActivation, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "a": tensor<2x3xf32>, %arg1 "b": tensor<2x3xf32>) -> ("y") {
  %0 = tfl.add(%arg0, %arg1) {fused_activation_function = "RELU6"} : tensor<2x3xf32> loc("relu" + "sum")
  return %0
}
"
`);
  });

  test.each(['relu', 'relu6', 'relu_n1_to_1'])('%s, with the same results', async (name) => {
    await sameResults(fuseActivation, added(`%x = tfl.sub(%a, %b) %y = tfl.${name}(%x)`));
  });

  test('not where another op needs the value before', () => {
    expect(
      reasonsFor(fuseActivation, added('%x = tfl.add(%a, %b) %y = tfl.relu(%x) %z = tfl.mul(%x, %y)', '%z')),
    ).toMatchInlineSnapshot(`
[
  "tfl.relu: activation: the value before the activation has other users",
]
`);
  });

  test('not a second one', () => {
    expect(
      reasonsFor(fuseActivation, added('%x = tfl.add(%a, %b) {fused_activation_function = "RELU"} %y = tfl.relu6(%x)')),
    ).toMatchInlineSnapshot(`
[
  "tfl.relu6: activation: another activation is fused already",
]
`);
  });

  test('not into an op that has none', () => {
    expect(reasonsFor(fuseActivation, added('%x = tfl.maximum(%a, %b) %y = tfl.relu(%x)'))).toMatchInlineSnapshot(`
[
  "tfl.relu: activation: what it is applied to cannot fuse an activation",
]
`);
  });
});
