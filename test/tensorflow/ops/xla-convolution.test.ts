import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

/** Dimension numbers of [N, H, W, C] by [O, H, W, I]; those that are 0 are not written. */
const LAST = String.raw`\u0018\u00032\u0002\u0001\u0002@\u0003P\u0003Z\u0002\u0001\u0002b\u0002\u0001\u0002`;

function convolution(spread: string): string {
  const numbers = Object.entries({ s: '[1, 2]', q: spread, d: '[1, 1]' });
  const vectors = numbers.map(([name, values]) => `%${name} = const ${values} : tensor<2xi32>`).join(' ');
  return `${vectors} %p = const [[1, 0], [0, 0]] : tensor<2x2xi32> %g = const 1 : tensor<i32>
    %y = tf.XlaConvV2(%x, %w, %s, %p, %q, %d, %g) {dimension_numbers = "${LAST}"}`;
}

const args = '%x: tensor<?x6x7x3xf32>, %w: tensor<8x3x3x3xf32>';

test('is a convolution where its dimensions are already in order', () => {
  expect(inferred(args, convolution('[1, 1]'))).toBe('tensor<?x5x3x8xf32>');
  expect(loweredOps(args, convolution('[1, 1]'))).toEqual(['pad', 'conv_2d']);
});

test('spread with zeros is refused', () => {
  expect(refusal(args, convolution('[2, 1]')).help[0]).toContain('conv2d_transpose');
});
