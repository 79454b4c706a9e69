import { expect, test } from '@jest/globals';
import { closestSpelling } from '#diagnostics/spelling.js';

test.each([
  ['serving-default', 'serving_default'],
  ['Serving_Default', 'serving_default'],
  ['clasify', 'classify'],
  ['servng_defalt', 'serving_default'],
  ['xyz', undefined],
  ['', undefined],
])('%s → %s', (name, closest) => {
  expect(closestSpelling(name, ['classify', 'serving_default', 'embeddings'])).toBe(closest);
});
