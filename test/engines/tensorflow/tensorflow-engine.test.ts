import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { readNpz, writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { nativeEngine } from '../../../src/engines/native.js';
import type { ConvertRequest } from '../../../src/engines/tensorflow/convert-request.js';
import type { TensorFlowSettings } from '../../../src/engines/tensorflow/python-settings.js';
import { tensorflowEngine } from '../../../src/engines/tensorflow/tensorflow-engine.js';
import { TensorFlowProcess } from '../../../src/engines/tensorflow/tensorflow-process.js';
import { fakePython } from '../../support/fake-python.js';

jest.setTimeout(60_000);

const MODEL = 'test/op-cases/Relu__0/saved_model';
const converted = join(mkdtempSync(join(tmpdir(), 'engine-')), 'model.tflite');
// Its end is another than our own writer's.
writeFileSync(converted, Buffer.concat([serializeModel(nativeEngine.convert(MODEL, {}).model), new Uint8Array(16)]));
const [input] = nativeEngine.convert(MODEL, {}).model.signature_defs?.[0]?.inputs ?? [];
const inputName = input?.name as string;

const processes: TensorFlowProcess[] = [];
afterEach(async () => {
  for (const process of processes.splice(0)) await process.dispose();
});

function engineOf(settings: TensorFlowSettings) {
  const process = new TensorFlowProcess(settings);
  processes.push(process);
  return tensorflowEngine(process);
}

/** Gives a model that is there already, and keeps the samples that it was given. */
const CONVERTS = `
if (request.kind === 'convert') {
  if (request.samples) fs.cpSync(request.samples, require('node:path').join(__dirname, 'samples'), { recursive: true });
  fs.copyFileSync(${JSON.stringify(converted)}, request.output);
}`;

function requestsOf(python: string): ConvertRequest[] {
  const lines = readFileSync(join(dirname(python), 'requests.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as ConvertRequest);
}

describe('the tensorflow engine', () => {
  test('asks for what the options say', async () => {
    const python = fakePython(CONVERTS);
    const { model } = await engineOf({ python }).convert(MODEL, {
      selectTfOps: true,
      allowCustomOps: ['Foo'],
      scheme: 'float16',
      inputShapes: new Map([[inputName, [1, null]]]),
    });
    expect(model).toEqual(new Uint8Array(readFileSync(converted)));
    expect(requestsOf(python)).toEqual([
      { kind: 'start' },
      expect.objectContaining({
        kind: 'convert',
        savedModel: join(process.cwd(), MODEL),
        tags: ['serve'],
        signatures: ['serving_default'],
        inputShapes: { [inputName]: [1, null] },
        scheme: 'float16',
        ioType: 'float32',
        selectTfOps: true,
        allowCustomOps: true,
        samples: null,
      }),
    ]);
  });

  test('gives representative data as files, one a sample, in their order', async () => {
    const python = fakePython(CONVERTS);
    const shape = readNpz(readFileSync(join(dirname(MODEL), 'inputs.npz'))).get(inputName)?.shape as number[];
    const size = shape.reduce((a, b) => a * b, 1);
    const rows = Tensor.from(
      'float32',
      [3 * (shape[0] as number), ...shape.slice(1)],
      new Float32Array(3 * size).map((_, i) => i),
    );
    const data = join(dirname(python), 'data.npz');
    writeFileSync(data, writeNpz(new Map([[inputName, rows]])));
    await engineOf({ python }).convert(MODEL, { scheme: 'int8', representativeData: data, ioType: 'int8' });
    expect(requestsOf(python)[1]).toMatchObject({ scheme: 'int8', ioType: 'int8' });
    const last = readNpz(readFileSync(join(dirname(python), 'samples', '0000-000000002.npz'))).get(inputName);
    expect([last?.shape, last?.data[0]]).toEqual([shape, 2 * size]);
  });

  test('makes inputs of pictures as it is told', async () => {
    const python = fakePython(CONVERTS);
    const representative = {
      representativeData: 'test/data/fixtures/pictures',
      representativeOptions: { image: { scale: 0, mean: 3, std: 2 } },
    };
    await engineOf({ python }).convert('examples/digits/saved_model', { scheme: 'int8', ...representative });
    const [values] = readNpz(readFileSync(join(dirname(python), 'samples', '0000-000000000.npz'))).values();
    expect([...new Set(values?.data as Float32Array)]).toEqual([-1.5]);
  });

  test('refuses floats between integers where only integers may be', async () => {
    const python = fakePython(CONVERTS);
    const options = { scheme: 'int8-only', representativeData: 'random' };
    await expect(engineOf({ python }).convert(MODEL, options)).rejects.toMatchObject({
      diagnostics: [
        {
          code: 'unsupported-op',
          op: 'RELU',
          detail: expect.stringContaining('leaves it with floats'),
          locations: [{}],
        },
      ],
    });
    await engineOf({ python }).convert(MODEL, { ...options, scheme: 'int8' });
  });

  test('refuses shapes of inputs that there are not', async () => {
    const options = { inputShapes: new Map([['nothing', [1]]]) };
    await expect(engineOf({}).convert(MODEL, options)).rejects.toThrow('A shape is given for `nothing`');
  });

  test.each([
    [{ tags: ['gpu'] }, 'unknown-tag'],
    [{ signatures: ['serve_me'] }, 'unknown-signature'],
    [{ scheme: 'int8' }, 'invalid-option'],
  ])('refuses %j before TensorFlow is started', async (options, code) => {
    const python = fakePython(CONVERTS);
    await expect(engineOf({ python }).convert(MODEL, options)).rejects.toMatchObject({ diagnostics: [{ code }] });
    expect(existsSync(join(dirname(python), 'requests.jsonl'))).toBe(false);
  });

  test('tells what the converter says', async () => {
    const message = readFileSync('test/engines/tensorflow/fixtures/tensor-lists.txt', 'utf8');
    const python = fakePython(
      `if (request.kind === 'convert') return { ok: false, error: 'ConverterError', message: ${JSON.stringify(message)} }`,
    );
    await expect(engineOf({ python }).convert(MODEL, {})).rejects.toMatchObject({
      diagnostics: [{ code: 'unsupported-op', op: 'TensorListReserve' }],
    });
  });
});
