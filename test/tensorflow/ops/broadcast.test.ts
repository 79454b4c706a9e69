import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const T = 'T = "float32"';

describe('BroadcastTo', () => {
  const to = (target: string) => `%s = const [${target}] : tensor<2xi32> %y = tf.BroadcastTo(%x, %s) {${T}}`;

  test('types', () => {
    expect(inferred('%x: tensor<3xf32>', to('2, 3'))).toBe('tensor<2x3xf32>');
    expect(inferred('%x: tensor<3xf32>, %s: tensor<2xi32>', `%y = tf.BroadcastTo(%x, %s) {${T}}`)).toBe(
      'tensor<?x?xf32>',
    );
    expect(() => inferred('%x: tensor<4xf32>', to('2, 3'))).toThrow('4 does not broadcast to 2x3');
  });

  test('to its own shape is its operand', () => {
    const op = resultOp('%x: tensor<2x3xf32>', to('2, 3'));
    expect(op.definition.fold?.(op, [undefined, undefined])).toEqual([op.operand(0)]);
    expect([...(foldedTensor(`%x = const [1] : tensor<1xf32> ${to('1, 2')}`)?.data ?? [])]).toEqual([1, 1]);
  });

  test('one op', () => {
    expect(loweredOps('%x: tensor<3xf32>', to('2, 3'))).toEqual(['broadcast_to']);
    expect(refusal('%x: tensor<3xstr>', to('2, 3').replace('float32', 'string')).reason).toContain('string');
  });
});

describe('shapes that broadcast', () => {
  const shapes = '%a = const [1, 3] : tensor<2xi32> %b = const [2, 1] : tensor<2xi32>';

  test('BroadcastArgs', () => {
    const body = '%y = tf.BroadcastArgs(%a, %b) {T = "int32"}';
    expect([...(foldedTensor(`${shapes} ${body}`)?.data ?? [])]).toEqual([2, 3]);
    expect(inferred('%a: tensor<2xi32>, %b: tensor<3xi32>', body)).toBe('tensor<3xi32>');
    expect(loweredOps('%a: tensor<?xi32>, %b: tensor<3xi32>', body)).toEqual(['broadcast_args']);
  });

  test('BroadcastGradientArgs', () => {
    const body = '%z, %y = tf.BroadcastGradientArgs(%a, %b) {T = "int32"}';
    const op = resultOp('', `${shapes} ${body}`);
    const operands = op.operands.map((value) => value?.producer?.attributes['value']);
    const axes = op.definition.fold?.(op, operands as never[]) as unknown as { data: Int32Array }[];
    expect(axes.map(({ data }) => [...data])).toEqual([[0], [1]]);
    const same = ['equal', 'reduce_all', 'logical_not', 'equal', 'logical_and', 'where', 'reshape', 'cast'];
    expect(loweredOps('%a: tensor<2xi32>, %b: tensor<2xi32>', body)).toEqual(same);
    // Of shapes that differ in length no dimension can be left out.
    expect(loweredOps('%a: tensor<?xi32>, %b: tensor<?xi32>', body)).toContain('concatenation');
  });
});

describe('repeated elements', () => {
  const tile = `%y = tf.Tile(%x, %m) {${T}}`;

  test('Tile', () => {
    expect(inferred('%x: tensor<?x3xf32>', `%m = const [2, 4] : tensor<2xi32> ${tile}`)).toBe('tensor<?x12xf32>');
    expect(inferred('%x: tensor<*xf32>, %m: tensor<2xi32>', tile)).toBe('tensor<?x?xf32>');
    expect(loweredOps('%x: tensor<?x3xf32>, %m: tensor<2xi64>', tile)).toEqual(['tile']);
    const op = resultOp('%x: tensor<?x3xf32>', `%m = const [1, 1] : tensor<2xi32> ${tile}`);
    expect(op.definition.fold?.(op, [undefined, undefined])).toEqual([op.operand(0)]);
    expect([
      ...(foldedTensor(`%x = const [1, 2] : tensor<2xf32> %m = const [2] : tensor<1xi32> ${tile}`)?.data ?? []),
    ]).toEqual([1, 2, 1, 2]);
  });

  test('Fill', () => {
    const fill = `%y = tf.Fill(%s, %v) {${T}}`;
    expect(inferred('%s: tensor<2xi32>, %v: tensor<f32>', fill)).toBe('tensor<?x?xf32>');
    expect([
      ...(foldedTensor(`%s = const [2] : tensor<1xi32> %v = const 3 : tensor<f32> ${fill}`)?.data ?? []),
    ]).toEqual([3, 3]);
    expect(loweredOps('%s: tensor<2xi32>, %v: tensor<f32>', fill)).toEqual(['fill']);
  });

  test('too large a constant is not made', () => {
    const fill = `%s = const [1000, 1000] : tensor<2xi32> %v = const 3 : tensor<f32> %y = tf.Fill(%s, %v) {${T}}`;
    expect(foldedTensor(fill)).toBeUndefined();
  });

  test('ZerosLike and OnesLike', () => {
    expect([...(foldedLike('ZerosLike') ?? [])]).toEqual([0, 0]);
    expect([...(foldedLike('OnesLike') ?? [])]).toEqual([1, 1]);
    expect(loweredOps('%x: tensor<?xf32>', `%y = tf.ZerosLike(%x) {${T}}`)).toEqual(['zeros_like']);
    expect(loweredOps('%x: tensor<?xf32>', `%y = tf.OnesLike(%x) {${T}}`)).toEqual(['shape', 'fill']);
    expect(loweredOps('%x: tensor<?xi1>', '%y = tf.ZerosLike(%x) {T = "bool"}')).toEqual(['shape', 'fill']);
  });

  test('Empty is filled with zeros', () => {
    expect(inferred('%s: tensor<2xi32>', '%y = tf.Empty(%s) {dtype = "float32"}')).toBe('tensor<?x?xf32>');
    expect(lowered('%s: tensor<2xi32>', '%y = tf.Empty(%s) {dtype = "float32"}')).toContain('const 0 : tensor<f32>');
  });
});

function foldedLike(name: string): (ArrayLike<number> & Iterable<number>) | undefined {
  const op = resultOp('%x: tensor<2xf32>', `%y = tf.${name}(%x) {${T}}`);
  const [tensor] = (op.definition.fold?.(op, [undefined]) ?? []) as unknown as { data: Float32Array }[];
  return tensor?.data;
}
