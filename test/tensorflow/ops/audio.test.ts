import { expect, test } from '@jest/globals';
import { inferred, lowered, refusal } from './lowered.js';

test('spectrograms and their coefficients are custom ops that LiteRT registers', () => {
  const spectrogram = '%y = tf.AudioSpectrogram(%x) {window_size = 400, stride = 160}';
  expect(inferred('%x: tensor<1600x2xf32>', spectrogram)).toBe('tensor<2x8x257xf32>');
  expect(lowered('%x: tensor<1600x2xf32>', spectrogram)).toContain('custom_code = "AudioSpectrogram"');
  const coefficients = (limit: number) => `%y = tf.Mfcc(%x, %r) {upper_frequency_limit = ${limit}}`;
  expect(inferred('%x: tensor<2x8x257xf32>, %r: tensor<i32>', coefficients(4000))).toBe('tensor<2x8x13xf32>');
  expect(refusal('%x: tensor<2x8x257xf32>, %r: tensor<i32>', coefficients(4000.5)).reason).toContain('hertz');
});
