import { describe, expect, test } from '@jest/globals';
import { multiplyWithoutReshapes } from '#tensorflow/passes/multiply-without-reshapes.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const reshape = (name: string, value: string, shape: string): string =>
  `%${name}s = const [${shape}] : tensor<${shape.split(',').length}xi32> %${name} = tf.Reshape(%${value}, %${name}s)`;

const f = (body: string): string => `
  signature "f" (%x: tensor<?x5x3xf32>, %z: tensor<?x?x3xf32>) -> ("y") {
    %w = const iota(0.1) : tensor<3x4xf32> %v = const iota(0.1) : tensor<4x4xf32> ${body} return %y }`;

const product = (name: string, value: string, weights: string, options = ''): string =>
  `%${name} = tf.MatMul(%${value}, %${weights}) {T = "float32"${options}}`;

const flattened = `${reshape('a', 'x', '-1, 3')} ${product('p', 'a', 'w')} ${reshape('y', 'p', '-1, 5, 4')}`;

describe('multiply-without-reshapes', () => {
  test('leading dimensions that are merged and split again', async () => {
    expect(transform(multiplyWithoutReshapes, f(flattened))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x5x3xf32>, %arg1 "z": tensor<?x?x3xf32>) -> ("y") {
  %c0 = const [[0, 0.1, 0.2, 0.3], [0.4, 0.5, 0.6, 0.7], [0.8, 0.9, 1, 1.1]] : tensor<3x4xf32>
  %c1 = const [[0, 0.1, 0.2, 0.3], [0.4, 0.5, 0.6, 0.7], [0.8, 0.9, 1, 1.1], [1.2, 1.3, 1.4, 1.5]] : tensor<4x4xf32>
  %0 = tf.BatchMatMulV2(%arg0, %c0) : tensor<?x5x4xf32>
  return %0
}
"
`);
    await sameResults(multiplyWithoutReshapes, f(flattened), { tolerance: 1e-6 });
  });

  test('several free dimensions, by a computed shape', () => {
    const body = `%s = tf.Shape(%z) %n, %l, %c = tf.Unpack(%s) {T = "int32", num = 3} %four = const 4 : tensor<i32>
      %t = tf.Pack(%n, %l, %four) {T = "int32", N = 3} ${reshape('a', 'z', '-1, 3')} ${product('p', 'a', 'w')}
      %y = tf.Reshape(%p, %t)`;
    expect(transform(multiplyWithoutReshapes, f(body))).toContain('tf.BatchMatMulV2(%arg1, ');
  });

  test('one behind the other', () => {
    const body = `${flattened.replaceAll('%y', '%b').replaceAll('%bs', '%bs')}
      ${reshape('c', 'b', '-1, 4')} ${product('q', 'c', 'v', ', transpose_b = true')} ${reshape('y', 'q', '-1, 5, 4')}`;
    const text = transform(multiplyWithoutReshapes, f(body));
    expect(text.match(/tf\.\w+/g)).toEqual(['tf.BatchMatMulV2', 'tf.BatchMatMulV2']);
    expect(text).toContain('adj_y = true');
  });

  test.each([
    ['another split', `${reshape('a', 'x', '-1, 3')} ${product('p', 'a', 'w')} ${reshape('y', 'p', '5, -1, 4')}`],
    [
      'a changed last dimension',
      `${reshape('a', 'x', '-1, 3')} ${product('p', 'a', 'w')} ${reshape('y', 'p', '-1, 10, 2')}`,
    ],
    [
      'other users',
      `${flattened} %n = tf.Neg(%p)`.replace(
        '%n = tf.Neg(%p)',
        '%n = tf.Neg(%p) %ns = const [-1, 5, 4] : tensor<3xi32> %m = tf.Reshape(%n, %ns) %o = tf.AddV2(%y, %m)',
      ),
    ],
  ])('not with %s', (name, body) => {
    const text = name === 'other users' ? f(body).replace('return %y', 'return %o') : f(body);
    expect(reasonsFor(multiplyWithoutReshapes, text)).toMatchSnapshot();
  });

  test.each([
    [
      'a transposed product',
      `%t = const [-1, 3] : tensor<2xi32> %a = tf.Reshape(%x, %t) ${product('p', 'a', 'u', ', transpose_a = true')} ${reshape('y', 'p', '3, 1, 1')}`,
    ],
    [
      'two free dimensions that might be exchanged',
      `${reshape('a', 'z', '-1, 3')} ${product('p', 'a', 'w')} %s = tf.Shape(%z) %n, %l, %c = tf.Unpack(%s) {T = "int32", num = 3} %four = const 4 : tensor<i32> %t = tf.Pack(%l, %n, %four) {T = "int32", N = 3} %y = tf.Reshape(%p, %t)`,
    ],
  ])('left alone: %s', (_, body) => {
    const text = f(body)
      .replace('%w =', '%u = const iota(1) : tensor<5x1xf32> %w =')
      .replace(
        '%x: tensor<?x5x3xf32>',
        body.includes('transpose_a') ? '%x: tensor<1x5x3xf32>' : '%x: tensor<?x5x3xf32>',
      );
    expect(() => reasonsFor(multiplyWithoutReshapes, text)).not.toThrow();
  });
});
