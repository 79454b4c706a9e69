import { describe, expect, test } from '@jest/globals';
import { inferred, lowered } from './lowered.js';

const body = (name: string, type = '2xf32'): string => `(%a: tensor<${type}>) { %r = tf.${name}(%a) return %r }`;

describe('branches', () => {
  test('give what both have in common', () => {
    const join = '(%a: tensor<2xf32>) { %z = const 0 : tensor<i32> %r = tf.ConcatV2(%a, %a, %z) {N = 2} return %r }';
    expect(inferred('%p: tensor<i1>, %x: tensor<2xf32>', `%y = tf.If(%p, %x) ${body('Sin')} ${join}`)).toBe(
      'tensor<?xf32>',
    );
  });

  test('a number as the condition holds where it is not 0', () => {
    const text = `%y = tf.StatelessIf(%p, %x) ${body('Sin')} ${body('Cos')}`;
    expect(lowered('%p: tensor<i32>, %x: tensor<2xf32>', text)).toMatchSnapshot();
    expect(() => lowered('%p: tensor<3xi1>, %x: tensor<2xf32>', text)).toThrow('its condition is no scalar');
  });

  test('of many by number become nested ones', () => {
    const text = `%y = tf.StatelessCase(%p, %x) ${body('Sin')} ${body('Cos')} ${body('Neg')}`;
    expect(lowered('%p: tensor<i32>, %x: tensor<2xf32>', text)).toMatchSnapshot();
  });
});

describe('loops', () => {
  const loop = (condition: string): string =>
    `%y = tf.While(%x) (%a: tensor<f32>) { ${condition} return %t } (%a: tensor<f32>) { %r = tf.Sin(%a) return %r }`;

  test('have the regions as their bodies', () => {
    const less = '%c = const 1 : tensor<f32> %t = tf.Less(%a, %c)';
    expect(lowered('%x: tensor<f32>', loop(less))).toMatchSnapshot();
  });

  test('a condition that is a number is refused', () => {
    expect(() => lowered('%x: tensor<f32>', loop('%t = tf.Cos(%a)'))).toThrow('its condition is not bool');
  });
});
