import { describe, expect, test } from '@jest/globals';
import { splitRanges } from '#quantize/passes/split-ranges.js';
import { reasonsFor, transform } from '../../support/passes.js';

const loop = (value: string) => `%m, %y = tfl.while(%n, ${value}) (%n: tensor<i32>, %h: tensor<2x3xi16, q(0.01:0)>) {
    %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
  } (%n: tensor<i32>, %h: tensor<2x3xi16, q(0.01:0)>) {
    %one = const 1 : tensor<i32> %next = tfl.add(%n, %one) return %next, %h
  } return %y`;
const wide = '%q = tfl.quantize(%p) : tensor<2x3xi16, q(0.01:0)>';

/** A product from −10 to 17.5. */
const product = (behind: string, options = '') => `
  signature "f" (%x: tensor<2x4xi8, q(0.1:0)>, %n: tensor<i32>) -> ("y") {
    %w = const [[1, 2, 3, 4], [5, 6, 7, 8], [1, 1, 1, 1]] : tensor<3x4xi8> as tensor<3x4xi8, q@0(0.1:0, 0.2:0, 0.3:0)>
    %p = tfl.fully_connected(%x, %w, none) {${options}} : tensor<2x3xi8, q(0.1:-28)> ${behind} }`;

describe('split-ranges', () => {
  test('a product for a loop is computed below and above zero', () => {
    const text = transform(splitRanges, product(`${wide} ${loop('%q')}`));
    const ops = text.split('\n').filter((line) => /fully_connected|quantize|= tfl\.add\(%\d, %\d\)/.test(line));
    expect(ops.map((line) => line.trim())).toMatchInlineSnapshot(`
[
  "%0 = tfl.fully_connected(%arg0, %c0, none) : tensor<2x3xi8, q(0.03921568766236305:127)>",
  "%1 = tfl.fully_connected(%arg0, %c0, none) : tensor<2x3xi8, q(0.06078431382775307:-128)>",
  "%2 = tfl.quantize(%0) : tensor<2x3xi16, q(0.01:0)>",
  "%3 = tfl.quantize(%1) : tensor<2x3xi16, q(0.01:0)>",
  "%4 = tfl.add(%2, %3) {pot_scale_int16 = false} : tensor<2x3xi16, q(0.01:0)>",
]
`);
  });

  test('also where its elements are moved on the way', () => {
    const moved = `${wide} %s = const [3, 2] : tensor<2xi32> %r = tfl.reshape(%q, %s) : tensor<3x2xi16, q(0.01:0)>
      %s2 = const [2, 3] : tensor<2xi32> %t = tfl.reshape(%r, %s2) : tensor<2x3xi16, q(0.01:0)> ${loop('%t')}`;
    expect(transform(splitRanges, product(moved)).match(/tfl\.fully_connected/g)).toHaveLength(2);
  });

  test('others say why not', () => {
    const reason = (text: string) => reasonsFor(splitRanges, text);
    expect(reason(product(`${wide} return %q`))).toEqual(['tfl.fully_connected: no loop takes it']);
    expect(reason(product(`${wide} %o = tfl.relu(%p) : tensor<2x3xi8, q(0.1:-28)> ${loop('%q')}`))).toEqual([
      'tfl.fully_connected: others take it in 8 bits',
    ]);
    expect(reason(product(`${wide} ${loop('%q')}`, 'fused_activation_function = "RELU"'))).toEqual([
      'tfl.fully_connected: an activation is fused',
    ]);
  });

  test('nor is one that is computed in a loop', () => {
    const type = 'tensor<2x4xi16, q(0.01:0)>';
    const text = `signature "f" (%x: ${type}, %n: tensor<i32>) -> ("y") {
      %m, %y = tfl.while(%n, %x) (%n: tensor<i32>, %h: ${type}) {
        %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
      } (%n: tensor<i32>, %h: ${type}) {
        %one = const 1 : tensor<i32> %next = tfl.add(%n, %one) %in = tfl.quantize(%h) : tensor<2x4xi8, q(0.1:0)>
        %w = const [[1, 2, 3, 4], [5, 6, 7, 8], [1, 1, 1, 1], [0, 0, 0, 1]] : tensor<4x4xi8> as tensor<4x4xi8, q(0.1:0)>
        %p = tfl.fully_connected(%in, %w, none) : tensor<2x4xi8, q(0.1:-28)> %q = tfl.quantize(%p) : ${type}
        return %next, %q
      } return %y }`;
    expect(reasonsFor(splitRanges, text)).toEqual([
      'tfl.fully_connected: it is computed in a loop, where it would cost more than it gains',
    ]);
  });
});
