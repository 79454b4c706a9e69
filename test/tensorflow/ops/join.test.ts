import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const N = (count: number, dtype = 'float32') => `{N = ${count}, T = "${dtype}"}`;

describe('joining along an axis', () => {
  const concat = (axis: number, dtype = 'float32') =>
    `%i = const ${axis} : tensor<i32> %y = tf.ConcatV2(%a, %b, %i) ${N(2, dtype)}`;

  test('types', () => {
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<?x2xf32>', concat(-1))).toBe('tensor<?x5xf32>');
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<4x?xf32>', concat(0))).toBe('tensor<?x3xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<4x2xf32>', concat(1))).toBe('tensor<4x?xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<*xf32>', concat(1))).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<3x3xf32>, %b: tensor<4x2xf32>', concat(1))).toThrow('does not join');
  });

  test('one op; a single tensor is itself, empty ones are left out', () => {
    expect(lowered('%a: tensor<?x3xf32>, %b: tensor<?x2xf32>', concat(-1))).toContain('{axis = 1}');
    expect(
      loweredOps(
        '%a: tensor<0x3xf32>, %b: tensor<2x3xf32>',
        `${concat(0).replace('%y', '%c')} %y = tf.Pack(%c) ${N(1)}`,
      ),
    ).toEqual(['reshape']);
    const op = resultOp('%a: tensor<?xf32>', `%i = const 0 : tensor<i32> %y = tf.ConcatV2(%a, %i) ${N(1)}`);
    expect(op.definition.fold?.(op, [undefined, undefined])).toEqual([op.operand(0)]);
    const old = `%i = const 1 : tensor<i32> %y = tf.Concat(%i, %a, %b) ${N(2, 'uint16')}`;
    expect(loweredOps('%a: tensor<2x3xui16>, %b: tensor<2x3xui16>', old)).toEqual([
      'cast',
      'cast',
      'concatenation',
      'cast',
    ]);
  });

  test('the axis has to be known', () => {
    const body = `%y = tf.ConcatV2(%a, %b, %i) ${N(2)}`;
    expect(refusal('%a: tensor<2xf32>, %b: tensor<2xf32>, %i: tensor<i32>', body).reason).toContain('axis');
    expect(refusal('%a: tensor<*xf32>, %b: tensor<*xf32>', concat(-1)).help[0]).toContain('from 0');
  });

  test('constants are joined', () => {
    const constants = '%a = const [1, 2] : tensor<2xf32> %b = const [3] : tensor<1xf32>';
    expect([...(foldedTensor(`${constants} ${concat(0)}`)?.data ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('a new axis', () => {
  const pack = (axis: number, dtype = 'float32') => `%y = tf.Pack(%a, %b) {N = 2, T = "${dtype}", axis = ${axis}}`;

  test('Pack', () => {
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<2x?xf32>', pack(-1))).toBe('tensor<2x3x2xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<*xf32>', pack(0))).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<2xf32>, %b: tensor<3xf32>', pack(0))).toThrow('2 and 3 do not pack');
    expect(lowered('%a: tensor<?xf32>, %b: tensor<?xf32>', pack(-1))).toContain('{values_count = 2, axis = 1}');
    expect([...(foldedTensor(`%a = const 1 : tensor<f32> %b = const 2 : tensor<f32> ${pack(0)}`)?.data ?? [])]).toEqual(
      [1, 2],
    );
    expect(refusal('%a: tensor<*xf32>, %b: tensor<*xf32>', pack(-1)).help[0]).toContain('tf.ensure_shape');
  });

  test('of a type that PACK does not take', () => {
    expect(loweredOps('%a: tensor<?xi1>, %b: tensor<?xi1>', pack(1, 'bool'))).toEqual([
      ...['reshape', 'reshape', 'concatenation'],
    ]);
  });

  test('Unpack', () => {
    const unpack = (num: number, axis: number) =>
      `${Array.from({ length: num }, (_, i) => (i === 0 ? '%y' : `%z${i}`)).join(', ')} = tf.Unpack(%a) {num = ${num}, T = "float32", axis = ${axis}}`;
    expect(inferred('%a: tensor<?x3xf32>', unpack(3, -1))).toBe('tensor<?xf32>');
    expect(inferred('%a: tensor<*xf32>', unpack(3, 0))).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<2x3xf32>', unpack(2, 1))).toThrow('axis 1 has 3 slices, not 2');
    expect(loweredOps('%a: tensor<?x3xf32>', unpack(3, -1))).toEqual(['unpack']);
    expect(loweredOps('%a: tensor<?x1xf32>', unpack(1, 1))).toEqual(['reshape']);
    expect([...(foldedTensor(`%a = const [[1, 2], [3, 4]] : tensor<2x2xf32> ${unpack(2, 1)}`)?.data ?? [])]).toEqual([
      1, 3,
    ]);
  });
});

describe('parts', () => {
  const split = '%y, %z = tf.Split(%i, %a) {num_split = 2, T = "float32"}';
  const splitV = '%y, %z = tf.SplitV(%a, %s, %i) {num_split = 2, T = "float32"}';

  test('of equal size', () => {
    const axis = '%i = const -1 : tensor<i32>';
    expect(inferred('%a: tensor<?x6xf32>', `${axis} ${split}`)).toBe('tensor<?x3xf32>');
    expect(inferred('%a: tensor<?x6xf32>, %i: tensor<i32>', split)).toBe('tensor<?x?xf32>');
    expect(inferred('%a: tensor<*xf32>', `${axis} ${split}`)).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<5xf32>', `${axis} ${split}`)).toThrow('5 does not split into 2');
    expect(lowered('%a: tensor<?x6xf32>', `${axis} ${split}`)).toContain('const 1 : tensor<i32>');
    expect([...(foldedTensor(`%a = const [1, 2] : tensor<2xf32> ${axis} ${split}`)?.data ?? [])]).toEqual([1]);
  });

  test('of stated sizes', () => {
    const sizes = '%s = const [1, -1] : tensor<2xi32> %i = const 0 : tensor<i32>';
    const second = (args: string) => resultOp(args, `${sizes} ${splitV}`).result(1).type;
    expect(second('%a: tensor<5xf32>')).toMatchObject({ shape: [4] });
    expect(second('%a: tensor<?xf32>')).toMatchObject({ shape: [null] });
    expect(lowered('%a: tensor<5xf32>', `${sizes} ${splitV}`)).toContain('const [1, 4]');
    expect(lowered('%a: tensor<?xf32>', `${sizes} ${splitV}`)).toContain('const [1, -1]');
    const wrong = '%s = const [1, 2] : tensor<2xi32> %i = const 0 : tensor<i32>';
    expect(() => inferred('%a: tensor<5xf32>', `${wrong} ${splitV}`)).toThrow('parts of 1, 2 do not make up 5');
    expect([...(foldedTensor(`%a = const [1, 2, 3] : tensor<3xf32> ${sizes} ${splitV}`)?.data ?? [])]).toEqual([1]);
  });
});
