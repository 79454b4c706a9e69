import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '#tensor/tensor.js';
import { folded, inferred, lowered, loweredOps, refusal } from './lowered.js';

const x = '%x: tensor<?x3xf32>';

describe('activations', () => {
  test.each([
    ['Relu', ['relu']],
    ['Relu6', ['relu6']],
    ['LeakyRelu', ['leaky_relu']],
    ['Elu', ['elu']],
    ['Selu', ['elu', 'mul', 'leaky_relu']],
    ['Softplus', ['minimum', 'exp', 'add', 'log', 'maximum']],
    ['Softsign', ['abs', 'add', 'div']],
    ['Sigmoid', ['logistic']],
    ['Tanh', ['tanh']],
  ])('%s', (name, expected) => {
    expect(inferred(x, `%y = tf.${name}(%x)`)).toBe('tensor<?x3xf32>');
    expect(loweredOps(x, `%y = tf.${name}(%x)`)).toEqual(expected);
  });

  test('the slope of a leaky one', () => {
    expect(lowered(x, '%y = tf.LeakyRelu(%x) {alpha = 0.3}')).toContain('{alpha = 0.3}');
  });

  test('integers are clamped: the kernels take small ones for quantized numbers', () => {
    expect(loweredOps('%x: tensor<3xi64>', '%y = tf.Relu6(%x) {T = "int64"}')).toEqual(['maximum', 'minimum']);
    expect(loweredOps('%x: tensor<3xi8>', '%y = tf.Relu(%x) {T = "int8"}')).toEqual(['cast', 'maximum', 'cast']);
  });

  test('types without a kernel are refused', () => {
    expect(refusal('%x: tensor<3xf64>', '%y = tf.Elu(%x)').help.join()).toContain('float32');
    expect(refusal('%x: tensor<3xf64>', '%y = tf.Erf(%x) {T = "float64"}').help.join()).toContain('tf.cast');
  });

  test.each([
    ['Relu', '[-1, 0, 2]', [0, 0, 2]],
    ['Relu6', '[-1, 3, 7]', [0, 3, 6]],
    ['LeakyRelu', '[-1, 0, 2]', [-0.2, 0, 2]],
    ['Elu', '[-1, 0, 2]', [-0.6321206, 0, 2]],
    ['Selu', '[-1, 0, 2]', [-1.1113307, 0, 2.101402]],
    ['Softplus', '[-100, 0, 100]', [3.783506e-44, Math.LN2, 100]],
    ['Softsign', '[-1, 0, 3]', [-0.5, 0, 0.75]],
    ['Erf', '[-1, 0, 0.5]', [-0.8427008, 0, 0.5204999]],
    ['Erfc', '[-1, 0, 4]', [1.8427008, 1, 1.5417257e-8]],
  ])('%s of constants is computed now, as TensorFlow does', (name, values, expected) => {
    const result = folded('', `%x = const ${values} : tensor<3xf32> %y = tf.${name}(%x)`) as Tensor;
    expected.forEach((value, i) => {
      expect(Math.abs((result.data[i] as number) - value)).toBeLessThanOrEqual(1.2e-7 * Math.abs(value) + 2e-45);
    });
  });
});

describe('the error function by tanh', () => {
  test('is one polynomial in x² within a tanh', () => {
    const ops = loweredOps(x, '%y = tf.Erf(%x)');
    expect(ops).toEqual(['mul', ...new Array(6).fill(['mul', 'add']).flat(), 'mul', 'tanh']);
  });

  test('is within 3e-7 of it everywhere, computed in float32', () => {
    const text = lowered('%x: tensor<f32>', '%y = tf.Erf(%x)');
    const coefficients = [...text.matchAll(/const (\S+) : tensor<f32>/g)].map(([, number]) => Number(number));
    expect(coefficients).toHaveLength(7);
    const { fround } = Math;
    for (let at = -8; at <= 8; at += 1 / 512) {
      const square = fround(at * at);
      const sum = coefficients.reduce((all, next) => fround(fround(square * all) + next));
      const y = Math.tanh(fround(at * sum));
      const exact = folded('', `%x = const ${at} : tensor<f64> %y = tf.Erf(%x) {T = "float64"}`) as Tensor;
      expect(Math.abs(y - Number(exact.data[0]))).toBeLessThanOrEqual(3e-7 * Math.abs(Number(exact.data[0])));
    }
  });
});
