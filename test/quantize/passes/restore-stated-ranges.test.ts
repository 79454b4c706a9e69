import { describe, expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { recogniseStatedRanges } from '#quantize/passes/recognise-stated-ranges.js';
import { restoreStatedRanges } from '#quantize/passes/restore-stated-ranges.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf } from '#quantize/recipe.js';
import type { StatedRanges } from '#quantize/stated-ranges.js';
import { parse } from '../../support/dialects.js';

function text(body: string): string {
  return `signature "s" (%x "x": tensor<1x4xf32>) -> ("y") { ${body} return %y }`;
}

const pair = (from: string, to: string, q: string): string =>
  `%q${to} = tfl.quantize(%${from}) : tensor<1x4xi8, q(${q})> %${to} = tfl.dequantize(%q${to})`;

/** The ops of a module in which ranges were recognised and restored, with nothing between. */
function thereAndBack(body: string): string {
  const module = parse(text(body));
  const stated: StatedRanges = new Map();
  runPasses(module, [recogniseStatedRanges(stated), restoreStatedRanges(stated)], [verifyObserver()]);
  return printModule(module);
}

describe('restore-stated-ranges', () => {
  test('what stayed in float32 is as it was', () => {
    const body = `${pair('x', 'a', '0.5:-128')} %b = tfl.tanh(%a) ${pair('b', 'y', '0.25:3')}`;
    expect(thereAndBack(body)).toBe(printModule(parse(text(body))));
    const other = '%a = tfl.fake_quant(%x) {min = -7, max = 8, num_bits = 4} %y = tfl.tanh(%a)';
    expect(thereAndBack(other)).toBe(printModule(parse(text(other))));
  });

  test('all users share it', () => {
    const body = `${pair('x', 'a', '1:0')} ${pair('x', 'b', '1:0')} %y = tfl.add(%a, %b)`;
    expect(thereAndBack(body).match(/= tfl\.\w+/g)).toEqual(['= tfl.quantize', '= tfl.dequantize', '= tfl.add']);
  });

  test('what was quantized needs none; what is behind an op without a kernel does', () => {
    const module = parse(
      text(`${pair('x', 'a', '0.5:0')} %b = tfl.relu(%a) ${pair('b', 'c', '0.25:-128')}
        %d = tfl.sin(%c) ${pair('d', 'e', '0.01:0')} %y = tfl.cos(%e)`),
    );
    const stated: StatedRanges = new Map();
    runPasses(module, [recogniseStatedRanges(stated)], [verifyObserver()]);
    quantizeModule(module, { recipe: recipeOf('int8'), stated });
    runPasses(module, [restoreStatedRanges(stated)], [verifyObserver()]);
    expect(
      printModule(module)
        .match(/= tfl\.\w+/g)
        ?.map((op) => op.slice(6)),
    ).toEqual(['quantize', 'relu', 'dequantize', 'sin', 'quantize', 'dequantize', 'cos']);
  });
});
