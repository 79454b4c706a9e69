import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

describe('gathers', () => {
  const gather = (axis: number, batch = 0, dtype = 'float32') =>
    `%i = const ${axis} : tensor<i32>
     %y = tf.GatherV2(%a, %b, %i) {batch_dims = ${batch}, Tparams = "${dtype}", Tindices = "int32", Taxis = "int32"}`;

  test('types', () => {
    expect(inferred('%a: tensor<?x5x3xf32>, %b: tensor<2x2xi32>', gather(1))).toBe('tensor<?x2x2x3xf32>');
    expect(inferred('%a: tensor<?x5x3xf32>, %b: tensor<?x2xi32>', gather(-1, 1))).toBe('tensor<?x5x2xf32>');
    expect(inferred('%a: tensor<?x5x3xf32>, %b: tensor<?x2xi32>', gather(2, -1))).toBe('tensor<?x5x2xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<2xi32>', gather(1))).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<3xf32>, %b: tensor<2xi32>', gather(1))).toThrow('axis 1 is out of range');
  });

  test('one op', () => {
    expect(lowered('%a: tensor<?x5x3xf32>, %b: tensor<?x2xi32>', gather(-1, -1))).toContain(
      '{axis = 2, batch_dims = 1}',
    );
    const old = '%y = tf.Gather(%a, %b) {Tparams = "float32", Tindices = "int64"}';
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<2xi64>', old)).toBe('tensor<2x3xf32>');
    expect(loweredOps('%a: tensor<?x3xf32>, %b: tensor<2xi64>', old)).toEqual(['gather']);
  });

  test('what the kernel does not do', () => {
    const { help } = refusal('%a: tensor<2x3xstr>, %b: tensor<2xi32>', gather(0, 0, 'string'));
    expect(help[0]).toContain('flat indices');
    expect(refusal('%a: tensor<*xf32>, %b: tensor<2xi32>', gather(-1)).reason).toContain('unknown rank');
  });

  test('constants are gathered, but not out of range', () => {
    const body = (index: number) =>
      `%a = const [1, 2, 3] : tensor<3xf32> %b = const [${index}] : tensor<1xi32> ${gather(0)}`;
    expect([...(foldedTensor(body(2))?.data ?? [])]).toEqual([3]);
    expect(foldedTensor(body(3))).toBeUndefined();
  });

  test('GatherNd', () => {
    const nd = '%y = tf.GatherNd(%a, %b) {Tparams = "float32", Tindices = "int32"}';
    expect(inferred('%a: tensor<?x4x5xf32>, %b: tensor<?x7x2xi32>', nd)).toBe('tensor<?x7x5xf32>');
    expect(inferred('%a: tensor<?x4x5xf32>, %b: tensor<7x?xi32>', nd)).toBe('tensor<*xf32>');
    expect(() => inferred('%a: tensor<4xf32>, %b: tensor<7x2xi32>', nd)).toThrow('positions of 2 dimensions in 4');
    expect(loweredOps('%a: tensor<?x4xf32>, %b: tensor<?x1xi32>', nd)).toEqual(['gather_nd']);
    const constants = '%a = const [[1, 2], [3, 4]] : tensor<2x2xf32> %b = const [[1, 0]] : tensor<1x2xi32>';
    expect([...(foldedTensor(`${constants} ${nd}`)?.data ?? [])]).toEqual([3]);
  });
});

describe('OneHot', () => {
  const hot = (axis: number) => `%y = tf.OneHot(%a, %d, %on, %off) {axis = ${axis}, T = "float32", TI = "int32"}`;
  const values = '%d = const 3 : tensor<i32> %on = const 1 : tensor<f32> %off = const 0 : tensor<f32>';

  test('a new axis', () => {
    expect(inferred('%a: tensor<?xi32>', `${values} ${hot(-1)}`)).toBe('tensor<?x3xf32>');
    expect(inferred('%a: tensor<?xi32>', `${values} ${hot(0)}`)).toBe('tensor<3x?xf32>');
    expect(inferred('%a: tensor<*xi32>', `${values} ${hot(0)}`)).toBe('tensor<*xf32>');
    const free = '%a: tensor<?xi32>, %d: tensor<i32>, %on: tensor<f32>, %off: tensor<f32>';
    expect(inferred(free, hot(-1))).toBe('tensor<?x?xf32>');
    expect(loweredOps('%a: tensor<?xi32>', `${values} ${hot(0)}`)).toEqual(['one_hot']);
    expect(loweredOps('%a: tensor<?xui8>', `${values} ${hot(-1).replace('int32', 'uint8')}`)).toEqual([
      'cast',
      'one_hot',
    ]);
    expect([...(foldedTensor(`%a = const [2, 5] : tensor<2xi32> ${values} ${hot(-1)}`)?.data ?? [])]).toEqual([
      0, 0, 1, 0, 0, 0,
    ]);
  });
});

describe('rows put at stated places', () => {
  const stitch = (op = 'DynamicStitch') => `%y = tf.${op}(%i, %j, %a, %b) {N = 2, T = "float32"}`;
  const places = '%i = const [2, 0] : tensor<2xi32> %j = const 1 : tensor<i32>';

  test('are rows of all data', () => {
    const args = '%a: tensor<2x3xf32>, %b: tensor<3xf32>';
    for (const op of ['DynamicStitch', 'ParallelDynamicStitch']) {
      expect(inferred(args, `${places} ${stitch(op)}`)).toBe('tensor<3x3xf32>');
      expect(loweredOps(args, `${places} ${stitch(op)}`)).toEqual(['reshape', 'concatenation', 'gather']);
    }
    const constants = '%a = const [5, 6] : tensor<2xf32> %b = const 7 : tensor<f32>';
    expect([...(foldedTensor(`${places} ${constants} ${stitch()}`)?.data ?? [])]).toEqual([6, 7, 5]);
  });

  test('have to be constant', () => {
    const args = '%i: tensor<2xi32>, %j: tensor<i32>, %a: tensor<2x3xf32>, %b: tensor<3xf32>';
    expect(inferred(args, stitch())).toBe('tensor<?x3xf32>');
    expect(refusal(args, stitch()).help[0]).toContain('tf.tensor_scatter_nd_update');
  });
});
