import { expect, test } from '@jest/globals';
import type { AttributeValue } from '#ir/attribute.js';
import { sameAttribute } from '#ir/same-attribute.js';
import { Tensor } from '#tensor/tensor.js';

const different: AttributeValue[] = [
  null,
  true,
  1,
  0,
  -0,
  NaN,
  1n,
  '1',
  Uint8Array.of(1),
  Uint8Array.of(2),
  Tensor.int32([1]),
  Tensor.int32([2]),
  Tensor.float32([1]),
  [1],
  [1, 2],
  [[1]],
  [null],
];

test('attributes equal what has the same content, and nothing else', () => {
  const copies = different.map((value) =>
    value instanceof Tensor ? value.reshape(value.shape) : structuredClone(value),
  ) as AttributeValue[];
  different.forEach((a, i) => {
    copies.forEach((b, j) => {
      expect([a, b, sameAttribute(a, b)]).toEqual([a, b, i === j]);
    });
  });
  expect(sameAttribute(undefined, null)).toBe(false);
});
