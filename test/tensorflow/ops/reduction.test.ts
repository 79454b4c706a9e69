import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '#tensor/tensor.js';
import { folded, inferred, lowered, loweredOps, refusal } from './lowered.js';

const reduced = (name: string, axes: string, attributes = '') =>
  `%a = const ${axes} %y = tf.${name}(%x, %a) {${attributes}}`;

describe('reductions', () => {
  test('shapes', () => {
    const x = '%x: tensor<?x3x4xf32>';
    expect(inferred(x, reduced('Sum', '[0, -1] : tensor<2xi32>'))).toBe('tensor<3xf32>');
    expect(inferred(x, reduced('Mean', '1 : tensor<i32>', 'keep_dims = true'))).toBe('tensor<?x1x4xf32>');
    expect(inferred(`${x}, %a: tensor<1xi32>`, '%y = tf.Max(%x, %a)')).toBe('tensor<*xf32>');
    expect(inferred(`${x}, %a: tensor<1xi32>`, '%y = tf.Max(%x, %a) {keep_dims = true}')).toBe('tensor<?x?x?xf32>');
    expect(inferred('%x: tensor<*xf32>', reduced('Sum', '[0] : tensor<1xi32>'))).toBe('tensor<*xf32>');
    expect(() => inferred(x, reduced('Sum', '[3] : tensor<1xi32>'))).toThrow('axis 3 is out of range for 3');
    expect(() => inferred(x, reduced('Sum', '[2, -1] : tensor<2xi32>'))).toThrow('named twice');
  });

  test.each([
    ['Sum', 'sum', 'f32'],
    ['Mean', 'mean', 'i32'],
    ['Prod', 'reduce_prod', 'i64'],
    ['Max', 'reduce_max', 'ui8'],
    ['Min', 'reduce_min', 'f32'],
    ['All', 'reduce_all', 'i1'],
    ['Any', 'reduce_any', 'i1'],
  ])('%s is one op, its axes int32 and counted from the front', (name, expected, type) => {
    const text = lowered(`%x: tensor<?x3x${type}>`, reduced(name, '[-1] : tensor<1xi64>'));
    expect(text).toContain(`= tfl.${expected}(`);
    expect(text).toContain('const [1] : tensor<1xi32>');
  });

  test('small integers are added up as int32, not as quantized numbers', () => {
    expect(loweredOps('%x: tensor<2x3xi8>', reduced('Sum', '[0] : tensor<1xi32>'))).toEqual(['cast', 'sum', 'cast']);
    expect(refusal('%x: tensor<2x3xf64>', reduced('Sum', '[0] : tensor<1xi32>')).help.join()).toContain('tf.cast');
  });

  test('over one element there is nothing to do', () => {
    expect(loweredOps('%x: tensor<?x1x3xf32>', reduced('Max', '[1] : tensor<1xi32>'))).toEqual(['reshape']);
    expect(folded('%x: tensor<?x1xf32>', reduced('Max', '[1] : tensor<1xi32>', 'keep_dims = true'))).toBe(0);
    expect(folded('%x: tensor<?x3xf32>', reduced('Max', '[] : tensor<0xi32>'))).toBe(0);
    expect(folded('%x: tensor<?x3xf32>', reduced('Max', '[1] : tensor<1xi32>', 'keep_dims = true'))).toBeUndefined();
  });

  test('axes that are computed stay an operand', () => {
    expect(loweredOps('%x: tensor<2x3xf32>, %a: tensor<1xi64>', '%y = tf.Sum(%x, %a)')).toEqual(['cast', 'sum']);
  });

  test('constants are reduced now', () => {
    const body = `%x = const [[1, 2], [3, 4]] : tensor<2x2xi64> ${reduced('Prod', '[0] : tensor<1xi32>')}`;
    expect((folded('', body) as Tensor).data).toEqual(BigInt64Array.of(3n, 8n));
  });
});

describe('ArgMax and ArgMin', () => {
  test('give indices of the type that is asked for', () => {
    const x = '%x: tensor<?x3x4xf32>';
    expect(inferred(x, reduced('ArgMax', '-1 : tensor<i32>'))).toBe('tensor<?x3xi64>');
    expect(inferred(`${x}, %a: tensor<i32>`, '%y = tf.ArgMin(%x, %a) {output_type = "int32"}')).toBe('tensor<?x?xi32>');
    expect(lowered(x, reduced('ArgMin', '-1 : tensor<i64>', 'output_type = "int32"'))).toContain(
      'const 2 : tensor<i32>',
    );
    expect(loweredOps(x, reduced('ArgMax', '0 : tensor<i32>', 'output_type = "uint16"'))).toEqual(['arg_max', 'cast']);
    expect(loweredOps('%x: tensor<3xi16>', reduced('ArgMax', '0 : tensor<i32>'))).toEqual(['cast', 'arg_max']);
    expect(refusal('%x: tensor<3xi64>', reduced('ArgMax', '0 : tensor<i32>')).reason).toContain('int64');
  });

  test('of constants are found now', () => {
    const body = `%x = const [[1, 5, 5], [3, 2, 1]] : tensor<2x3xf32> ${reduced('ArgMax', '1 : tensor<i32>')}`;
    expect((folded('', body) as Tensor).data).toEqual(BigInt64Array.of(1n, 0n));
  });
});

describe('Cumsum and Cumprod', () => {
  const scan = (name: string, attributes = '') => `%a = const -1 : tensor<i32> %y = tf.${name}(%x, %a) {${attributes}}`;

  test('a running sum is one op', () => {
    expect(inferred('%x: tensor<?x5xf32>', scan('Cumsum'))).toBe('tensor<?x5xf32>');
    expect(lowered('%x: tensor<?x5xf32>', scan('Cumsum', 'reverse = true'))).toContain('{reverse = true}');
    expect(loweredOps('%x: tensor<?x5xi16>', scan('Cumsum'))).toEqual(['cast', 'cumsum', 'cast']);
  });

  test('a running product doubles its reach at each step', () => {
    const step = ['slice', 'padv2', 'mul'];
    expect(loweredOps('%x: tensor<?x5xf32>', scan('Cumprod'))).toEqual([...step, ...step, ...step]);
    expect(loweredOps('%x: tensor<?x2xf32>', scan('Cumprod', 'exclusive = true'))).toEqual(['slice', 'padv2', ...step]);
    expect(refusal('%x: tensor<?x?xf32>', scan('Cumprod')).help.join()).toContain('static size');
  });

  test('constants are run over now', () => {
    const body = `%x = const [1, 2, 3] : tensor<3xi32> ${scan('Cumprod', 'exclusive = true, reverse = true')}`;
    expect((folded('', body) as Tensor).data).toEqual(Int32Array.of(6, 3, 1));
  });
});
