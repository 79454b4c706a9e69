import { describe, expect, test } from '@jest/globals';
import { unrollShortLoops } from '#passes/unroll-short-loops.js';
import { reasonsFor, transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = (rounds: number | '%n'): string => `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  ${rounds === '%n' ? '%e = tf.Abs(%n) {T = "int32"}' : `%e = const ${rounds} : tensor<i32>`}
  %1, %2, %3 = tf.While(%i, %x, %e) (%a: tensor<i32>, %b: tensor<2xf32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %z = tf.Sin(%b)
    return %next, %z, %d
  }
  return %2
}`;

describe('unroll-short-loops', () => {
  test('one round is put in the place of the loop', async () => {
    const result = transform(unrollShortLoops, loop(1));
    expect(result).toContain('tf.Sin(%arg0)');
    expect(result).not.toContain('tf.While');
    await sameResults(unrollShortLoops, loop(1));
  });

  test('of no round the operands are left', () => {
    expect(transform(unrollShortLoops, loop(0))).toContain('return %arg0');
  });

  test('more rounds, or as many as the inputs say, stay a loop', () => {
    expect(reasonsFor(unrollShortLoops, loop(2))).toEqual(['tf.While: it runs more than once']);
    expect(reasonsFor(unrollShortLoops, loop('%n'))).toEqual(['tf.While: the model’s inputs tell how often it runs']);
  });
});
