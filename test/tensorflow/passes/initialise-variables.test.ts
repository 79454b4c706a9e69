import { describe, expect, test } from '@jest/globals';
import { Tensor } from '#tensor/tensor.js';
import { initialiseVariables } from '#tensorflow/passes/initialise-variables.js';
import { findings, transform } from '../../support/passes.js';
import { savedModel } from '../../support/saved-models.js';

const pass = () => initialiseVariables(savedModel({ nodes: [], variables: { v: Tensor.float32([1, 2]) } }));
const signature = (key: string, variable: string): string =>
  `signature "${key}" (%x: tensor<2xf32>) -> ("y") {
  %h = tf.VarHandleOp() {dtype = "float32", shape = [2], variable = "${variable}"}
  %y = tf.ReadVariableOp(%h) {dtype = "float32"}
  tf.AssignVariableOp(%h, %x) {dtype = "float32"}
  return %y
}`;

describe('initialise-variables', () => {
  test('the first run of any signature gives all variables their values', () => {
    const idle = 'signature "c" (%x: tensor<2xf32>) -> ("y") { %y = tf.Sin(%x) return %y }';
    const run = (): string => {
      const module = `${signature('a', 'v')}\n${signature('b', 'v')}\n${idle}`;
      return transformOnce(module);
    };
    expect(run()).toMatchSnapshot();
  });

  test('one without a value is reported', () => {
    expect(findings(pass(), signature('a', 'u'))).toEqual([
      'variable-without-value: The variable "u" is used, but the checkpoint holds no value for it.',
    ]);
  });
});

/** A second run would find the handles of the first one's bodies, and initialise again: the pass is run once. */
function transformOnce(text: string): string {
  const once = pass();
  let ran = false;
  return transform(
    {
      ...once,
      run: (module, context) => {
        if (!ran) once.run(module, context);
        ran = true;
      },
    },
    text,
  );
}
