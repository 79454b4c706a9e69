import { expect, jest, test } from '@jest/globals';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import { type CalibrationSample, calibrate, type SampleSource } from '#quantize/calibrate.js';
import { RuleMatcher } from '#quantize/match-rules.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { type Recipe, type RecipeOptions, recipeOf } from '#quantize/recipe.js';
import { layersToRefine, watchLayers } from '#quantize/refine/watch-layers.js';
import { Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { parse } from '../../support/dialects.js';
import { generator } from '../../support/random-module.js';
import { run } from '../quantized-runs.js';

jest.setTimeout(60_000);

const model = `
  signature "f" (%x "x": tensor<1x6x6x3xf32>) -> ("y") {
    %w = const iota(0.013) : tensor<4x3x3x3xf32>
    %b = const [-20, -15, -10, -40] : tensor<4xf32>
    %c = tfl.conv_2d(%x, %w, %b) {fused_activation_function = "RELU", padding = "VALID"}
    %v = const iota(-0.017) : tensor<1x3x3x4xf32>
    %a = const [0, 1, 2, 3] : tensor<4xf32>
    %d = tfl.depthwise_conv_2d(%c, %v, %a)
    %y = tfl.conv_2d(%d, %u, %e)
    %u = const iota(0.11) : tensor<2x1x1x4xf32>
    %e = const [1, 2] : tensor<2xf32>
    return %y }`;

/** Constants stand in front of their users. */
const text = model.replace(/( *%y = .*\n)((?: *%[ue] = .*\n)+)/, '$2$1');

function image(seed: number): Tensor {
  const random = generator(seed);
  return Tensor.float32(
    Float32Array.from({ length: 108 }, () => random() + 0.2),
    [1, 6, 6, 3],
  );
}

const source: SampleSource = {
  async *samples(): AsyncGenerator<CalibrationSample> {
    for (let index = 0; index < 40; index++) yield { index, values: new Map([['x', image(index + 1)]]) };
  },
};

const recipe = (options: RecipeOptions): Recipe => ({ ...recipeOf('int8'), weights: { bits: 4 }, options });

/** The quantized module, and the sum of its squared errors on other inputs. */
async function quantized(options: RecipeOptions) {
  const float = parse(text);
  const module = parse(text);
  const layers = layersToRefine(module, new RuleMatcher(recipe(options)));
  const ranges = await calibrate(exportModule(module), source, { watched: layers?.bySource });
  quantizeModule(module, { recipe: recipe(options), ranges, layerInputs: layers?.inputs });
  let error = 0;
  for (let seed = 100; seed < 103; seed++) {
    const inputs = new Map([['x', image(seed)]]);
    const [exact, stored] = [await run(float, inputs), await run(module, inputs)].map(
      ({ outputs }) => outputs.get('y')?.data as Float32Array,
    ) as [Float32Array, Float32Array];
    exact.forEach((value, i) => {
      error += (value - (stored[i] as number)) ** 2;
    });
  }
  return { error, text: printModule(module) };
}

test('corrected biases and weights rounded together come closer to float32, and closest by default', async () => {
  const plain = await quantized({ biasCorrection: false, adaptiveRounding: false });
  const corrected = await quantized({ biasCorrection: true, adaptiveRounding: false });
  const rounded = await quantized({ biasCorrection: false, adaptiveRounding: true });
  const both = await quantized({});
  expect(corrected.error).toBeLessThan(plain.error / 2);
  expect(rounded.error).toBeLessThan(plain.error);
  expect(both.error).toBeLessThan(plain.error / 2);
  expect((await quantized({})).text).toBe(both.text);
});

test('inputs are known of layers behind the input and behind others, where integers are wanted', async () => {
  const module = parse(text);
  const { inputs, bySource } = watchLayers(module);
  await calibrate(exportModule(module), source, { watched: bySource });
  expect([...inputs.values()].map(({ size, rows }) => [size, rows > 250])).toEqual([
    [27, true],
    [36, true],
    [4, true],
  ]);
  const some: Recipe = { ...recipeOf('int8'), rules: [{ match: { op: 'CONV_2D' }, scheme: 'dynamic' }] };
  expect(layersToRefine(module, new RuleMatcher(some))?.inputs.size).toBe(1);
  const none = { ...some, options: { biasCorrection: false, adaptiveRounding: false } };
  expect(layersToRefine(module, new RuleMatcher(none))).toBeUndefined();
});

test('what layers see is the same however many threads run the model, and where sizes are known at run time only', async () => {
  const seen = async (module: Module, workers: number) => {
    const { inputs, bySource } = watchLayers(module);
    await calibrate(exportModule(module), source, { watched: bySource, workers });
    return [...inputs.values()].map(({ rows, data, size }) => data.slice(0, rows * size));
  };
  const one = await seen(parse(text), 1);
  expect(await seen(parse(text), 3)).toEqual(one);
  const free = text.replace('tensor<1x6x6x3xf32>) ', 'tensor<?x?x6x3xf32>) ');
  expect(free).not.toBe(text);
  expect(await seen(parse(free), 2)).toEqual(one);
});
