import { describe, expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { recogniseStatedRanges } from '#quantize/passes/recognise-stated-ranges.js';
import type { StatedRanges } from '#quantize/stated-ranges.js';
import { parse } from '../../support/dialects.js';

/** What the pass makes of a body with the argument `%x`, and the ranges by the names of tensors. */
function recognised(body: string, type = 'tensor<4xf32>') {
  const module = parse(`signature "s" (%x "x": ${type}) -> ("y") { ${body} return %y }`);
  const stated: StatedRanges = new Map();
  const reasons: string[] = [];
  const observer = { explained: (_: unknown, __: unknown, reason: string) => reasons.push(reason) };
  runPasses(module, [recogniseStatedRanges(stated)], [verifyObserver(), observer]);
  return { stated: [...stated.values()], text: printModule(module), reasons };
}

const pair = (from: string, to: string, type: string): string =>
  `%q${to} = tfl.quantize(%${from}) : ${type} %${to} = tfl.dequantize(%q${to})`;

describe('data', () => {
  test('a pair goes, its range stays', () => {
    const { text, stated } = recognised(
      `%a = tfl.relu(%x) loc("net/relu") ${pair('a', 'b', 'tensor<4xi8, q(0.5:-128)>')} %y = tfl.tanh(%b)`,
    );
    expect(text).not.toMatch(/quantize/);
    expect(stated).toEqual([{ min: 0, max: 127.5, bits: 8, narrow: false }]);
  });

  test.each([
    ['tensor<4xui8, q(0.5:10)>', { min: -5, max: 122.5, bits: 8, narrow: false }],
    ['tensor<4xi16, q(0.25:0)>', { min: -8192, max: 8191.75, bits: 16, narrow: false }],
  ])('in %s', (type, range) => {
    expect(recognised(`${pair('x', 'b', type)} %y = tfl.tanh(%b)`).stated).toEqual([range]);
  });

  test('FAKE_QUANT states its range and bits', () => {
    const { text, stated } = recognised('%a = tfl.fake_quant(%x) {min = -7, max = 8, num_bits = 4} %y = tfl.tanh(%a)');
    expect(text).not.toMatch(/fake_quant/);
    expect(stated).toEqual([{ min: -7, max: 8, bits: 4, narrow: false }]);
  });

  test('ranges of several pairs on one value are united', () => {
    const { stated } = recognised(
      `${pair('x', 'a', 'tensor<4xi8, q(1:0)>')} ${pair('x', 'b', 'tensor<4xi8, q(1:-128)>')} %y = tfl.add(%a, %b)`,
    );
    expect(stated).toEqual([{ min: -128, max: 255, bits: 8, narrow: false }]);
  });

  test('quantized numbers that are computed with stay', () => {
    const { stated, reasons, text } = recognised(
      '%q = tfl.quantize(%x) : tensor<4xi8, q(1:0)> %a = tfl.dequantize(%q) %b = tfl.relu(%q) : tensor<4xi8, q(1:0)> %c = tfl.dequantize(%b) %y = tfl.add(%a, %c)',
    );
    expect(stated).toEqual([]);
    expect(reasons).toEqual(['the quantized numbers have other uses, too']);
    expect(text.match(/dequantize/g)).toHaveLength(2);
  });

  test('scales for each channel stay', () => {
    const { stated, reasons } = recognised(
      `${pair('x', 'a', 'tensor<1x2xi8, q@1(1:0, 2:0)>')} %y = tfl.tanh(%a)`,
      'tensor<1x2xf32>',
    );
    expect(stated).toEqual([]);
    expect(reasons).toEqual(['data cannot have a scale for each channel']);
  });
});

test('constants are left alone', () => {
  const { text, stated } = recognised(
    `%c = const [0.6, -9, 300, 1.4] : tensor<4xf32> ${pair('c', 'b', 'tensor<4xi8, q(1:0)>')} %y = tfl.add(%x, %b)`,
  );
  expect(stated).toEqual([]);
  expect(text).toMatch(/dequantize/);
});
