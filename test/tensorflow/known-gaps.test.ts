import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('no case is known to fail', () => {
  expect(JSON.parse(readFileSync('test/tensorflow/known-gaps.json', 'utf8'))).toEqual({});
});
