import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { compareWithTensorFlow } from '#check/compare-with-tensorflow.js';
import type { MeasureJob } from '#check/measure-job.js';
import type { VariantConfig } from '#config/config.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import { writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { nativeEngine } from '../../src/engines/native.js';
import { fakePython } from '../support/fake-python.js';

jest.setTimeout(60_000);

const MODEL = resolve('test/op-cases/Relu__0/saved_model');
const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const file = join(folder, 'model.tflite');
const bytes = serializeModel(nativeEngine.convert(MODEL, {}).model);
writeFileSync(file, bytes);

function variant(name: string, quantize: VariantConfig['quantize']): VariantConfig {
  return { name, quantize, recipe: undefined, ioType: 'float32' } as VariantConfig;
}

function job(python: string): MeasureJob {
  return {
    savedModel: MODEL,
    selection: {},
    evaluate: { data: undefined, limit: 1, seed: 1 },
    variants: [variant('float32', 'float32'), variant('int8', 'int8')],
    tensorflow: { python },
  } as unknown as MeasureJob;
}

/** TensorFlow gives what LiteRT gives for the first random inputs, each number times `factor`. */
async function tensorflowGiving(factor: number): Promise<string> {
  const interpreter = await openInterpreter(bytes);
  try {
    const [signature] = interpreter.signatures;
    const { outputs } = await interpreter.run(randomInputs(signature as NonNullable<typeof signature>, { seed: 1 }));
    const scaled = [...outputs].map(([name, { shape, data }]): [string, Tensor] => [
      name,
      Tensor.from(
        'float32',
        shape,
        (data as Float32Array).map((value) => value * factor),
      ),
    ]);
    const python = fakePython(
      `if (request.kind === 'run') fs.copyFileSync(require('node:path').join(__dirname, 'out.npz'), request.outputs)`,
    );
    writeFileSync(join(dirname(python), 'out.npz'), writeNpz(new Map(scaled)));
    return python;
  } finally {
    await interpreter.dispose();
  }
}

const files = new Map([
  ['float32', file],
  ['int8', file],
]);

describe('files compared with TensorFlow', () => {
  test('pass where they give the same', async () => {
    const found = await compareWithTensorFlow(job(await tensorflowGiving(1)), files);
    const { checks, problems } = found.get('float32') as NonNullable<ReturnType<typeof found.get>>;
    expect(checks.map(({ id, verdict, kind }) => [id, verdict, kind])).toEqual([
      ['verify.tensorflow', 'pass', 'accuracy'],
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['compared-with-tensorflow']);
    expect(problems[0]?.detail).toContain('On 1 random samples');
    expect(problems[0]?.detail).toContain('the outputs are equal');
  });

  test('fail where a float one gives something else; of a quantized one it is told', async () => {
    const found = await compareWithTensorFlow(job(await tensorflowGiving(1.01)), files);
    expect(found.get('float32')?.checks).toMatchObject([{ verdict: 'fail', limit: 60, unit: 'dB' }]);
    expect(found.get('float32')?.checks[0]?.measured).toBeCloseTo(40.1, 1);
    expect(found.get('int8')?.checks).toEqual([]);
    expect(found.get('int8')?.problems[0]?.detail).toContain('signal to noise 40.1 dB');
  });

  test('fail where TensorFlow does not run the SavedModel', async () => {
    const python = fakePython(`if (request.kind === 'load') return { ok: false, error: 'ValueError', message: 'no' }`);
    const found = await compareWithTensorFlow(job(python), files);
    expect(found.get('float32')?.checks).toMatchObject([{ verdict: 'fail', measured: null }]);
    expect(found.get('int8')?.problems).toMatchObject([
      { code: 'engine-stopped', detail: expect.stringContaining('ValueError: no') },
    ]);
  });

  test('cannot be compared without TensorFlow', async () => {
    await expect(compareWithTensorFlow(job('/nowhere/python'), files)).rejects.toMatchObject({
      diagnostics: [{ code: 'engine-missing' }],
    });
  });
});
