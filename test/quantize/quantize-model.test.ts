import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { formatRecipe } from '#quantize/recipe-file.js';
import { type Calibrations, type QuantizeModelOptions, quantizeModel } from '#quantize-model.js';
import { writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';

jest.setTimeout(60_000);

const model = 'examples/digits/saved_model';
const representativeData = 'examples/digits/calibration.npz';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function quantized(options: QuantizeModelOptions) {
  const { model: record, diagnostics } = await quantizeModel(model, options);
  return { bytes: serializeModel(record), codes: diagnostics.map(({ code }) => code) };
}

test('a saved calibration says that layers are not refined by it, unless none are to be', async () => {
  const calibration = join(folder, 'ranges.json');
  const refined = await quantized({ scheme: 'int8', representativeData, saveCalibration: calibration });
  const plain = await quantized({ scheme: 'int8', calibration });
  expect([refined.codes, plain.codes]).toEqual([[], ['not-refined']]);
  expect(plain.bytes).not.toEqual(refined.bytes);
  const recipe = join(folder, 'plain.yaml');
  const options = { biasCorrection: false, adaptiveRounding: false };
  writeFileSync(recipe, formatRecipe({ name: 'plain', default: 'int8', rules: [], options }));
  expect(await quantized({ recipe, calibration })).toEqual(await quantized({ recipe, representativeData }));
});

test('a calibration that serves several recipes gives what each finds by itself', async () => {
  const calibrations: Calibrations = new Map();
  for (const scheme of ['int8', 'int16x8', 'int8']) {
    const shared = await quantized({ scheme, representativeData, calibrations });
    expect(shared.bytes).toEqual((await quantized({ scheme, representativeData })).bytes);
  }
  expect(calibrations.size).toBe(1);
});

test('ops without a result, as of variables and branches, do not stand in the way', async () => {
  const { report } = await quantizeModel('test/op-cases/AssignVariableOp__0/saved_model', {
    scheme: 'int8',
    representativeData: 'random',
  });
  expect(report.ops.map(({ op }) => op)).toContain('ASSIGN_VARIABLE');
});

test('pictures are calibrated on as the options say: as the same numbers in an array are', async () => {
  const pictures = 'test/data/fixtures/pictures';
  const options = { image: { scale: 1 / 16, mean: 8 } };
  const inputs = [{ name: 'image', dtype: 'float32', shape: [1, 8, 8, 1] } as const];
  const numbers: number[] = [];
  for await (const { values } of (await openDataSet(pictures, options)).samples({ key: '', inputs })) {
    numbers.push(...((values.get('image') as Tensor).data as Float32Array));
  }
  const tensor = Tensor.from('float32', [numbers.length / 64, 8, 8, 1], Float32Array.from(numbers));
  const arrays = join(folder, 'pictures.npz');
  writeFileSync(arrays, writeNpz(new Map([['image', tensor]])));
  const expected = await quantized({ scheme: 'int8', representativeData: arrays });
  const told = { scheme: 'int8', representativeData: pictures, representativeOptions: options };
  expect(await quantized(told)).toEqual(expected);
  expect(await quantized({ ...told, representativeOptions: undefined })).not.toEqual(expected);
});
