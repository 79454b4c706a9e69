import { expect, test } from '@jest/globals';
import { loweredOps, refusal } from './lowered.js';

test.each(['Lgamma', 'Digamma', 'Erfinv', 'Ndtri'])('%s is a formula in float32', (op) => {
  expect(loweredOps('%x: tensor<?xf32>', `%y = tf.${op}(%x)`).length).toBeGreaterThan(20);
  expect(loweredOps('%x: tensor<?xf16>', `%y = tf.${op}(%x) {T = "float16"}`).at(-1)).toBe('cast');
  expect(refusal('%x: tensor<?xf64>', `%y = tf.${op}(%x) {T = "float64"}`).reason).toContain('float64');
});
