import { describe, expect, test } from '@jest/globals';
import { fusePadding } from '#tflite/passes/fuse-padding.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

function padded(size: string, pads: string, options: string, filter = '2x3x3x2', op = 'conv_2d'): string {
  return `signature "f" (%x: tensor<?x${size}x${size}x2xf32>) -> ("y") {
    %a = const [[0, 0], ${pads}, ${pads}, [0, 0]] : tensor<4x2xi32> %w = const iota(0.01) : tensor<${filter}xf32>
    %p = tfl.pad(%x, %a) %y = tfl.${op}(%p, %w) {padding = "VALID", ${options}} return %y }`;
}

describe('fuse-padding', () => {
  test('padding by as much as SAME pads', () => {
    expect(transform(fusePadding, padded('6', '[1, 1]', 'stride_h = 1'))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x6x6x2xf32>) -> ("y") {
  %c0 = const elided("b6c3fc14013b2267") : tensor<2x3x3x2xf32>
  %0 = tfl.conv_2d(%arg0, %c0) : tensor<?x6x6x2xf32>
  return %0
}
"
`);
  });

  test.each([
    ['stride 2, even size', '6', '[0, 1]', 'stride_h = 2, stride_w = 2', '2x3x3x2'],
    ['stride 2, odd size', '7', '[1, 1]', 'stride_h = 2, stride_w = 2', '2x3x3x2'],
    ['even filter', '5', '[1, 2]', 'stride_h = 1', '2x4x4x2'],
    ['dilation', '8', '[2, 2]', 'dilation_h_factor = 2, dilation_w_factor = 2', '2x3x3x2'],
    ['stride beyond the filter', '6', '[0, 0]', 'stride_h = 3, stride_w = 3', '2x1x1x2'],
  ])('%s', async (_, size, pads, options, filter) => {
    const text = padded(size, pads, options, filter);
    expect(transform(fusePadding, text)).not.toContain('tfl.pad');
    await sameResults(fusePadding, text, { tolerance: 1e-6 });
  });

  test('depthwise, and of any size where the stride is 1', async () => {
    const text = padded('?', '[1, 1]', 'stride_h = 1', '1x3x3x2', 'depthwise_conv_2d');
    expect(transform(fusePadding, text)).not.toContain('tfl.pad');
    await sameResults(fusePadding, text, { sizes: [3, 4], tolerance: 1e-6 });
  });

  test.each([
    ['more than SAME pads', padded('6', '[2, 1]', 'stride_h = 1')],
    ['the other side than SAME pads', padded('6', '[1, 0]', 'stride_h = 2, stride_w = 2')],
    ['a size that only run time tells', padded('?', '[1, 1]', 'stride_h = 2, stride_w = 2')],
    ['SAME already', padded('6', '[1, 1]', 'stride_h = 1').replace('VALID', 'SAME')],
    ['padded channels', padded('6', '[1, 1]', 'stride_h = 1', '2x3x3x4').replace('[0, 0]] :', '[1, 1]] :')],
    ['no padding', padded('6', '[1, 1]', 'stride_h = 1').replace('%p, %w', '%x, %w')],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(fusePadding, text)).toMatchSnapshot();
  });

  test('not with amounts that are computed', () => {
    const text = `signature "f" (%x: tensor<1x6x6x2xf32>, %a: tensor<4x2xi32>) -> ("y") {
      %w = const iota(1) : tensor<2x3x3x2xf32>
      %p = tfl.pad(%x, %a) %y = tfl.conv_2d(%p, %w) {padding = "VALID"} return %y }`;
    expect(reasonsFor(fusePadding, text)).toEqual(['tfl.conv_2d: padding: the amounts are not constant']);
  });
});
