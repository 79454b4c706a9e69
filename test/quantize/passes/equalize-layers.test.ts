import { expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import type { Module } from '#ir/module.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { equalizeLayers } from '#quantize/passes/equalize-layers.js';
import { Tensor } from '#tensor/tensor.js';
import { parse } from '../../support/dialects.js';
import { run } from '../quantized-runs.js';

const model = (activation: string, between = ''): string => `
  signature "f" (%x "x": tensor<1x4x4x2xf32>) -> ("y") {
    %w = const [8, 8, 0.5, 0.25] : tensor<2x1x1x2xf32>
    %b = const [-4, 1] : tensor<2xf32>
    %c = tfl.conv_2d(%x, %w, %b) {fused_activation_function = "${activation}"}
    ${between === '' ? '' : `%m = ${between}`}
    %v = const [0.5, 0.5, 0.25, 0.5] : tensor<1x2x1x2xf32>
    %z = const [0, 0] : tensor<2xf32>
    %d = tfl.depthwise_conv_2d(${between === '' ? '%c' : '%m'}, %v, %z) {fused_activation_function = "RELU"}
    %u = const [1, 32] : tensor<1x1x1x2xf32>
    %e = const [3] : tensor<1xf32>
    %y = tfl.conv_2d(%d, %u, %e)
    return %y }`;

const weightsOf = (module: Module): number[][] =>
  [...module.ops()].flatMap((op) => {
    const weights = constantOf(op.operands[1]);
    return weights?.dtype === 'float32' ? [Array.from(weights.data as Float32Array)] : [];
  });

function equalized(text: string): Module {
  const module = parse(text);
  runPasses(module, [equalizeLayers(new Map())], [verifyObserver()]);
  return module;
}

test.each([
  ['NONE', ''],
  ['RELU', 'tfl.max_pool_2d(%c) {filter_height = 2, filter_width = 2, stride_h = 1, stride_w = 1}'],
])(
  'channels get factors, powers of two, and results stay the same to the last bit (%s)',
  async (activation, between) => {
    const module = equalized(model(activation, between));
    const [first = [], depthwise = [], last = []] = weightsOf(module);
    // Ranges of the two channels were 8 and 0.5, 0.5 both, and 1 and 32.
    expect(Math.max(...first.slice(0, 2)) / Math.max(...first.slice(2))).toBeLessThan(16);
    expect((last[1] as number) / (last[0] as number)).toBeLessThan(32);
    expect(depthwise).not.toEqual([0.5, 0.5, 0.25, 0.5]);
    for (const value of [...first, ...depthwise, ...last]) expect(Number.isInteger(Math.log2(value))).toBe(true);
    const x = Tensor.float32(
      Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
      [1, 4, 4, 2],
    );
    const [before, after] = [
      await run(parse(model(activation, between)), new Map([['x', x]])),
      await run(module, new Map([['x', x]])),
    ];
    expect(after.outputs.get('y')?.data).toEqual(before.outputs.get('y')?.data);
  },
);

test('a clipped layer stays as it is, as does one whose results are wanted elsewhere', () => {
  const [first] = weightsOf(equalized(model('RELU6')));
  expect(first).toEqual([8, 8, 0.5, 0.25]);
  const shared = model('NONE').replace('-> ("y")', '-> ("y", "c")').replace('return %y', 'return %y, %c');
  expect(weightsOf(equalized(shared))[0]).toEqual([8, 8, 0.5, 0.25]);
});

test('a tensor whose range the model states keeps it', () => {
  const module = parse(model('RELU'));
  const [conv] = [...module.ops()].filter((op) => op.name === 'tfl.conv_2d');
  if (!conv) throw new Error('there is no convolution');
  const stated = new Map([[conv.result(), { min: 0, max: 1, bits: 8, narrow: false }]]);
  runPasses(module, [equalizeLayers(stated)], [verifyObserver()]);
  expect(weightsOf(module)[0]).toEqual([8, 8, 0.5, 0.25]);
});
