import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { debugModel } from '#debug-model.js';
import type { DebugReport } from '#quantize/debug/layer-error.js';
import { quantizeModel } from '#quantize-model.js';
import { exportModule } from '#tflite/export/export-module.js';
import { writeModel } from '../../../src/index.js';
import { parse } from '../../support/dialects.js';

// Models are converted, quantized and run, on machines that may be busy.
jest.setTimeout(60_000);

const FLOAT = 'examples/digits/saved_model';
const OFFICIAL = 'test/quantize/fixtures/digits.tflite';
const DATA = 'examples/digits/calibration.npz';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-debug-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function debugged(scheme: string, against: string, ioType = 'float32'): Promise<DebugReport> {
  const path = join(folder, `${scheme}-${ioType}.tflite`);
  const { model } = await quantizeModel(FLOAT, { scheme, ioType, representativeData: DATA });
  await writeModel(model, path);
  return debugModel(path, { against, data: DATA, limit: 10 });
}

function layer({ layers }: DebugReport, op: string) {
  const found = layers.find((candidate) => candidate.op === op);
  if (!found) throw new Error(`there is no ${op}`);
  return found;
}

describe('int8', () => {
  test('each op is charged with its own error', async () => {
    const report = await debugged('int8', FLOAT);
    expect([report.unmatched, report.notes, report.samples]).toEqual([[], [], { serving_default: 10 }]);
    expect(report.layers.every(({ total }) => total.sqnr > 30 && total.cosine > 0.999)).toBe(true);
    // The input's error is that of rounding it; all that is done to it is its own.
    const input = layer(report, 'QUANTIZE');
    expect(input.local?.noise).toBe(input.rounding.noise);
    expect([input.total.noise, input.floatGain, input.int16Gain]).toEqual([input.rounding.noise, 1, 1]);
    // What only chooses and moves has inherited its error.
    for (const op of ['MAX_POOL_2D', 'RESHAPE']) {
      expect(layer(report, op)).toMatchObject({ local: { noise: 0 }, damage: 0, floatGain: 0, int16Gain: 0 });
    }
    const dense = layer(report, 'FULLY_CONNECTED');
    expect(dense.local?.noise).toBeLessThan(dense.total.noise);
    expect(dense.floatGain).toBeLessThan(1);
    const conv = layer(report, 'CONV_2D');
    expect(conv.floatGain).toBeGreaterThan(conv.int16Gain ?? 1);
  });

  test('against the file of another converter, whose tensors have other names', async () => {
    const [ours, official] = [await debugged('int8', FLOAT), await debugged('int8', OFFICIAL)];
    expect(official.unmatched).toEqual([]);
    expect(layer(official, 'FULLY_CONNECTED').floatTensor).not.toBe(layer(ours, 'FULLY_CONNECTED').floatTensor);
    for (const { op, index, total } of official.layers) {
      const same = ours.layers.find((candidate) => candidate.op === op && candidate.index === index);
      expect(total.sqnr).toBeCloseTo(same?.total.sqnr ?? 0, 1);
    }
  });

  test('with integer inputs and outputs', async () => {
    const report = await debugged('int8', FLOAT, 'int8');
    expect(report.unmatched).toEqual([]);
    expect(layer(report, 'FULLY_CONNECTED').total.sqnr).toBeGreaterThan(30);
  });
});

test('int16x8 has the error of its weights alone', async () => {
  const report = await debugged('int16x8', FLOAT);
  const conv = layer(report, 'CONV_2D');
  expect([conv.dtype, conv.int16Gain]).toEqual(['int16', undefined]);
  expect(conv.local?.noise).toBeGreaterThan(100 * conv.rounding.noise);
});

test('against itself nothing is lost', async () => {
  const { layers, unmatched } = await debugModel(OFFICIAL, { against: OFFICIAL, data: DATA, limit: 3 });
  expect(unmatched).toEqual([]);
  expect(layers.length).toBeGreaterThan(4);
  expect(layers.every(({ total, local, damage }) => total.noise === 0 && local?.noise === 0 && damage === 0)).toBe(
    true,
  );
});

test('a loop is compared as a whole, and a note says so', async () => {
  const body = `%one = const 1 : tensor<i32> %next = tfl.add(%n, %one) %w = const iota(0.01) : tensor<8x8xf32>
    %product = tfl.fully_connected(%h, %w, none) %new = tfl.tanh(%product) return %next, %new`;
  const module = parse(`signature "serving_default" (%x "x": tensor<1x8xf32>) -> ("y") {
    %n = const 0 : tensor<i32>
    %m, %y = tfl.while(%n, %x) (%n: tensor<i32>, %h: tensor<1x8xf32>) {
      %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
    } (%n: tensor<i32>, %h: tensor<1x8xf32>) { ${body} } return %y }`);
  const [float, path, data] = ['loop.tflite', 'loop-int8.tflite', 'loop.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(data, '{"x": [1, 2, -1, 0, 0.5, -2, 1, 1]}\n{"x": [0, -2, 1, 3, -0.5, 2, 1, -1]}\n');
  await writeModel(exportModule(module), float);
  const { model } = await quantizeModel(float, { scheme: 'int8', representativeData: data });
  await writeModel(model, path);
  const report = await debugModel(path, { against: float, data, limit: 3 });
  expect(layer(report, 'WHILE')).toMatchObject({ dtype: 'int16', whyFloat: undefined });
  expect(report.notes).toContain('Loops and branches are compared as a whole, not the ops in them.');
});
