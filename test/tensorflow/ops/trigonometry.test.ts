import { expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

const body = (op: string, dtype = 'float32') => `%y = tf.${op}(%a) {T = "${dtype}"}`;

test.each([
  ['Tan', ['sin', 'cos', 'div']],
  ['Asin', ['sub', 'add', 'mul', 'sqrt', 'atan2']],
  ['Acos', ['sub', 'add', 'mul', 'sqrt', 'atan2']],
  ['Atan', ['zeros_like', 'add', 'atan2']],
  ['Cosh', ['exp', 'neg', 'exp', 'add', 'mul']],
  ['Sinh', ['tanh', 'exp', 'neg', 'exp', 'add', 'mul', 'mul']],
  ['Asinh', ['abs', 'mul', 'add', 'sqrt', 'sign', 'add', 'log', 'mul']],
  ['Acosh', ['sub', 'sqrt', 'add', 'sqrt', 'mul', 'add', 'log']],
  ['Atanh', ['add', 'sub', 'div', 'log', 'mul']],
])('%s in functions that TFLite has', (op, ops) => {
  expect(inferred('%a: tensor<?x3xf32>', body(op))).toBe('tensor<?x3xf32>');
  expect(loweredOps('%a: tensor<?x3xf32>', body(op))).toEqual(ops);
  expect(loweredOps('%a: tensor<?x3xf16>', body(op, 'float16'))).toEqual(['cast', ...ops, 'cast']);
  expect(refusal('%a: tensor<?x3xf64>', body(op, 'float64')).reason).toContain('no kernel for float64');
});

test('constants are computed', () => {
  const tensor = foldedTensor(`%a = const [0.5] : tensor<1xf32> ${body('Asin')}`);
  expect(tensor?.data[0]).toBeCloseTo(Math.asin(0.5), 6);
});
