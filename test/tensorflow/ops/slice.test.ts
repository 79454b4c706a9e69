import { describe, expect, test } from '@jest/globals';
import { foldedTensor, resultOp } from './constants.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const T = 'T = "float32", Index = "int32"';

describe('Slice', () => {
  const slice = (begin: string, size: string, length = 2) =>
    `%b = const [${begin}] : tensor<${length}xi32> %s = const [${size}] : tensor<${length}xi32>
     %y = tf.Slice(%x, %b, %s) {${T}}`;

  test('types', () => {
    expect(inferred('%x: tensor<?x6xf32>', slice('0, 2', '-1, 3'))).toBe('tensor<?x3xf32>');
    expect(inferred('%x: tensor<4x6xf32>', slice('1, 2', '-1, -1'))).toBe('tensor<3x4xf32>');
    const free = `%y = tf.Slice(%x, %b, %s) {${T}}`;
    expect(inferred('%x: tensor<*xf32>, %b: tensor<2xi32>, %s: tensor<2xi32>', free)).toBe('tensor<?x?xf32>');
    expect(() => inferred('%x: tensor<4x6xf32>', slice('2, 0', '3, 6'))).toThrow('leave dimension 0 of 4x6');
  });

  test('of everything is its operand', () => {
    const fold = (args: string, body: string) => {
      const op = resultOp(args, body);
      return op.definition.fold?.(op, [undefined, undefined, undefined]) !== undefined;
    };
    expect(fold('%x: tensor<?x6xf32>', slice('0, 0', '-1, 6'))).toBe(true);
    expect(fold('%x: tensor<?x6xf32>', slice('0, 0', '4, 6'))).toBe(false);
    const body = `%x = const [[1, 2], [3, 4]] : tensor<2x2xf32> ${slice('1, 0', '1, -1')}`;
    expect([...(foldedTensor(body)?.data ?? [])]).toEqual([3, 4]);
  });

  test('one op; more than 5 dimensions have no kernel', () => {
    expect(loweredOps('%x: tensor<?x6xf32>', slice('0, 2', '-1, 3'))).toEqual(['slice']);
    const wide = slice('0, 0, 0, 0, 0, 1', '-1, -1, -1, -1, -1, 1', 6);
    expect(refusalOrOps('%x: tensor<2x2x2x2x2x2xf32>', wide)).toMatch(/^slice|at most 5 dimensions/);
  });
});

function refusalOrOps(args: string, body: string): string {
  try {
    return loweredOps(args, body).join();
  } catch {
    return refusal(args, body).reason;
  }
}

describe('StridedSlice', () => {
  const NONE = { begin: 0, end: 0, ellipsis: 0, new_axis: 0, shrink_axis: 0 };
  const masks = (given: Partial<typeof NONE>) =>
    Object.entries({ ...NONE, ...given })
      .map(([name, mask]) => `${name}_mask = ${mask}`)
      .join(', ');
  const cut = (begin: string, end: string, step: string, given: Partial<typeof NONE> = {}) => {
    const vector = `tensor<${begin.split(',').length}xi32>`;
    return `%b = const [${begin}] : ${vector} %e = const [${end}] : ${vector} %s = const [${step}] : ${vector}
      %y = tf.StridedSlice(%x, %b, %e, %s) {${T}, ${masks(given)}}`;
  };

  test.each([
    ['x[:, 1:]', 'tensor<?x3x5xf32>', cut('0, 1', '0, 0', '1, 1', { begin: 1, end: 3 })],
    ['x[..., -1]', 'tensor<?x4xf32>', cut('0, -1', '0, 0', '1, 1', { ellipsis: 1, shrink_axis: 2 })],
    ['x[newaxis, 0]', 'tensor<1x4x5xf32>', cut('0, 0', '0, 1', '1, 1', { new_axis: 1, shrink_axis: 2 })],
    ['x[:, ::-2]', 'tensor<?x2x5xf32>', cut('0, 0', '0, 0', '1, -2', { begin: 3, end: 3 })],
    ['x[:, 3:1:-1]', 'tensor<?x2x5xf32>', cut('0, 3', '0, 1', '1, -1', { begin: 1, end: 1 })],
    ['x[1:3]', 'tensor<?x4x5xf32>', cut('1', '3', '1')],
    ['x[3:1]', 'tensor<0x4x5xf32>', cut('3', '1', '1')],
    ['x[..., newaxis]', 'tensor<?x4x5x1xf32>', cut('0, 0', '0, 0', '1, 1', { ellipsis: 1, new_axis: 2 })],
    ['x[0, 0, 0]', 'tensor<f32>', cut('0, 0, 0', '1, 1, 1', '1, 1, 1', { shrink_axis: 7 })],
  ])('%s gives %s', (_, type, body) => {
    expect(inferred('%x: tensor<?x4x5xf32>', body)).toBe(type);
  });

  test('what is out of range is refused', () => {
    expect(() => inferred('%x: tensor<3xf32>', cut('3', '4', '1', { shrink_axis: 1 }))).toThrow(
      'index 3 is out of range',
    );
    expect(() => inferred('%x: tensor<3xf32>', cut('0, 0', '1, 1', '1, 1'))).toThrow(
      '2 indices into the dimensions of 3',
    );
    expect(() => inferred('%x: tensor<3xf32>', cut('0', '1', '0'))).toThrow('a stride is 0');
  });

  test('bounds that are computed leave sizes unknown', () => {
    const body = `%y = tf.StridedSlice(%x, %b, %e, %s) {${T}, ${masks({ shrink_axis: 2 })}}`;
    const bounds = '%b: tensor<2xi32>, %e: tensor<2xi32>, %s: tensor<2xi32>';
    expect(inferred(`%x: tensor<3x4x5xf32>, ${bounds}`, body)).toBe('tensor<?x5xf32>');
    expect(inferred(`%x: tensor<*xf32>, ${bounds}`, body)).toBe('tensor<*xf32>');
    expect(lowered(`%x: tensor<3x4x5xf32>, ${bounds}`, body)).toContain('shrink_axis_mask = 2');
    const added = body.replace('new_axis_mask = 0', 'new_axis_mask = 1');
    expect(refusal(`%x: tensor<3x4x5xf32>, ${bounds}`, added).help[0]).toContain('tf.expand_dims');
  });

  test('ellipses and new axes are written out', () => {
    expect(
      lowered('%x: tensor<2x4x5xf32>', cut('0, 0, 1', '0, 0, 3', '1, 1, 1', { ellipsis: 1, new_axis: 2 })),
    ).toMatchInlineSnapshot(`
"(%arg0: tensor<2x4x5xf32>) {
  %c0 = const [0, 0, 1] : tensor<3xi32>
  %c1 = const [0, 0, 3] : tensor<3xi32>
  %c2 = const splat(1) : tensor<3xi32>
  %0 = tfl.strided_slice(%arg0, %c0, %c1, %c2) {begin_mask = 3, end_mask = 3} : tensor<2x4x2xf32>
  %c3 = const [2, 4, 1, 2] : tensor<4xi32>
  %1 = tfl.reshape(%0, %c3) : tensor<2x4x1x2xf32>
  return %1
}"
`);
    expect(
      loweredOps('%x: tensor<?x4x?xf32>', cut('1, 0, 0', '3, 0, 0', '1, 1, 1', { ellipsis: 2, new_axis: 4 })),
    ).toEqual(['strided_slice', 'expand_dims']);
  });

  test('an index from the end keeps its last element', () => {
    expect(
      lowered('%x: tensor<?x4xf32>', cut('0, -1', '0, 0', '1, 1', { begin: 1, end: 1, shrink_axis: 2 })),
    ).toMatchInlineSnapshot(`
"(%arg0: tensor<?x4xf32>) {
  %c0 = const [0, -1] : tensor<2xi32>
  %c1 = const [0, 2147483647] : tensor<2xi32>
  %c2 = const splat(1) : tensor<2xi32>
  %0 = tfl.strided_slice(%arg0, %c0, %c1, %c2) {begin_mask = 1, end_mask = 1, shrink_axis_mask = 2} : tensor<?xf32>
  return %0
}"
`);
  });

  test('what only drops or adds dimensions of size 1 is a RESHAPE, what does nothing its operand', () => {
    expect(
      loweredOps('%x: tensor<?x1x5xf32>', cut('0, 0', '0, 1', '1, 1', { begin: 1, end: 1, shrink_axis: 2 })),
    ).toEqual(['reshape']);
    const op = resultOp('%x: tensor<?x5xf32>', cut('0', '0', '1', { begin: 1, end: 1 }));
    expect(op.definition.fold?.(op, [undefined])).toEqual([op.operand(0)]);
  });

  test('constants are cut', () => {
    const body = `%x = const [1, 2, 3, 4] : tensor<4xf32> ${cut('-1', '0', '-2', { end: 1 })}`;
    expect([...(foldedTensor(body)?.data ?? [])]).toEqual([4, 2]);
  });
});
