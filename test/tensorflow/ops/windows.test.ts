import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

const pool = (size: number) =>
  `%y, %i = tf.MaxPoolWithArgmax(%x) {ksize = [1, ${size}, ${size}, 1], strides = [1, 2, 2, 1], padding = "SAME"}`;

test('places of maxima', () => {
  expect(inferred('%x: tensor<?x5x6x2xf32>', pool(2))).toBe('tensor<?x3x3x2xf32>');
  const ops = loweredOps('%x: tensor<?x5x6x2xf32>', pool(2));
  expect(ops.filter((op) => op === 'strided_slice')).toHaveLength(4);
  expect(refusal('%x: tensor<?x?x6x2xf32>', pool(2)).help[0]).toContain('--input-shape');
  expect(refusal('%x: tensor<1x90x90x2xf32>', pool(20)).reason).toContain('400 places');
});

test('patches', () => {
  const body =
    '%y = tf.ExtractImagePatches(%x) {ksizes = [1, 3, 2, 1], strides = [1, 1, 1, 1], rates = [1, 1, 1, 1], padding = "VALID"}';
  expect(inferred('%x: tensor<?x7x6x3xf32>', body)).toBe('tensor<?x5x5x18xf32>');
  expect(loweredOps('%x: tensor<?x7x6x3xf32>', body).at(-1)).toBe('concatenation');
});
