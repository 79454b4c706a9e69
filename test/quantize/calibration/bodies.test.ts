import { describe, expect, jest, test } from '@jest/globals';
import { type CalibrateOptions, type CalibrationSample, calibrate, type SampleSource } from '#quantize/calibrate.js';
import { formatRanges } from '#quantize/ranges.js';
import { watchLayers } from '#quantize/refine/watch-layers.js';
import { Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { parse } from '../../support/dialects.js';

jest.setTimeout(60_000);

function sourceOf(...samples: readonly (readonly [x: readonly number[], steps: number])[]): SampleSource {
  return {
    async *samples(): AsyncGenerator<CalibrationSample> {
      for (const [index, [x, steps]] of samples.entries()) {
        const values = { x: Tensor.float32([...x], [x.length]), steps: Tensor.int32([steps], []) };
        yield { index, values: new Map(Object.entries(values)) };
      }
    },
  };
}

/** x is doubled `steps` times. */
const doubling = `signature "f" (%x "x": tensor<2xf32>, %steps "steps": tensor<i32>) -> ("y") {
  %n, %y, %same = tfl.while(%steps, %x, %x) (%n: tensor<i32>, %x: tensor<2xf32>, %same: tensor<2xf32>) {
    %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
  } (%n: tensor<i32>, %x: tensor<2xf32>, %same: tensor<2xf32>) {
    %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
    %twice = tfl.add(%x, %x) loc("twice") %sum = tfl.sub(%twice, %same) loc("sum") return %next, %twice, %same
  } %z = tfl.add(%y, %same) return %z }`;

async function rangesOf(text: string, source: SampleSource, options: CalibrateOptions = {}) {
  const ranges = await calibrate(exportModule(parse(text)), source, options);
  return Object.fromEntries([...ranges.entries()].map(([key, { min, max }]) => [key, [min, max]]));
}

describe('ranges of tensors in bodies', () => {
  test('are those of all runs of a loop', async () => {
    expect(await rangesOf(doubling, sourceOf([[1, -2], 3]))).toMatchObject({
      'body_2/arg1': [-8, 4],
      'body_2/twice': [-16, 8],
      'body_2/sum': [-14, 7],
    });
  });

  test('what is handed on unchanged counts where it comes from', async () => {
    expect(Object.keys(await rangesOf(doubling, sourceOf([[1, -2], 3])))).not.toContain('body_2/arg2');
  });

  test('a body that is never run has none', async () => {
    const ranges = await rangesOf(doubling, sourceOf([[1, -2], 0]));
    expect(Object.keys(ranges).filter((key) => key.startsWith('body_'))).toEqual([]);
    expect(await rangesOf(doubling, sourceOf([[1, -2], 0], [[4, 0], 1]))).toMatchObject({ 'body_2/twice': [0, 8] });
  });

  test('of loops in branches, branches in loops, and loops in loops', async () => {
    const text = `signature "f" (%x "x": tensor<2xf32>, %steps "steps": tensor<i32>) -> ("y") {
      %zero = const 0 : tensor<i32> %any = tfl.greater(%steps, %zero)
      %y = tfl.if(%any, %x, %steps) (%x: tensor<2xf32>, %steps: tensor<i32>) {
        %n, %y = tfl.while(%steps, %x) (%n: tensor<i32>, %x: tensor<2xf32>) {
          %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
        } (%n: tensor<i32>, %x: tensor<2xf32>) {
          %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
          %m, %inner = tfl.while(%n, %x) (%m: tensor<i32>, %x: tensor<2xf32>) {
            %zero = const 0 : tensor<i32> %more = tfl.greater(%m, %zero) return %more
          } (%m: tensor<i32>, %x: tensor<2xf32>) {
            %one = const 1 : tensor<i32> %next = tfl.sub(%m, %one)
            %c = const [1, 1] : tensor<2xf32> %more = tfl.add(%x, %c) loc("innermost") return %next, %more
          }
          %last = tfl.equal(%n, %one)
          %out = tfl.if(%last, %inner) (%x: tensor<2xf32>) {
            %y = tfl.neg(%x) loc("last") return %y
          } (%x: tensor<2xf32>) { %y = tfl.abs(%x) loc("before") return %y }
          return %next, %out
        } return %y
      } (%x: tensor<2xf32>, %steps: tensor<i32>) { %y = tfl.relu(%x) loc("never") return %y }
      return %y }`;
    const ranges = await rangesOf(text, sourceOf([[0, -10], 3]));
    const named = Object.entries(ranges).map(([key, range]) => [key.slice(key.indexOf('/') + 1), ...range]);
    // −10 is raised by 3, made positive, and raised by 2 and by 1.
    expect(named).toEqual(
      expect.arrayContaining([
        ['innermost', -9, 10],
        ['before', 3, 9],
        ['last', -10, -6],
      ]),
    );
    expect(named.map(([name]) => name)).not.toContain('never');
  });

  test('of bodies whose tensors have free sizes, or grow', async () => {
    const text = `signature "f" (%x "x": tensor<?xf32>, %steps "steps": tensor<i32>) -> ("y") {
      %n, %y = tfl.while(%steps, %x) (%n: tensor<i32>, %x: tensor<?xf32>) {
        %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
      } (%n: tensor<i32>, %x: tensor<?xf32>) {
        %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
        %c = const [1] : tensor<1xf32> %up = tfl.add(%x, %c) loc("up")
        %longer = tfl.concatenation(%up, %c) {axis = 0} return %next, %longer
      } return %y }`;
    const ranges = await rangesOf(text, sourceOf([[1, -2], 3]));
    expect(ranges['body_2/up']).toEqual([-1, 4]);
    const shares = await rangesOf(text, sourceOf([[1, -2], 3]), {
      algorithm: { algorithm: 'percentile', percentile: 100 },
    });
    expect(shares['body_2/up']).toEqual([-1, 4]);
  });

  test('a NaN in any run is found, and its place is named', async () => {
    const text = doubling
      .replace('tfl.sub(%twice, %same)', 'tfl.sqrt(%same)')
      .replace('return %next, %twice, %same', 'return %next, %twice, %sum');
    await expect(rangesOf(text, sourceOf([[1, -2], 3]))).rejects.toMatchObject({
      diagnostics: [
        { code: 'not-finite', detail: "tensor 'sum', computed by SQRT, has values that are NaN for sample 0." },
      ],
    });
  });

  test('a NaN that no output shows leaves its tensor without a range', async () => {
    const text = doubling.replace('tfl.sub(%twice, %same)', 'tfl.sqrt(%same)');
    const ranges = await rangesOf(text, sourceOf([[1, -2], 3]));
    expect(Object.keys(ranges)).toContain('body_2/twice');
    expect(Object.keys(ranges)).not.toContain('body_2/sum');
  });

  test('sums that grow beyond all numbers do no harm', async () => {
    const text = doubling
      .replace('return %next, %twice, %same', 'return %next, %x, %same')
      .replace(
        '%twice = tfl.add(%x, %x)',
        '%big = const [3e38, 3e38] : tensor<2xf32> %sign = tfl.sign(%x) %twice = tfl.mul(%big, %sign)',
      );
    expect((await rangesOf(text, sourceOf([[1, 1], 3], [[-1, -1], 3])))['body_2/twice']).toEqual([
      -3.0000000054977558e38, 3.0000000054977558e38,
    ]);
  });
});

test('layers in bodies get windows of their inputs in all runs', async () => {
  const module = parse(`signature "f" (%x "x": tensor<1x2xf32>, %steps "steps": tensor<i32>) -> ("y") {
    %n, %y = tfl.while(%steps, %x) (%n: tensor<i32>, %h: tensor<1x2xf32>) {
      %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
    } (%n: tensor<i32>, %h: tensor<1x2xf32>) {
      %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
      %w = const [[1, 0], [0, 2]] : tensor<2x2xf32> %b = const [1, 0] : tensor<2xf32>
      %new = tfl.fully_connected(%h, %w, %b) return %next, %new
    } return %y }`);
  const { inputs, bySource } = watchLayers(module);
  const samples: SampleSource = {
    async *samples() {
      for (const [index, steps] of [3, 0, 1].entries()) {
        const x = Tensor.float32([index, 1], [1, 2]);
        yield {
          index,
          values: new Map([
            ['x', x],
            ['steps', Tensor.int32([steps], [])],
          ]),
        };
      }
    },
  };
  await calibrate(exportModule(module), samples, { watched: bySource });
  const [patches] = inputs.values();
  expect(Array.from(patches?.data.subarray(0, 2 * patches.rows) ?? [])).toEqual([0, 1, 1, 2, 2, 4, 2, 1]);
});

describe('values of tensors in bodies', () => {
  /** A number for each run: 1, 2, 3 … of which 50 % are in the middle. */
  const counting = `signature "f" (%x "x": tensor<1xf32>, %steps "steps": tensor<i32>) -> ("y") {
    %n, %y = tfl.while(%steps, %x) (%n: tensor<i32>, %x: tensor<1xf32>) {
      %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
    } (%n: tensor<i32>, %x: tensor<1xf32>) {
      %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
      %c = const [1] : tensor<1xf32> %up = tfl.add(%x, %c) loc("up") return %next, %up
    } return %y }`;

  test('are an even choice of all runs, however many', async () => {
    const options = { algorithm: { algorithm: 'percentile', percentile: 80 } } as const;
    for (const steps of [5, 16, 100, 1000]) {
      const [least, most] = (await rangesOf(counting, sourceOf([[0], steps]), options))['body_2/up'] as number[];
      // Of the kept runs the middle 60 % or more.
      expect(least as number).toBeLessThan(0.35 * steps);
      expect(most as number).toBeGreaterThan(0.65 * steps);
      expect((most as number) - (least as number)).toBeLessThan(0.95 * steps);
    }
  });

  test('give the same text each time, however many threads', async () => {
    const samples = sourceOf([[0], 40], [[7], 3], [[-5], 100]);
    const texts = await Promise.all(
      [1, 2].map(async (workers) => {
        const options = { algorithm: { algorithm: 'mse' }, workers } as const;
        return formatRanges(await calibrate(exportModule(parse(counting)), samples, options));
      }),
    );
    expect(texts[0]).toBe(texts[1]);
  });
});
