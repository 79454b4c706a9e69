import { describe, expect, test } from '@jest/globals';
import { labelSizes, parseEquation } from '#tensorflow/ops/einsum-equation.js';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const einsum = (equation: string, ...operands: string[]) =>
  `%y = tf.Einsum(${operands.join(', ')}) {equation = "${equation}"}`;

/** Ops for operands of these shapes; a shape with `=` before it is a constant. */
function ops(equation: string, ...shapes: string[]): string[] {
  const names = shapes.map((_, i) => `%x${i}`);
  const args = shapes.flatMap((shape, i) => (shape.startsWith('=') ? [] : [`%x${i}: tensor<${shape}f32>`]));
  const constants = shapes.flatMap((shape, i) =>
    shape.startsWith('=') ? [`%x${i} = const splat(1) : tensor<${shape.slice(1)}f32>`] : [],
  );
  return loweredOps(args.join(', '), `${constants.join(' ')} ${einsum(equation, ...names)}`);
}

describe('equations', () => {
  test('axes under an ellipsis are numbered from the last', () => {
    expect(parseEquation('...ij, jk -> ...ik', [4, 2])).toEqual({
      inputs: [
        ['.1', '.0', 'i', 'j'],
        ['j', 'k'],
      ],
      output: ['.1', '.0', 'i', 'k'],
    });
    expect(parseEquation('...a->...', [undefined])).toBeUndefined();
  });

  test.each([
    ['ij', [2], 'no single "->"'],
    ['ij,jk->ik', [2], 'is for 2 operands, not 1'],
    ['ij->ji', [3], 'does not fit its labels'],
    ['...ij->ij', [1], 'does not fit its labels'],
    ['i1->i', [2], 'has the term "i1"'],
    ['ij->ik', [2], 'gives "k" from nowhere'],
  ])('%s is refused', (text, ranks, message) => {
    expect(() => parseEquation(text, ranks)).toThrow(message);
  });

  test('sizes join, and only an ellipsis broadcasts', () => {
    const equation = parseEquation('...a,...a->...a', [2, 2]);
    expect(
      labelSizes(equation as never, [
        [1, null],
        [5, 3],
      ]),
    ).toEqual(
      new Map([
        ['.0', 5],
        ['a', 3],
      ]),
    );
    expect(() =>
      labelSizes(equation as never, [
        [1, 2],
        [5, 3],
      ]),
    ).toThrow('label "a" is 2 in one operand and 3 in another');
  });
});

describe('Einsum', () => {
  test('the shape of the result', () => {
    const args = '%a: tensor<?x64x4x32xf32>, %b: tensor<?x64x4x32xf32>';
    expect(inferred(args, einsum('BTNH,BSNH->BNTS', '%a', '%b'))).toBe('tensor<?x4x64x64xf32>');
    expect(inferred('%a: tensor<*xf32>', einsum('...a->...', '%a'))).toBe('tensor<*xf32>');
    expect(inferred('%a: tensor<*xf32>', einsum('ab->ba', '%a'))).toBe('tensor<?x?xf32>');
  });

  test('attention takes two transposes a product, with a free batch', () => {
    expect(ops('BTNH,BSNH->BNTS', '?x6x2x4x', '?x6x2x4x')).toEqual(['transpose', 'transpose', 'batch_matmul']);
    expect(ops('BNTS,BSNH->BTNH', '?x2x6x6x', '?x6x2x4x')).toEqual(['transpose', 'batch_matmul', 'transpose']);
  });

  test('constant weights are rearranged now, into one FULLY_CONNECTED', () => {
    expect(ops('abc,cde->abde', '?x7x6x', '=6x2x3x')).toEqual(['fully_connected', 'reshape']);
    expect(ops('abcd,cde->abe', '?x7x2x3x', '=2x3x5x')).toEqual(['reshape', 'fully_connected']);
    expect(ops('kij,jk->i', '=3x4x5x', '5x3x')).toHaveLength(3);
    const body = `%w = const [[1, 2], [3, 4]] : tensor<2x2xf32> ${einsum('ab,bc->ac', '%x', '%w')}`;
    expect(lowered('%x: tensor<?x2xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x2xf32>) {
  %c0 = const [[1, 3], [2, 4]] : tensor<2x2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, none) : tensor<?x2xf32>
  return %0
}"
`);
  });

  test('a shape of two free sizes is computed once', () => {
    const body = `%w = const splat(1) : tensor<6x2x3xf32> ${einsum('abc,cde->abde', '%x', '%w')}`;
    expect(lowered('%x: tensor<?x?x6xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x?x6xf32>) {
  %c0 = const splat(1) : tensor<6x6xf32>
  %0 = tfl.fully_connected(%arg0, %c0, none) {keep_num_dims = true} : tensor<?x?x6xf32>
  %1 = tfl.shape(%arg0) : tensor<3xi32>
  %c1 = const [0] : tensor<1xi32>
  %c2 = const [2] : tensor<1xi32>
  %c3 = const [1] : tensor<1xi32>
  %2 = tfl.strided_slice(%1, %c1, %c2, %c3) : tensor<2xi32>
  %c4 = const [2, 3] : tensor<2xi32>
  %3 = tfl.concatenation(%2, %c4) : tensor<4xi32>
  %4 = tfl.reshape(%0, %3) : tensor<?x?x2x3xf32>
  return %4
}"
`);
  });

  test.each([
    ['ij,jk->ik', ['3x4x', '4x5x'], ['batch_matmul']],
    ['ji,jk->ki', ['3x4x', '3x5x'], ['batch_matmul']],
    ['...ij,jk->...ik', ['2x3x4x5x', '5x6x'], ['batch_matmul']],
    ['i,j->ij', ['4x', '5x'], ['reshape', 'mul']],
    ['ab,ab->ab', ['4x5x', '4x5x'], ['mul']],
    ['ij,ij->i', ['4x5x', '4x5x'], ['mul', 'sum']],
    ['ab,cab->c', ['4x5x', '3x4x5x'], ['mul', 'sum']],
    ['abc->b', ['2x3x4x'], ['sum']],
    ['ij->ji', ['3x4x'], ['transpose']],
    ['ij->ij', ['3x4x'], []],
    ['ii->i', ['4x4x'], ['reshape', 'gather']],
    ['ab,bc->a', ['3x4x', '4x5x'], ['sum', 'mul', 'sum']],
  ])('%s takes few ops', (equation, shapes, expected) => {
    expect(ops(equation, ...shapes)).toEqual(expected);
  });

  test('what cannot be done is said', () => {
    const args = '%a: tensor<2x2xf32>, %b: tensor<2x2xf32>';
    expect(refusal(args, einsum('ab,bc,cd->ad', '%a', '%b', '%a')).help.join()).toContain('each pair');
    expect(refusal(args, einsum('ab,ab->aa', '%a', '%b')).reason).toContain('repeats a label');
    expect(refusal(args, einsum('a...,b...->ab', '%a', '%b')).reason).toContain('sums over an ellipsis');
    expect(refusal('%a: tensor<?x?xf32>', einsum('aa->a', '%a')).reason).toContain('unknown size');
    expect(refusal('%a: tensor<*xf32>', einsum('...a->...', '%a')).help.join()).toContain('ensure_shape');
    expect(refusal('%a: tensor<2x2xi32>', einsum('ab->ba', '%a')).reason).toContain('int32');
  });
});
