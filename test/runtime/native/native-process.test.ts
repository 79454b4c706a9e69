import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { koffiFile, processArguments } from '#runtime/assets.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { LiteRtInterpreter } from '#runtime/litert-interpreter.js';
import { type LiteRtLibrary, libraryFile, refuseUnknownVersion } from '#runtime/native/litert-library.js';
import type { NativeRequest } from '#runtime/native/messages.js';
import { nativeProcess } from '#runtime/native/native-process.js';
import { tryLibrary } from '#runtime/native/try-library.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { makeRunnableCopy } from '#runtime/runnable-copy.js';
import { RuntimeWorker } from '#runtime/worker-client.js';
import { Tensor } from '#tensor/tensor.js';
import { parseModel } from '#tflite/file/read-model.js';
import { availableLibrary } from '../../support/litert-library.js';
import { differences, findingsOf, modelBytes, recordedRun } from '../fixtures.js';

jest.setTimeout(60_000);

const library = await availableLibrary();
const withLibrary = library ? describe : describe.skip;
const runtime = library as LiteRtLibrary;
const isLinux = process.platform === 'linux';

const opened: Interpreter[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((interpreter) => interpreter.dispose()));
});

async function open(model: string | Uint8Array): Promise<Interpreter> {
  const interpreter = await openInterpreter(typeof model === 'string' ? modelBytes(model) : model, { runtime });
  opened.push(interpreter);
  return interpreter;
}

const scratchFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('tflite-gate-litert-'));

/** Processes that this one started to run models, by their folders. Linux only. */
function processes(): { pid: number; folder: string; environment: string }[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (!status.includes(`PPid:\t${process.pid}\n`)) return [];
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      const folder = /(?:^|\0)HOME=([^\0]*tflite-gate-litert-[^\0]*)/.exec(environment)?.[1];
      return folder === undefined ? [] : [{ pid: Number(pid), folder, environment }];
    } catch {
      return [];
    }
  });
}

withLibrary('text', () => {
  test('in and out, of unknown size and length, given through, and constant', async () => {
    const interpreter = await open('text');
    for (const number of [1, 2, 1]) {
      const { inputs, outputs } = recordedRun('text', number);
      const { outputs: found } = await interpreter.run(inputs);
      expect(texts(found)).toEqual(texts(outputs));
    }
  });

  test('as input alone', async () => {
    const interpreter = await open('text_input');
    const x = Tensor.fromStrings([2], [Buffer.from('first'), Buffer.from('é')]);
    const { outputs } = await interpreter.run({ x });
    expect(texts(outputs)).toEqual({ y: { shape: [2, 1], values: ['first', 'é'] } });
  });

  test('that is too long is an error, not cut off', async () => {
    const interpreter = await open('text_input');
    const x = Tensor.fromStrings([2], [Buffer.alloc(2 ** 24, 'a'), Buffer.from('b')]);
    const [finding] = await findingsOf(interpreter.run({ x }));
    expect(finding?.detail).toMatch(/buffer too small/);
  });
});

/** Text as strings, other tensors as numbers. */
function texts(tensors: ReadonlyMap<string, Tensor>) {
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => {
      const isText = tensor.dtype === 'string';
      const values = isText
        ? tensor.strings.map((text) => Buffer.from(text).toString())
        : Array.from(tensor.data, Number);
      return [name, { shape: [...tensor.shape], values }];
    }),
  );
}

withLibrary('the process', () => {
  test('gives large tensors whole', async () => {
    const interpreter = await open('scalars');
    const n = Tensor.from(
      'int32',
      [400_000, 2],
      Int32Array.from({ length: 800_000 }, (_, i) => i),
    );
    const { outputs } = await interpreter.run({ x: Tensor.float32([1], []), n });
    const m = outputs.get('m')?.data as Int32Array;
    expect(m.every((value, i) => value === i + 1)).toBe(true);
  });

  test('has nothing of the environment, and leaves nothing behind', async () => {
    const before = scratchFolders();
    process.env['SOME_TOKEN'] = 'secret';
    const interpreter = await open('int8');
    await interpreter.run(recordedRun('int8').inputs);
    delete process.env['SOME_TOKEN'];
    expect(scratchFolders().length).toBeGreaterThan(before.length);
    if (isLinux) for (const { environment } of processes()) expect(environment).not.toMatch(/SOME_TOKEN|PATH=\//);
    await interpreter.dispose();
    expect(scratchFolders()).toEqual(before);
  });

  (isLinux ? test : test.skip)('is started again where it was killed', async () => {
    const interpreter = await open('endless');
    let isRunning = true;
    const running = findingsOf(interpreter.run({ x: Tensor.float32([0.5]) })).finally(() => {
      isRunning = false;
    });
    // A failure may be one of the shapes that were expected: it is tried once more.
    while (isRunning) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
    }
    expect(await running).toMatchObject([
      { code: 'run-failed', detail: 'the runtime crashed: its process ended by signal SIGKILL' },
    ]);
    const { inputs, outputs } = recordedRun('endless');
    for (let round = 0; round < 2; round++) {
      expect(differences((await interpreter.run(inputs)).outputs, outputs)).toEqual([]);
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });

  (isLinux ? test : test.skip)('is ended where it takes too much memory', async () => {
    const kind = nativeProcess(runtime, 2 ** 20);
    const interpreter = new LiteRtInterpreter(parseModel(modelBytes('endless')), {}, kind);
    opened.push(interpreter);
    const [finding] = await findingsOf(interpreter.run({ x: Tensor.float32([0.5]) }));
    expect(finding).toMatchObject({ code: 'run-failed' });
    expect(finding?.detail).toMatch(/^out of memory: the runtime took more than /);
    expect(finding?.help).toHaveLength(1);
  });

  test('ends with its folder where the one that started it is gone, whatever it is doing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-litert-'));
    const plan = { key: 'k', subgraph: 0, inputs: [{ tensor: 0, dims: [1] }], measured: [], fetched: [] };
    const model = parseModel(modelBytes('endless'));
    const output = model.subgraphs[0]?.outputs[0] as number;
    const { bytes } = makeRunnableCopy(model, [{ ...plan, fetched: [{ tensor: output, dims: [] }] }]);
    writeFileSync(join(folder, 'model-0'), bytes);
    writeFileSync(join(folder, 'inputs'), new Uint8Array(Float32Array.of(0.5).buffer));
    const child = spawn(process.execPath, [...processArguments(), koffiFile(), runtime.path], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ended = once(child, 'exit');
    expect(await ask(child, { kind: 'compile', model: 0, file: 'model-0' })).toMatchObject({ ok: true });
    const inputs = [{ name: 'i0', offset: 0, byteLength: 4, elementType: 1, dims: [1] }];
    child.send({ kind: 'run', model: 0, signature: 'k', inputs } satisfies NativeRequest);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode).toBeNull();
    child.disconnect();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(existsSync(folder)).toBe(false);
  });
});

async function ask(child: ChildProcess, request: NativeRequest): Promise<unknown> {
  child.send(request);
  const [reply] = await once(child, 'message');
  return reply;
}

(library && isLinux ? test : test.skip)(
  'files that cannot be written are a failure, and the next run is right',
  async () => {
    const interpreter = await open('scalars');
    const sum = async (rows: number) => {
      const n = Tensor.int32(new Array(rows * 2).fill(rows), [rows, 2]);
      const { outputs } = await interpreter.run({ x: Tensor.float32([1], []), n });
      return [...(outputs.get('m') as Tensor).data];
    };
    expect(await sum(1)).toEqual([2, 2]);
    for (const { folder } of processes()) rmSync(folder, { recursive: true });
    const [finding] = await findingsOf(sum(2));
    expect(finding).toMatchObject({ code: 'run-failed' });
    expect(finding?.detail).toMatch(/^its files cannot be used: ENOENT/);
    expect(await sum(2)).toEqual([3, 3, 3, 3]);
  },
);

test('a process that cannot be started is a failure as well', async () => {
  const start = () => {
    throw new Error('no space left');
  };
  const worker = new RuntimeWorker({ name: 'none', takesText: false, tooLarge: 0, start });
  await expect(worker.request({ kind: 'free', model: 0 }, 1000)).rejects.toMatchObject({
    reason: 'failed',
    message: 'the runtime cannot be started: no space left',
  });
});

withLibrary('models that are damaged', () => {
  test('never give anything but an error or their results', async () => {
    const original = modelBytes('int8');
    const { inputs } = recordedRun('int8');
    let failed = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const bytes = new Uint8Array(original);
      bytes[(seed * 7919) % bytes.length] = (seed * 31) & 0xff;
      try {
        const interpreter = await open(bytes);
        const { outputs } = await interpreter.run(inputs);
        expect([...outputs.keys()].length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ name: 'DiagnosticError' });
        failed++;
      }
      await Promise.all(opened.splice(0).map((interpreter) => interpreter.dispose()));
    }
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(30);
  });
});

describe('a library', () => {
  test('of another version is refused before it is loaded', async () => {
    for (const version of ['2.2.0', '2.4.0', '3.0.0', 'unknown']) {
      const [finding] = await findingsOf(Promise.resolve().then(() => refuseUnknownVersion({ path: 'l.so', version })));
      expect(finding).toMatchObject({
        code: 'runtime-missing',
        detail: `l.so is of ai-edge-litert ${version}; only 2.3 is known.`,
      });
    }
    expect(() => refuseUnknownVersion({ path: 'l.so', version: '2.3.1' })).not.toThrow();
  });

  test('that is none is told as such, not as a model that cannot be run', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'library-')), libraryFile());
    writeFileSync(path, 'no library');
    const [finding] = await findingsOf(tryLibrary({ path, version: '2.3.0' }));
    expect(finding).toMatchObject({ code: 'runtime-missing' });
    expect(finding?.detail).toContain(`${path} cannot be used: `);
  });

  (isLinux ? test : test.skip)('without the functions is told as such', async () => {
    const [finding] = await findingsOf(tryLibrary({ path: koffiFile(), version: '2.3.0' }));
    expect(finding).toMatchObject({ code: 'runtime-missing' });
    expect(finding?.detail).toMatch(/LiteRtCreateEnvironment/);
  });
});
