import { describe, expect, test } from '@jest/globals';
import { moveWorkBehindLoops } from '#passes/move-work-behind-loops.js';
import { transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = (
  rounds: string,
  start: string,
  value = '%x',
): string => `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  ${rounds}
  ${start}
  %1, %2, %3, %4 = tf.While(%i, ${value}, %r, %e) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<1x2xf32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<1x2xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %z = tf.Sin(%b)
    %shape = const [1, 2] : tensor<2xi32>
    %row = tf.Reshape(%z, %shape) {Tshape = "int32"}
    return %next, %z, %row, %d
  }
  return %3
}`;
const three = '%e = const 3 : tensor<i32>';
const open = '%e = tf.Abs(%n) {T = "int32"}';
const zeros = '%r = const splat(0) : tensor<1x2xf32>';

describe('move-work-behind-loops', () => {
  test('what only the last round is asked for is done once', async () => {
    const result = transform(moveWorkBehindLoops, loop(three, zeros));
    expect(result.lastIndexOf('tf.Reshape')).toBeGreaterThan(result.lastIndexOf('} :'));
    await sameResults(moveWorkBehindLoops, loop(three, zeros));
  });

  test('where there may be no round, only if the same comes in', () => {
    const differs = transform(moveWorkBehindLoops, loop(open, zeros));
    expect(differs).toContain('  return %3');
    const same = transform(moveWorkBehindLoops, loop(open, `${zeros} %o = const splat(0) : tensor<2xf32>`, '%o'));
    expect(same.lastIndexOf('tf.Reshape')).toBeGreaterThan(same.lastIndexOf('} :'));
  });
});
