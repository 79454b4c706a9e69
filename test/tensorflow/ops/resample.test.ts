import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

const size = '%s = const [9, 11] : tensor<2xi32>';

test.each(['ResizeBicubic', 'ResizeArea'])('%s is two products with matrices', (op) => {
  const body = `${size} %y = tf.${op}(%x, %s)`;
  expect(inferred('%x: tensor<?x6x7x3xf32>', body)).toBe('tensor<?x9x11x3xf32>');
  expect(loweredOps('%x: tensor<?x6x7x3xf32>', body).filter((name) => name === 'batch_matmul')).toHaveLength(2);
  expect(refusal('%x: tensor<?x?x7x3xf32>', body).help[0]).toContain('bilinear');
});

test('crops', () => {
  const body = `${size} %y = tf.CropAndResize(%x, %b, %i, %s)`;
  const args = (height: string) => `%x: tensor<?x${height}x7x3xf32>, %b: tensor<?x4xf32>, %i: tensor<?xi32>`;
  expect(inferred(args('6'), body)).toBe('tensor<?x9x11x3xf32>');
  expect(loweredOps(args('6'), body)).toContain('gather');
  expect(refusal(args('?'), body).reason).toContain('sizes');
});
