import { describe, expect, test } from '@jest/globals';
import { parseModule } from '#ir/parse.js';
import { formatType } from '#ir/type.js';
import { tflDialect } from '../../support/dialects.js';

/** Types of what a body returns; the arguments are %0, %1 … */
function infer(args: readonly string[], body: string): string[] {
  const list = args.map((type, i) => `%${i} "${i}": tensor<${type}>`).join(', ');
  const outputs = (/return (.*)$/.exec(body)?.[1] ?? '').split(',').map((_, i) => `"${i}"`);
  const module = parseModule(`signature "s" (${list}) -> (${outputs.join(', ')}) { ${body} }`, tflDialect);
  return module.signatures[0]?.region.outputs.map(({ type }) => formatType(type)) ?? [];
}

describe('what is known of shapes is kept where some is unknown', () => {
  const cases: readonly [string, readonly string[], string, readonly string[]][] = [
    [
      'a batch',
      ['?x8x8x3xf32', '4x3x3x3xf32'],
      '%y = tfl.conv_2d(%0, %1) {stride_w = 2} return %y',
      ['tensor<?x8x4x4xf32>'],
    ],
    ['height and width', ['1x?x?x3xf32', '4x3x3x3xf32'], '%y = tfl.conv_2d(%0, %1) return %y', ['tensor<1x?x?x4xf32>']],
    [
      'weights',
      ['2x?x3xf32', '?x3xf32'],
      '%y = tfl.fully_connected(%0, %1) {keep_num_dims = true} return %y',
      ['tensor<2x?x?xf32>'],
    ],
    ['rank', ['*xf32', '4x3xf32'], '%y = tfl.fully_connected(%0, %1) return %y', ['tensor<?x4xf32>']],
    ['an operand', ['?x3xf32', '4x1xf32'], '%y = tfl.add(%0, %1) return %y', ['tensor<4x3xf32>']],
    [
      'reshape: one free',
      ['?x4x6xf32'],
      '%s = const [-1, 24] : tensor<2xi32> %y = tfl.reshape(%0, %s) return %y',
      ['tensor<?x24xf32>'],
    ],
    [
      'reshape: worked out',
      ['2x4x6xf32'],
      '%s = const [-1, 24] : tensor<2xi32> %y = tfl.reshape(%0, %s) return %y',
      ['tensor<2x24xf32>'],
    ],
    [
      'axes',
      ['?x4xf32', '1xi32'],
      '%y = tfl.sum(%0, %1) %z = tfl.sum(%0, %1) {keep_dims = true} return %y, %z',
      ['tensor<*xf32>', 'tensor<?x?xf32>'],
    ],
    [
      'concatenation',
      ['?x4xf32', '2x?xf32'],
      '%y = tfl.concatenation(%0, %1) %z = tfl.concatenation(%0, %1) {axis = 1} return %y, %z',
      ['tensor<?x4xf32>', 'tensor<2x?xf32>'],
    ],
    [
      'split',
      ['?x4xf32'],
      '%a = const 0 : tensor<i32> %y, %z = tfl.split(%a, %0) {num_splits = 2} return %y',
      ['tensor<?x4xf32>'],
    ],
    [
      'strided slice',
      ['?x4xf32'],
      `%b = const [1, 1] : tensor<2xi32> %e = const [5, 9] : tensor<2xi32>
      %s = const [1, 1] : tensor<2xi32> %y = tfl.strided_slice(%0, %b, %e, %s) return %y`,
      ['tensor<?x3xf32>'],
    ],
    [
      'batch to space',
      ['?x3x3x2xf32'],
      `%b = const [2, 2] : tensor<2xi32> %c = const splat(0) : tensor<2x2xi32>
      %y = tfl.batch_to_space_nd(%0, %b, %c) return %y`,
      ['tensor<?x6x6x2xf32>'],
    ],
  ];
  test.each(cases)('%s', (_, args, body, types) => {
    expect(infer(args, body)).toEqual(types);
  });
});

test('shapes put together at run time are traced', () => {
  const body = `%s = tfl.shape(%0)
    %b = const [0] : tensor<1xi32> %e = const [1] : tensor<1xi32> %one = const [1] : tensor<1xi32>
    %n = tfl.strided_slice(%s, %b, %e, %one) {shrink_axis_mask = 1}
    %c = const 12 : tensor<i32>
    %p = tfl.pack(%n, %c) {values_count = 2}
    %y = tfl.reshape(%0, %p)
    %r = const [12, 5] : tensor<2xi32>
    %q = tfl.concatenation(%p, %r)
    %z = tfl.fill(%q, %1)
    return %y, %z`;
  expect(infer(['?x3x4xf32', 'f32'], body)).toEqual(['tensor<?x12xf32>', 'tensor<?x12x12x5xf32>']);
});

test('per-tensor quantization stays with elements that move, per-channel quantization does not', () => {
  const body = '%s = const [4] : tensor<1xi32> %y = tfl.reshape(%0, %s) return %y';
  expect(infer(['2x2xi8, q(0.5:1)'], body)).toEqual(['tensor<4xi8, q(0.5:1)>']);
  expect(infer(['2x2xi8, q@0(0.5:0, 1:0)'], body)).toEqual(['tensor<4xi8>']);
});

describe('contradictions', () => {
  const cases: readonly [readonly string[], string, string][] = [
    [['2x3xf32', '4xf32'], '%y = tfl.add(%0, %1) return %y', 'do not broadcast'],
    [['1x8x8x3xf32', '4x3x3x2xf32'], '%y = tfl.conv_2d(%0, %1) return %y', 'no multiple'],
    [['1x2x2x3xf32', '4x3x3x3xf32'], '%y = tfl.conv_2d(%0, %1) {padding = "VALID"} return %y', 'does not fit'],
    [['1x4x4x3xf32', '1x3x3x4xf32'], '%y = tfl.depthwise_conv_2d(%0, %1) return %y', 'multiplier'],
    [['2x3xf32', '4x5xf32'], '%y = tfl.fully_connected(%0, %1) {keep_num_dims = true} return %y', 'does not end'],
    [['2x3xf32', '4x5xf32'], '%y = tfl.batch_matmul(%0, %1) return %y', 'do not multiply'],
    [['2x3xf32'], '%s = const [5] : tensor<1xi32> %y = tfl.reshape(%0, %s) return %y', '6 elements'],
    [['2x3xf32'], '%y = tfl.squeeze(%0) {squeeze_dims = [0]} return %y', 'is not 1'],
    [['2x3xf32'], '%a = const 0 : tensor<i32> %y, %z = tfl.split(%a, %0) {num_splits = 5} return %y', 'does not split'],
    [['2x3xf32', '3x2xf32'], '%y = tfl.concatenation(%0, %1) return %y', 'does not join'],
    [['2x3xf32', '2x2xf32'], '%y = tfl.pack(%0, %1) {values_count = 2} return %y', 'do not pack'],
    [['2x3xf32'], '%y = tfl.unpack(%0) {num = 3} return %y', '2 slices'],
    [['2x3xf32'], '%a = const [2] : tensor<1xi32> %y = tfl.sum(%0, %a) return %y', 'out of range'],
    [['1x5x4x1xf32'], '%y = tfl.space_to_depth(%0) {block_size = 2} return %y', 'no multiple'],
    [['2x3xf32'], '%y = tfl.conv_2d(%0, %0) return %y', 'not 4'],
  ];
  test.each(cases)('%s %s', (args, body, message) => {
    expect(() => infer(args, body)).toThrow(message);
  });
});

test('both bodies of a branch give the type', () => {
  const body = `%y = tfl.if(%0, %1) (%a: tensor<?x3xf32>) { return %a }
    (%a: tensor<?x3xf32>) { %s = const [0, 0] : tensor<2xi32> %n = const [2, 3] : tensor<2xi32>
      %b = tfl.slice(%a, %s, %n) return %b } return %y`;
  expect(infer(['i1', '?x3xf32'], body)).toEqual(['tensor<?x3xf32>']);
});
