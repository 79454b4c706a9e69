import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const binary = (op: string, dtype = 'float32') => `%y = tf.${op}(%a, %b) {T = "${dtype}"}`;
const unary = (op: string, dtype = 'float32') => `%y = tf.${op}(%a) {T = "${dtype}"}`;

describe('types', () => {
  test('operands broadcast, what is unknown stays unknown', () => {
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<4x1x1xf32>', binary('AddV2'))).toBe('tensor<4x?x3xf32>');
    expect(inferred('%a: tensor<*xf32>, %b: tensor<3xf32>', binary('Mul'))).toBe('tensor<*xf32>');
    expect(inferred('%a: tensor<?xf32>', unary('Exp'))).toBe('tensor<?xf32>');
  });

  test('operands that do not broadcast are refused', () => {
    expect(() => inferred('%a: tensor<2xf32>, %b: tensor<3xf32>', binary('Sub'))).toThrow(
      'shapes 2 and 3 do not broadcast',
    );
  });

  test('a sum joins what its operands know', () => {
    const body = '%y = tf.AddN(%a, %b) {N = 2, T = "float32"}';
    expect(inferred('%a: tensor<?x3xf32>, %b: tensor<2x?xf32>', body)).toBe('tensor<2x3xf32>');
    expect(() => inferred('%a: tensor<2xf32>, %b: tensor<3xf32>', body)).toThrow('differ in shape');
  });
});

describe('folding', () => {
  test('constants are computed', () => {
    const body = `%a = const [1, 2] : tensor<2xf32> %b = const [10] : tensor<1xf32> ${binary('Mul')}`;
    expect([...(foldedTensor(body)?.data ?? [])]).toEqual([10, 20]);
    const clip = '%a = const [1, 2, 3] : tensor<3xi32> %l = const 2 : tensor<i32> %h = const 2 : tensor<i32>';
    expect([...(foldedTensor(`${clip} %y = tf.ClipByValue(%a, %l, %h) {T = "int32"}`)?.data ?? [])]).toEqual([2, 2, 2]);
  });

  test.each([
    ['AddV2', 0],
    ['Sub', 0],
    ['Mul', 1],
  ])('%s with its neutral element is its operand where the shape stays', (op, neutral) => {
    const fold = (args: string, constant: string): unknown => {
      const found = resultOp(args, `%b = const splat(${neutral}) : ${constant} ${binary(op)}`);
      return found.definition.fold?.(found, [undefined, resultConstant(found)]);
    };
    expect(fold('%a: tensor<?x3xf32>', 'tensor<f32>')).toHaveLength(1);
    expect(fold('%a: tensor<?x3xf32>', 'tensor<3xf32>')).toHaveLength(1);
    expect(fold('%a: tensor<?xf32>', 'tensor<3xf32>')).toBeUndefined();
    expect(fold('%a: tensor<3xf32>', 'tensor<2x3xf32>')).toBeUndefined();
  });

  test('rounding leaves integers as they are', () => {
    const op = resultOp('%a: tensor<?xi32>', unary('Floor', 'int32'));
    expect(op.definition.fold?.(op, [undefined])).toEqual([op.operand(0)]);
    expect(loweredOps('%a: tensor<?xi32>', `%r = tf.Round(%a) {T = "int32"} %y = tf.Neg(%r) {T = "int32"}`)).toEqual([
      'neg',
    ]);
  });
});

function resultConstant(op: ReturnType<typeof resultOp>) {
  return op.operand(1).producer?.attributes['value'] as Parameters<NonNullable<typeof op.definition.fold>>[1][number];
}

describe('lowering', () => {
  test('kernels that lack the type compute in a wider one', () => {
    expect(lowered('%a: tensor<2xf16>, %b: tensor<2xf16>', binary('AddV2', 'float16'))).toMatchInlineSnapshot(`
"(%arg0: tensor<2xf16>, %arg1: tensor<2xf16>) {
  %0 = tfl.cast(%arg0) {in_data_type = "FLOAT16"} : tensor<2xf32>
  %1 = tfl.cast(%arg1) {in_data_type = "FLOAT16"} : tensor<2xf32>
  %2 = tfl.add(%0, %1) : tensor<2xf32>
  %3 = tfl.cast(%2) {out_data_type = "FLOAT16"} : tensor<2xf16>
  return %3
}"
`);
    expect(loweredOps('%a: tensor<?xi8>', unary('Square', 'int8'))).toEqual(['cast', 'mul', 'cast']);
    expect(loweredOps('%a: tensor<?xui8>, %b: tensor<?xui8>', binary('Sub', 'uint8'))).toEqual([
      ...['cast', 'cast', 'sub', 'cast'],
    ]);
  });

  test('64-bit integers without a kernel of their own', () => {
    expect(loweredOps('%a: tensor<?xi64>', unary('Abs', 'int64'))).toEqual(['neg', 'maximum']);
    expect(loweredOps('%a: tensor<?xi64>', unary('Sign', 'int64'))).toEqual(['minimum', 'maximum']);
    const difference = binary('SquaredDifference', 'int64');
    expect(loweredOps('%a: tensor<?xi64>, %b: tensor<?xi64>', difference)).toEqual(['sub', 'mul']);
  });

  test('more dimensions than a kernel broadcasts are broadcast before it', () => {
    const args = '%a: tensor<2x1x3x1x2xf32>, %b: tensor<3x1x1xf32>';
    expect(loweredOps(args, binary('Pow'))).toEqual(['broadcast_to', 'pow']);
    expect(loweredOps(args, binary('AddV2'))).toEqual(['add']);
    expect(loweredOps('%a: tensor<?x1x3x1x2xf32>, %b: tensor<?x1xf32>', binary('Pow'))).toEqual([
      ...['shape', 'shape', 'broadcast_args', 'broadcast_to', 'broadcast_to', 'pow'],
    ]);
    expect(loweredOps('%a: tensor<2x3xf32>, %b: tensor<3xf32>', binary('Atan2'))).toEqual(['broadcast_to', 'atan2']);
  });

  test('a constant of equal elements is a scalar, unless it is a vector of channels', () => {
    const body = (type: string) => `%b = const splat(2) : ${type} ${binary('Maximum')}`;
    expect(lowered('%a: tensor<2x3xf32>', body('tensor<2x3xf32>'))).toContain('const 2 : tensor<f32>');
    expect(lowered('%a: tensor<2x3xf32>', body('tensor<3xf32>'))).toContain('tensor<3xf32>');
    expect(lowered('%a: tensor<?x3xf32>', body('tensor<2x3xf32>'))).toContain('splat(2) : tensor<2x3xf32>');
  });

  test.each([
    [1, []],
    [2, ['square']],
    [0.5, ['sqrt']],
    [-0.5, ['rsqrt']],
    [-1, ['div']],
    [3, ['pow']],
  ])('a power of %d', (exponent, ops) => {
    const body = `%b = const ${exponent} : tensor<f32> %p = tf.Pow(%a, %b) {T = "float32"} %y = tf.Neg(%p) {T = "float32"}`;
    expect(loweredOps('%a: tensor<?xf32>', body)).toEqual([...ops, 'neg']);
  });

  test('sums of several tensors', () => {
    const sum = (count: number, dtype: string) =>
      `%y = tf.AddN(${new Array(count).fill('%a').join(', ')}) {N = ${count}, T = "${dtype}"}`;
    expect(loweredOps('%a: tensor<3xf32>', sum(3, 'float32'))).toEqual(['add_n']);
    expect(loweredOps('%a: tensor<3xf32>', sum(2, 'float32'))).toEqual(['add']);
    expect(loweredOps('%a: tensor<3xi64>', sum(3, 'int64'))).toEqual(['add', 'add']);
    expect(refusal('%a: tensor<3xf64>', sum(2, 'float64')).reason).toContain('no kernel for float64');
  });

  test.each([
    [0, 6, ['relu6']],
    [-1, 1, ['relu_n1_to_1']],
    [0, 5, ['minimum', 'maximum']],
  ])('a clip to %d … %d', (low, high, ops) => {
    const body = `%l = const ${low} : tensor<f32> %h = const ${high} : tensor<f32>
      %y = tf.ClipByValue(%a, %l, %h) {T = "float32"}`;
    expect(loweredOps('%a: tensor<?xf32>', body)).toEqual(ops);
  });

  test('one op for each of the others', () => {
    const ops = ['Neg', 'Sqrt', 'Rsqrt', 'Exp', 'Log', 'Sin', 'Cos', 'Floor', 'Ceil', 'Round'];
    for (const op of ops) expect(loweredOps('%a: tensor<?xf32>', unary(op))).toEqual([op.toLowerCase()]);
    expect(loweredOps('%a: tensor<?xf32>', unary('Rint'))).toEqual(['round']);
    expect(loweredOps('%a: tensor<?xf32>', unary('Expm1'))).toEqual(['exp', 'sub']);
    expect(loweredOps('%a: tensor<?xf32>', unary('Log1p'))).toEqual(['add', 'log']);
    for (const op of ['Reciprocal', 'Inv']) expect(loweredOps('%a: tensor<?xf32>', unary(op))).toEqual(['div']);
    for (const op of ['Maximum', 'Minimum', 'Add']) {
      expect(loweredOps('%a: tensor<?xf32>, %b: tensor<f32>', binary(op))).toEqual([op.toLowerCase()]);
    }
  });

  test('a type without any kernel says what to do', () => {
    const { reason, help } = refusal('%a: tensor<2xf64>', unary('Exp', 'float64'));
    expect(reason).toBe('TFLite has no kernel for float64, only for float32');
    expect(help[0]).toContain('tf.cast(x, tf.float32)');
  });
});
