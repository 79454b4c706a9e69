import { describe, expect, test } from '@jest/globals';
import { sinkTransposes } from '#tflite/passes/sink-transposes.js';
import { reasonsFor, runPass, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string): string => `
  signature "f" (%x: tensor<?x4x5x3xf32>, %z: tensor<?x4x5x3xf32>, %v: tensor<?x1x1x1xf32>) -> ("y") {
    %to = const [0, 3, 1, 2] : tensor<4xi32> %back = const [0, 2, 3, 1] : tensor<4xi32>
    %t = tfl.transpose(%x, %to)
    ${body} return %y }`;

function ops(body: string): string[] {
  const { module } = runPass(sinkTransposes, f(body));
  return [...module.ops()].map((op) => op.name).filter((name) => name !== 'const');
}

describe('sink-transposes', () => {
  test('two meet and cancel', () => {
    const text = f(
      '%r = tfl.relu(%t) %c = const [[[1]], [[2]], [[3]]] : tensor<3x1x1xf32> %a = tfl.sub(%c, %r) %y = tfl.transpose(%a, %back)',
    );
    expect(transform(sinkTransposes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x5x3xf32>, %arg1 "z": tensor<?x4x5x3xf32>, %arg2 "v": tensor<?x1x1x1xf32>) -> ("y") {
  %0 = tfl.relu(%arg0) : tensor<?x4x5x3xf32>
  %c0 = const [[[[1, 2, 3]]]] : tensor<1x1x1x3xf32>
  %1 = tfl.sub(%c0, %0) : tensor<?x4x5x3xf32>
  return %1
}
"
`);
  });

  test.each([
    ['two in a row', '%y = tfl.transpose(%t, %to)', ['tfl.transpose']],
    ['a leaky ReLU, which has options', '%y = tfl.leaky_relu(%t) {alpha = 0.5}', ['tfl.leaky_relu', 'tfl.transpose']],
    ['both operands', '%u = tfl.transpose(%z, %to) %y = tfl.sub(%t, %u)', ['tfl.sub', 'tfl.transpose']],
    [
      'a constant in front',
      '%c = const [1, 2, 3, 4, 5] : tensor<5xf32> %y = tfl.sub(%c, %t)',
      ['tfl.sub', 'tfl.transpose'],
    ],
    ['a number', '%c = const 2 : tensor<f32> %y = tfl.div(%c, %t)', ['tfl.div', 'tfl.transpose']],
    ['a large constant', '%c = const iota(1) : tensor<1x3x4x5xf32> %y = tfl.mul(%t, %c)', ['tfl.mul', 'tfl.transpose']],
    [
      'an axis from the end',
      '%p = const [0, -1, 1, 2] : tensor<4xi32> %u = tfl.transpose(%z, %p) %y = tfl.mul(%u, %t)',
      ['tfl.mul', 'tfl.transpose'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(ops(body)).toEqual(expected);
    await sameResults(sinkTransposes, f(body));
  });

  test('a transposed constant is computed', () => {
    const text = `signature "f" (%x: tensor<2x3xf32>) -> ("y") {
      %c = const [[1, 2], [3, 4], [5, 6]] : tensor<3x2xf32> %p = const [1, 0] : tensor<2xi32>
      %d = tfl.transpose(%c, %p) %y = tfl.add(%x, %d) return %y }`;
    expect(transform(sinkTransposes, text)).toContain('const [[1, 3, 5], [2, 4, 6]] : tensor<2x3xf32>');
  });

  test.each([
    ['other users', '%r = tfl.relu(%t) %y = tfl.add(%r, %t)'],
    ['one operand only', '%c = tfl.reshape(%z, %s) %y = tfl.add(%t, %c)'],
    ['other permutations', '%u = tfl.transpose(%z, %p) %y = tfl.add(%t, %u)'],
    ['softmax, which knows its axis', '%y = tfl.softmax(%t)'],
    [
      'a constant with more dimensions',
      '%c = const [[[[[1, 2, 3, 4, 5]]]]] : tensor<1x1x1x1x5xf32> %y = tfl.add(%t, %c)',
    ],
    [
      'a small value spread out',
      '%u = tfl.transpose(%v, %to) %c = const iota(1) : tensor<3x4x5xf32> %y = tfl.add(%u, %c)',
    ],
  ])('not through %s', (_, body) => {
    const constants = '%s = const [-1, 3, 4, 5] : tensor<4xi32> %p = const [0, 3, 1, 2] : tensor<4xi32>';
    const other = body.replace(
      '%u = tfl.transpose(%z, %p)',
      '%o = const [0, 3, 2, 1] : tensor<4xi32> %w = tfl.reshape(%z, %s5) %u = tfl.transpose(%w, %o)',
    );
    const text = f(`${constants} %s5 = const [-1, 5, 4, 3] : tensor<4xi32> ${other}`);
    expect(reasonsFor(sinkTransposes, text)).toMatchSnapshot();
  });
});
