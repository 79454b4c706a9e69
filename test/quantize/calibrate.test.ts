import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import { type CalibrateOptions, type CalibrationSample, calibrate, type SampleSource } from '#quantize/calibrate.js';
import { openCalibrationData, randomSamples } from '#quantize/calibration-data.js';
import { formatRanges } from '#quantize/ranges.js';
import { Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { convert } from '../../src/index.js';
import { parse } from '../support/dialects.js';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

interface Golden {
  readonly min: number;
  readonly max: number;
  readonly percentiles: readonly [number, number];
  readonly samples: readonly (readonly [number, number])[];
}

const digits = fixture('digits.tflite');
const small = fixture('small.tflite');
const golden = new Map<string, Golden>(
  Object.entries(JSON.parse(Buffer.from(fixture('digits.ranges.json')).toString())),
);
const calibration = await openDataSet('examples/digits/calibration.npz');

/** Samples for each signature, by its key. */
function sourceOf(samples: Record<string, readonly Record<string, Tensor>[]>): SampleSource {
  return {
    async *samples({ key }): AsyncGenerator<CalibrationSample> {
      for (const [index, values] of (samples[key] ?? []).entries()) {
        yield { index, values: new Map(Object.entries(values)) };
      }
    },
  };
}

async function findingsOf(promise: Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error('nothing was refused');
}

async function digitsRanges(options: CalibrateOptions) {
  const ranges = await calibrate(digits, calibration, options);
  return [...golden].map(([name, wanted]) => {
    const found = ranges.get(`serving_default/${name}`);
    if (found === undefined) throw new Error(`no range for ${name}`);
    return { ...found, wanted };
  });
}

describe('the ranges of the digits example', () => {
  test.each([1, 3])("are those of LiteRT's Python interpreter, by %i workers", async (workers) => {
    for (const { min, max, wanted } of await digitsRanges({ workers })) {
      expect(min).toBeCloseTo(wanted.min, 4);
      expect(max).toBeCloseTo(wanted.max, 4);
    }
  });

  test('by moving average', async () => {
    for (const { min, max, algorithm, wanted } of await digitsRanges({ algorithm: { algorithm: 'moving-average' } })) {
      const average = (values: readonly number[]) => values.reduce((mean, value) => 0.95 * mean + 0.05 * value);
      expect(min).toBeCloseTo(average(wanted.samples.map(([least]) => least)), 4);
      expect(max).toBeCloseTo(average(wanted.samples.map(([, greatest]) => greatest)), 4);
      expect(algorithm).toBe('moving-average');
    }
  });

  test('by percentile', async () => {
    for (const { min, max, wanted } of await digitsRanges({ algorithm: { algorithm: 'percentile', percentile: 99 } })) {
      // NumPy interpolates between two values, of which there are few here.
      const tolerance = (wanted.max - wanted.min) / 100;
      expect(Math.abs(min - wanted.percentiles[0])).toBeLessThan(tolerance);
      expect(Math.abs(max - wanted.percentiles[1])).toBeLessThan(tolerance);
    }
  });

  test.each(['mse', 'entropy'] as const)('by %s, within what was seen', async (algorithm) => {
    for (const { min, max, wanted } of await digitsRanges({ algorithm: { algorithm } })) {
      expect(min).toBeGreaterThanOrEqual(wanted.min - 1e-4);
      expect(max).toBeLessThanOrEqual(wanted.max + 1e-4);
      expect(max - min).toBeGreaterThan((wanted.max - wanted.min) * 0.3);
    }
  });

  test('are the same text each time, however many workers', async () => {
    const options = { algorithm: { algorithm: 'mse' } } as const;
    const texts = await Promise.all(
      [1, 2, 3].map(async (workers) => formatRanges(await calibrate(digits, calibration, { ...options, workers }))),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('"samples": {"serving_default":100}');
  });

  test('of some tensors by another algorithm', async () => {
    const ranges = await calibrate(digits, calibration, {
      algorithm: ({ name, key, signature }) => {
        expect(key).toBe(`${signature}/${name}`);
        return name.includes('max_pooling') ? { algorithm: 'percentile', percentile: 90 } : undefined;
      },
    });
    const pool = golden.get('digits_1/max_pooling2d_1/MaxPool2d') as Golden;
    const flat = golden.get('digits_1/flatten_1/Reshape') as Golden;
    expect(ranges.get('serving_default/digits_1/max_pooling2d_1/MaxPool2d')?.max).toBeLessThan(pool.max * 0.8);
    expect(ranges.get('serving_default/digits_1/flatten_1/Reshape')).toMatchObject({ algorithm: 'min-max' });
    expect(ranges.get('serving_default/digits_1/flatten_1/Reshape')?.max).toBeCloseTo(flat.max, 4);
  });

  test('of a limited number of samples', async () => {
    const ranges = await calibrate(digits, calibration, { limit: 3 });
    expect(ranges.samples.get('serving_default')).toBe(3);
    const logits = golden.get('StatefulPartitionedCall_1:0') as Golden;
    const greatest = Math.max(...logits.samples.slice(0, 3).map(([, max]) => max));
    expect(ranges.get('serving_default/StatefulPartitionedCall_1:0')?.max).toBeCloseTo(greatest, 4);
  });

  test('of a model that was just converted, for every activation by its exported name', async () => {
    const { model } = convert('examples/digits/saved_model');
    const ranges = await calibrate(model, calibration);
    const [subgraph] = model.subgraphs ?? [];
    const computed = (subgraph?.operators ?? []).flatMap(({ outputs }) => outputs ?? []);
    const names = [...(subgraph?.inputs ?? []), ...computed].map((i) => subgraph?.tensors?.[i]?.name);
    expect([...ranges.entries()].map(([key]) => key).sort()).toEqual(
      names.map((name) => `serving_default/${name}`).sort(),
    );
  });
});

describe('other models', () => {
  const row = (...values: number[]) => ({
    x: Tensor.float32(values, [values.length / 3, 3]),
    s: Tensor.float32([2], []),
  });
  const good = { roots: [row(1, 4, 9)], positive: [{ x: Tensor.float32([-1, 3, 5, 0]) }] };

  test('of several signatures, free sizes, sizes known late, and scalars', async () => {
    const ranges = await calibrate(small, sourceOf({ ...good, roots: [row(1, 4, 9), row(16, 1, 1, 4, 25, 1)] }));
    expect(Object.fromEntries(ranges.samples)).toEqual({ roots: 2, positive: 1 });
    const found = [...ranges.entries()].map(([key, { min, max }]) => `${key.split('/')[0]} ${min} ${max}`);
    // √x·s; Σx·s, a scalar; the positive numbers, doubled.
    expect(found).toEqual(expect.arrayContaining(['roots 2 10', 'roots 28 96', 'positive 6 10', 'positive -1 5']));
  });

  test('with values, where sizes differ from sample to sample', async () => {
    const algorithm = { algorithm: 'percentile', percentile: 100 } as const;
    const source = sourceOf({ roots: [row(1, 4, 9), row(16, 1, 1, 4, 25, 1)] });
    const ranges = await calibrate(small, source, { algorithm, signatures: ['roots'] });
    const found = [...ranges.entries()].map(([, { min, max }]) => `${min} ${max}`);
    expect(found).toEqual(expect.arrayContaining(['2 10', '28 96']));
    expect([...ranges.samples.keys()]).toEqual(['roots']);
  });

  test('sees all large values, and an even part of the others', async () => {
    const model = reshapeModel([1, 300, 1000]);
    const values = Float32Array.from({ length: 300_000 }, (_, i) => (i % 1000) / 1000);
    values[123_457] = 50;
    const source = sourceOf({ '': [{ x: Tensor.from('float32', [1, 300, 1000], values) }] });
    const extremes = await calibrate(model, source);
    expect([...extremes.entries()].map(([, { max }]) => max)).toContain(50);
    const ranges = await calibrate(model, source, { algorithm: { algorithm: 'percentile', percentile: 75 } });
    for (const [, { min, max }] of ranges.entries()) {
      expect(min).toBeCloseTo(0.25, 1);
      expect(max).toBeCloseTo(0.75, 1);
    }
  });

  test('names the tensor and the sample where values are not finite', async () => {
    const nan = calibrate(small, sourceOf({ ...good, roots: [row(1, 4, 9), row(1, -4, 9)] }), { file: 'm.tflite' });
    const [found] = await findingsOf(nan);
    expect(found).toMatchObject({ code: 'not-finite', op: 'SQRT' });
    expect(found?.detail).toMatch(/^tensor '.+', computed by SQRT, has values that are NaN for sample 1\.$/);
    expect(found?.locations).toEqual([{ signature: 'roots', file: 'm.tflite', node: expect.stringMatching(/./) }]);
    const [infinite] = await findingsOf(calibrate(small, sourceOf({ ...good, roots: [row(-2, 4, 9)] })));
    expect(infinite?.detail).toMatch(/has values that are (infinite|NaN) for sample 0\.$/);
  });

  test('a tensor that is not finite where the outputs are has no range', async () => {
    const guarded = `signature "f" (%x "x": tensor<1x3xf32>) -> ("y") { %k = const 0.0 : tensor<f32>
      %d = tfl.div(%x, %x) %m = tfl.not_equal(%x, %k) %y = tfl.select_v2(%m, %d, %k) return %y }`;
    const ranges = await calibrate(
      exportModule(parse(guarded)),
      sourceOf({
        f: [
          [1, 2, 4],
          [0, 2, 4],
        ].map((values) => ({ x: Tensor.float32(values, [1, 3]) })),
      }),
    );
    expect([...ranges.entries()].map(([, { min, max }]) => [min, max])).toEqual([
      [0, 4],
      [0, 1],
    ]);
  });

  test('of a tensor without elements nothing is known', async () => {
    const empty = 'signature "f" (%x "x": tensor<1x0xf32>) -> ("y") { %y = tfl.relu(%x) return %y }';
    const sample = Tensor.from('float32', [1, 0], new Float32Array(0));
    expect([...(await calibrate(exportModule(parse(empty)), sourceOf({ f: [{ x: sample }] }))).entries()]).toEqual([]);
  });

  test('refuses to go without samples, and passes on what is wrong with one', async () => {
    expect(await findingsOf(calibrate(small, sourceOf({ roots: good.roots })))).toMatchObject([
      { code: 'invalid-data', detail: "there are no samples to calibrate signature 'positive' with." },
    ]);
    expect(await findingsOf(calibrate(digits, await openDataSet('test/data/fixtures/stored.npz')))).toMatchObject([
      { code: 'invalid-data', detail: expect.stringMatching(/the array 'image' is missing; there is 'x'/) },
    ]);
    expect(
      await findingsOf(calibrate(small, sourceOf({ ...good, roots: [{ x: Tensor.float32([1]) }] }))),
    ).toMatchObject([{ code: 'invalid-data' }, { code: 'invalid-data' }]);
  });
});

describe('random numbers', () => {
  test('are a last resort, which is said', async () => {
    const { source, diagnostics } = await openCalibrationData('random');
    expect(diagnostics).toMatchObject([{ code: 'random-calibration', severity: 'warning' }]);
    const ranges = await calibrate(digits, source);
    expect(ranges.samples.get('serving_default')).toBe(32);
    expect(formatRanges(ranges)).toBe(formatRanges(await calibrate(digits, randomSamples())));
    expect((await openCalibrationData('examples/digits/calibration.npz')).diagnostics).toEqual([]);
  });
});

/** A model of one op that gives what it gets. */
function reshapeModel(shape: readonly number[]): Uint8Array {
  const record = parseModel(digits);
  const [graph] = record.subgraphs;
  const input = graph?.inputs[0] as number;
  const template = graph?.tensors[input];
  const operator = graph?.operators.find(
    ({ opcode_index }) => record.operator_codes[opcode_index]?.builtin_code === 'RESHAPE',
  );
  if (!graph || !template || !operator) throw new Error('the fixture has changed');
  const tensor = (name: string) => ({ ...template, name, shape: [...shape], shape_signature: [] });
  return serializeModel({
    ...record,
    signature_defs: [],
    subgraphs: [
      {
        ...graph,
        tensors: [tensor('x'), tensor('y')],
        inputs: [0],
        outputs: [1],
        operators: [
          {
            ...operator,
            inputs: [0],
            outputs: [1],
            builtin_options: { type: 'ReshapeOptions', value: { new_shape: [...shape] } },
          },
        ],
      },
    ],
  });
}
