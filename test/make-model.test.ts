import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { serializeModel } from '#tflite/file/write-model.js';
import { nativeEngine } from '../src/engines/native.js';
import { TensorFlowProcess } from '../src/engines/tensorflow/tensorflow-process.js';
import { makeModel } from '../src/make-model.js';
import { fakePython } from './support/fake-python.js';

jest.setTimeout(60_000);

const MODEL = 'test/op-cases/Relu__0/saved_model';
/** The native engine has no kernels for its ops. */
const REFUSED = 'test/tensorflow/flex/select';
const NOWHERE = new TensorFlowProcess({ python: '/nowhere/python' });

const processes: TensorFlowProcess[] = [];
afterEach(async () => {
  for (const process of processes.splice(0)) await process.dispose();
});

function started(python: string): TensorFlowProcess {
  const process = new TensorFlowProcess({ python });
  processes.push(process);
  return process;
}

describe('a model by the native engine', () => {
  test('stays float where nothing else is asked for', async () => {
    const made = await makeModel(MODEL, { scheme: 'float32', ioType: 'float32' }, 'native', NOWHERE);
    expect([made.engine, made.report]).toEqual(['native', undefined]);
  });

  test.each([{ scheme: 'int8' }, { recipe: 'exact-outputs' }, { scheme: 'int8', ioType: 'int8' }])(
    'is quantized as %j says',
    async (options) => {
      const all = { ...options, representativeData: 'random' };
      const made = await makeModel(MODEL, all, 'native', NOWHERE);
      expect(made.report?.ops.length).toBeGreaterThan(0);
    },
  );
});

describe('a model by whichever engine can', () => {
  test('is made natively if that goes', async () => {
    const made = await makeModel(MODEL, {}, 'auto', NOWHERE);
    expect([made.engine, made.diagnostics]).toEqual(['native', []]);
  });

  test('is made by TensorFlow where the native engine refuses it, which is said', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'make-')), 'model.tflite');
    writeFileSync(file, serializeModel(nativeEngine.convert(MODEL, {}).model));
    const python = fakePython(
      `if (request.kind === 'convert') fs.copyFileSync(${JSON.stringify(file)}, request.output)`,
    );
    const made = await makeModel(REFUSED, {}, 'auto', started(python));
    expect(made.engine).toBe('tensorflow');
    expect(made.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['other-engine', 'notice']]);
    expect(made.diagnostics[0]?.detail).toMatch(/as the native one refuses it: \w+: /);
  });

  test('that both refuse is told with what both say, each op once', async () => {
    const message = 'TF Select ops: ParseExampleV2, SomethingElse\n';
    const python = fakePython(
      `if (request.kind === 'convert') return { ok: false, error: 'ConverterError', message: ${JSON.stringify(message)} }`,
    );
    const failure = makeModel(REFUSED, {}, 'auto', started(python));
    const { diagnostics } = (await failure.catch((error: unknown) => error)) as {
      diagnostics: { op: string; detail: string }[];
    };
    const ops = diagnostics.map(({ op }) => op);
    expect(ops.filter((op) => op === 'ParseExampleV2')).toHaveLength(1);
    expect(ops.at(-1)).toBe('SomethingElse');
    expect(diagnostics.find(({ op }) => op === 'ParseExampleV2')?.detail).toMatch(
      /; the official converter refuses it as well$/,
    );
  });

  test('is told with why TensorFlow cannot be asked', async () => {
    const failure = makeModel(REFUSED, {}, 'auto', NOWHERE);
    const { diagnostics } = (await failure.catch((error: unknown) => error)) as { diagnostics: { code: string }[] };
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['unsupported-op', 'engine-missing']));
  });

  test('is not given to TensorFlow for wrong input', async () => {
    await expect(makeModel('test/nothing', {}, 'auto', NOWHERE)).rejects.toMatchObject({
      diagnostics: [{ code: 'not-a-saved-model' }],
    });
  });
});
