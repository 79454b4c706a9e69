import { describe, expect, test } from '@jest/globals';
import { inlineKnownBranches } from '#passes/inline-known-branches.js';
import { reasonsFor, transform } from '../support/passes.js';

const branch = (condition: string): string => `signature "s" (%x: tensor<2xf32>, %p: tensor<i1>) -> ("y") {
  %c = ${condition}
  %1 = tf.If(%c, %x) (%a: tensor<2xf32>) { %r = tf.Sin(%a) return %r } (%a: tensor<2xf32>) { %r = tf.Cos(%a) return %r }
  return %1
}`;

const choice = (number: number): string => `signature "s" (%x: tensor<2xf32>) -> ("y") {
  %c = const ${number} : tensor<i32>
  %1 = tf.Case(%c, %x) (%a: tensor<2xf32>) { %r = tf.Sin(%a) return %r } (%a: tensor<2xf32>) { %r = tf.Cos(%a) return %r } (%a: tensor<2xf32>) { return %a }
  return %1
}`;

describe('inline-known-branches', () => {
  test.each([
    ['const true : tensor<i1>', 'tf.Sin'],
    ['const false : tensor<i1>', 'tf.Cos'],
    ['const 2 : tensor<i32>', 'tf.Sin'],
    ['const 0 : tensor<f32>', 'tf.Cos'],
    ['const [] : tensor<0xf32>', 'tf.Cos'],
    ['const [0, 0] : tensor<2xf32>', 'tf.Sin'],
  ])('%s takes %s', (condition, taken) => {
    const result = transform(inlineKnownBranches, branch(condition));
    expect(result).toContain(`${taken}(%arg0)`);
    expect(result).not.toContain('tf.If');
  });

  test.each([
    [0, 'tf.Sin(%arg0)'],
    [1, 'tf.Cos(%arg0)'],
    [2, 'return %arg0'],
    [9, 'return %arg0'],
    [-1, 'return %arg0'],
  ])('case %d', (number, found) => {
    expect(transform(inlineKnownBranches, choice(number))).toContain(found);
  });

  test('a condition of the inputs is left', () => {
    const reasons = reasonsFor(inlineKnownBranches, branch('tf.LogicalNot(%p)'));
    expect(reasons).toEqual(['tf.If: the model’s inputs tell which body runs']);
  });
});
