import { expect, test } from '@jest/globals';
import { formatType, sameType, type Type, tensorType, unknownType } from '#ir/type.js';

const quantized = { scale: [0.5], zeroPoint: [3] };

const types: [Type, string][] = [
  [tensorType('float32', [2, null]), 'tensor<2x?xf32>'],
  [tensorType('float32', [2]), 'tensor<2xf32>'],
  [tensorType('float32', []), 'tensor<f32>'],
  [tensorType('float32', null), 'tensor<*xf32>'],
  [tensorType('int8', [2]), 'tensor<2xi8>'],
  [tensorType('int8', [2], quantized), 'tensor<2xi8, q(0.5:3)>'],
  [tensorType('int8', [2], { ...quantized, zeroPoint: [4] }), 'tensor<2xi8, q(0.5:4)>'],
  [tensorType('int8', [2], { ...quantized, axis: 0 }), 'tensor<2xi8, q@0(0.5:3)>'],
  [tensorType('int8', [2], { scale: [1, 2], zeroPoint: [0, 0], axis: 0 }), 'tensor<2xi8, q@0(1:0, 2:0)>'],
  [{ kind: 'resource' }, 'resource'],
  [{ kind: 'resource', value: tensorType('bool', []) }, 'resource<tensor<i1>>'],
  [{ kind: 'variant' }, 'variant'],
  [{ kind: 'variant', element: tensorType('string', null) }, 'variant<tensor<*xstr>>'],
  [{ kind: 'variant', element: tensorType('string', []) }, 'variant<tensor<str>>'],
  [unknownType, 'unknown'],
];

test.each(types)('%j is written %s', (type, text) => {
  expect(formatType(type)).toBe(text);
});

test('types are the same where all that they say is', () => {
  types.forEach(([a], i) => {
    types.forEach(([b], j) => {
      expect([a, b, sameType(a, structuredClone(b))]).toEqual([a, b, i === j]);
    });
  });
});
