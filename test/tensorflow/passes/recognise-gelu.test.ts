import { describe, expect, test } from '@jest/globals';
import { recogniseGelu } from '#tensorflow/passes/recognise-gelu.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

/** Writes nested calls as ops: `mul(half, x)`; names are constants and values. */
function body(expression: string): string {
  const ops = {
    mul: 'Mul',
    add: 'AddV2',
    div: 'RealDiv',
    neg: 'Neg',
    square: 'Square',
    pow: 'Pow',
    erf: 'Erf',
    erfc: 'Erfc',
    tanh: 'Tanh',
  };
  const lines: string[] = [];
  let rest = expression;
  for (let i = 0; /\(/.test(rest); i++) {
    rest = rest.replace(/(\w+)\(([%\w, ]*)\)/, (_, name: keyof typeof ops, operands: string) => {
      const values = operands.split(',').map((operand) => `%${operand.trim().replace('%', '')}`);
      lines.push(`%t${i} = tf.${ops[name]}(${values.join(', ')})`);
      return `t${i}`;
    });
  }
  return `${lines.join('\n')} return %${rest}`;
}

const f = (expression: string, more = ''): string => `
  signature "f" (%x: tensor<?x4xf32>, %z: tensor<?x4xf32>) -> ("y") {
    %half = const 0.5 : tensor<f32> %one = const 1 : tensor<f32> %two = const 2 : tensor<f32> %three = const 3 : tensor<f32>
    %root = const 1.4142135 : tensor<f32> %rootHalf = const 0.70710677 : tensor<f32>
    %outer = const 0.7978846 : tensor<f32> %cubic = const 0.044715 : tensor<f32> %product = const 0.035677407 : tensor<f32>
    ${more} ${body(expression)} }`;

const exact = [
  'mul(mul(half, x), add(one, erf(div(x, root))))',
  'mul(mul(x, half), add(erf(mul(x, rootHalf)), one))',
  'mul(half, mul(x, add(erf(mul(rootHalf, x)), one)))',
  'mul(x, mul(half, add(one, erf(div(x, root)))))',
  'mul(div(x, two), add(one, erf(div(x, root))))',
  'mul(mul(half, x), erfc(mul(neg(x), rootHalf)))',
  'mul(mul(half, x), erfc(neg(div(x, root))))',
];

const approximate = [
  'mul(mul(half, x), add(one, tanh(mul(outer, add(x, mul(cubic, pow(x, three)))))))',
  'mul(half, mul(x, add(one, tanh(mul(add(x, mul(mul(cubic, x), mul(x, x))), outer)))))',
  'mul(mul(half, x), add(one, tanh(mul(mul(outer, x), add(one, mul(cubic, square(x)))))))',
  'mul(mul(half, x), add(one, tanh(add(mul(outer, x), mul(product, mul(x, square(x)))))))',
];

describe('recognise-gelu', () => {
  test.each(exact)('%s', async (expression) => {
    expect(transform(recogniseGelu, f(expression))).toContain('%0 = tfl.gelu(%arg0) : tensor<?x4xf32>\n  return %0');
    // Both sides use an approximation of erf of their own.
    await sameResults(recogniseGelu, f(expression), { tolerance: 1e-5 });
  });

  test.each(approximate)('%s', async (expression) => {
    expect(transform(recogniseGelu, f(expression))).toContain(
      '%0 = tfl.gelu(%arg0) {approximate = true} : tensor<?x4xf32>\n  return %0',
    );
    await sameResults(recogniseGelu, f(expression), { tolerance: 1e-6 });
  });

  test('parts that are used elsewhere stay', () => {
    const text = f('mul(mul(half, x), add(one, erf(div(x, root))))', '%e = tf.Neg(%x)').replace(
      /return .*/,
      '%u = tf.Mul(%t4, %t2) return %u }',
    );
    expect(transform(recogniseGelu, text)).toContain('tfl.gelu');
    expect(transform(recogniseGelu, text)).toContain('tf.Erf');
  });

  test.each([
    ['another x under erf', 'mul(mul(half, x), add(one, erf(div(z, root))))'],
    ['another factor', 'mul(mul(two, x), add(one, erf(div(x, root))))'],
    ['another scale under erf', 'mul(mul(half, x), add(one, erf(div(x, two))))'],
    ['another summand', 'mul(mul(half, x), add(two, erf(div(x, root))))'],
    ['erfc of the positive side', 'mul(mul(half, x), erfc(mul(x, rootHalf)))'],
    ['x twice', 'mul(mul(mul(half, x), x), add(one, erf(div(x, root))))'],
    [
      'the square in place of the cube',
      'mul(mul(half, x), add(one, tanh(mul(outer, add(x, mul(cubic, pow(x, two)))))))',
    ],
    ['another polynomial', 'mul(mul(half, x), add(one, tanh(mul(outer, add(x, mul(half, pow(x, three)))))))'],
  ])('not with %s', (_, expression) => {
    expect(reasonsFor(recogniseGelu, f(expression)).at(-1)).toContain('gelu: it is not 0.5 x times');
  });

  test('not where a constant adds dimensions', () => {
    const text = f('mul(mul(half, x), add(one, erf(div(x, root))))').replace(
      '%half = const 0.5 : tensor<f32>',
      '%half = const [[[0.5]]] : tensor<1x1x1xf32>',
    );
    expect(reasonsFor(recogniseGelu, text)).toHaveLength(2);
  });

  test('not for other types than float32', () => {
    const text = f('mul(mul(half, x), add(one, erf(div(x, root))))')
      .replaceAll('f32', 'f64')
      .replaceAll('float32', 'float64');
    expect(reasonsFor(recogniseGelu, text)).toHaveLength(2);
  });
});
