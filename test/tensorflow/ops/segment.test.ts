import { expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

const sum = '%y = tf.SegmentSum(%a, %i) {T = "float32", Tindices = "int32"}';
const unsorted = (kind: string) => `%y = tf.UnsortedSegment${kind}(%a, %i, %n) {T = "float32", Tindices = "int32"}`;

test('types', () => {
  expect(inferred('%a: tensor<?x3xf32>, %i: tensor<?xi32>', sum)).toBe('tensor<?x3xf32>');
  expect(inferred('%a: tensor<3x2xf32>', `%i = const [0, 0, 2] : tensor<3xi32> ${sum}`)).toBe('tensor<3x2xf32>');
  const ids = '%a: tensor<?x3x4xf32>, %i: tensor<?x3xi32>';
  expect(inferred(ids, `%n = const 7 : tensor<i32> ${unsorted('Max')}`)).toBe('tensor<7x4xf32>');
  expect(inferred(`${ids}, %n: tensor<i32>`, unsorted('Max'))).toBe('tensor<?x4xf32>');
  expect(inferred('%a: tensor<*xf32>, %i: tensor<?xi32>, %n: tensor<i32>', unsorted('Sum'))).toBe('tensor<*xf32>');
});

test('one op each', () => {
  expect(loweredOps('%a: tensor<?x3xf32>, %i: tensor<?xi32>', sum)).toEqual(['segment_sum']);
  for (const kind of ['Sum', 'Prod', 'Max', 'Min']) {
    const args = '%a: tensor<?xf32>, %i: tensor<?xi64>, %n: tensor<i32>';
    expect(loweredOps(args, unsorted(kind).replace('Tindices = "int32"', 'Tindices = "int64"'))).toEqual([
      'cast',
      `unsorted_segment_${kind.toLowerCase()}`,
    ]);
  }
});

test('SEGMENT_SUM wants segments without gaps', () => {
  const ids = (list: string) => `%i = const [${list}] : tensor<3xi32> ${sum}`;
  expect(loweredOps('%a: tensor<3xf32>', ids('0, 1, 1'))).toEqual(['segment_sum']);
  expect(loweredOps('%a: tensor<3xf32>', ids('0, 0, 2'))).toEqual(['unsorted_segment_sum']);
  expect(loweredOps('%a: tensor<3xf32>', ids('1, 1, 2'))).toEqual(['unsorted_segment_sum']);
});

test('constants are computed, other types refused', () => {
  const constants = '%a = const [1, 2, 3] : tensor<3xf32> %i = const [0, 2, 2] : tensor<3xi32>';
  expect([...(foldedTensor(`${constants} ${sum}`)?.data ?? [])]).toEqual([1, 0, 5]);
  expect([...(foldedTensor(`${constants} %n = const 3 : tensor<i32> ${unsorted('Prod')}`)?.data ?? [])]).toEqual([
    1, 1, 6,
  ]);
  expect(refusal('%a: tensor<?xi64>, %i: tensor<?xi32>', sum.replace('float32', 'int64')).reason).toContain('int64');
});
