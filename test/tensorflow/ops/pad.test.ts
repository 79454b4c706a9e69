import { expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps } from './lowered.js';

const T = 'T = "float32"';
const paddings = (flat: string) => `%p = const [${flat}] : tensor<2x2xi32>`;

test('types', () => {
  const body = `${paddings('[1, 2], [0, 3]')} %y = tf.Pad(%x, %p) {${T}}`;
  expect(inferred('%x: tensor<?x3xf32>', body)).toBe('tensor<?x6xf32>');
  expect(inferred('%x: tensor<*xf32>', body)).toBe('tensor<?x?xf32>');
  expect(inferred('%x: tensor<?x3xf32>, %p: tensor<2x2xi32>', `%y = tf.Pad(%x, %p) {${T}}`)).toBe('tensor<?x?xf32>');
  expect(inferred('%x: tensor<*xf32>, %p: tensor<2x2xi32>', `%y = tf.Pad(%x, %p) {${T}}`)).toBe('tensor<?x?xf32>');
  expect(() => inferred('%x: tensor<3xf32>', body)).toThrow('2 paddings for the dimensions of 3');
});

test('no padding is the operand', () => {
  for (const op of ['tf.Pad(%x, %p)', 'tf.MirrorPad(%x, %p)']) {
    const mode = op.includes('Mirror') ? ', mode = "REFLECT"' : '';
    const found = resultOp('%x: tensor<?x3xf32>', `${paddings('[0, 0], [0, 0]')} %y = ${op} {${T}${mode}}`);
    expect(found.definition.fold?.(found, [undefined, undefined])).toEqual([found.operand(0)]);
  }
});

test('one op; a padding with zeros needs no value', () => {
  const padV2 = (value: number) =>
    `${paddings('[0, 0], [1, 1]')} %v = const ${value} : tensor<f32> %y = tf.PadV2(%x, %p, %v) {${T}}`;
  expect(loweredOps('%x: tensor<?x3xf32>', padV2(0))).toEqual(['pad']);
  expect(loweredOps('%x: tensor<?x3xf32>', padV2(1))).toEqual(['padv2']);
  const mirror = `${paddings('[0, 0], [1, 1]')} %y = tf.MirrorPad(%x, %p) {${T}, mode = "SYMMETRIC"}`;
  expect(lowered('%x: tensor<?x3xf32>', mirror)).toContain('mode = "SYMMETRIC"');
});

test('constants are padded', () => {
  const body = `%x = const [[1, 2]] : tensor<1x2xf32> ${paddings('[0, 0], [1, 1]')} %v = const 9 : tensor<f32>`;
  expect([...(foldedTensor(`${body} %y = tf.PadV2(%x, %p, %v) {${T}}`)?.data ?? [])]).toEqual([9, 1, 2, 9]);
  expect([...(foldedTensor(`${body} %y = tf.Pad(%x, %p) {${T}}`)?.data ?? [])]).toEqual([0, 1, 2, 0]);
  const mirror = `${body} %y = tf.MirrorPad(%x, %p) {${T}, mode = "REFLECT"}`;
  expect([...(foldedTensor(mirror)?.data ?? [])]).toEqual([2, 1, 2, 1]);
});
