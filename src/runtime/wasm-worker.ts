/**
 * Entry of the worker thread: holds one instance of LiteRT's wasm and the models compiled in it. Stands alone (types
 * and Node's own modules aside), because it is also bundled as a file of its own.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import type {
  CompiledModel,
  Deletable,
  LiteRtModule,
  LoadedModel,
  ModuleFactory,
  TensorBuffer,
  Vector,
} from './litert-module.js';
import type {
  LoadedRuntime,
  RuntimeFiles,
  WireTensor,
  WorkerReply,
  WorkerRequest,
  WorkerShare,
  WorkerStart,
} from './worker-protocol.js';

interface SignatureNames {
  readonly index: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Compiled {
  readonly model: CompiledModel;
  readonly loaded: LoadedModel;
  readonly address: number;
  readonly signatures: ReadonlyMap<string, SignatureNames>;
}

/** The budget of any other code: what Node 20 has by itself. */
const EARLY = 1_800_000;

const log: string[] = [];
const compiledModels = new Map<number, Compiled>();

const port = parentPort;
if (port === null) throw new Error('wasm-worker must run as a worker thread');
let start: (message: WorkerStart) => void;
const runtimePromise = new Promise<WorkerStart>((resolve) => {
  start = resolve;
}).then(findRuntime);
const modulePromise = runtimePromise.then(instantiate);
const environmentPromise = modulePromise.then((module) => module.LiteRtEnvironment.create(null));
// A failure is reported by the request that awaits it.
environmentPromise.catch(() => undefined);

// One request at a time, in order: a compilation is asynchronous.
let last: Promise<void> = Promise.resolve();
port.on('message', (message: WorkerStart | WorkerShare | WorkerRequest) => {
  if (message.kind === 'start') {
    start(message);
    return;
  }
  if (message.kind === 'share') {
    void share(message.to);
    return;
  }
  last = last.then(async () => {
    const reply = await answer(message);
    const transfer = reply.ok ? [...reply.outputs.values()].map((bytes) => bytes.buffer as ArrayBuffer) : [];
    port.postMessage(reply, transfer);
  });
});

async function findRuntime({ files, loaded, from }: WorkerStart): Promise<LoadedRuntime> {
  const given = loaded ?? (from && (await received(from)));
  return given ?? load(files);
}

/** Where there is nothing to hand on, whoever waits at the other end finds the port closed. */
async function share(to: MessagePort): Promise<void> {
  const runtime = await runtimePromise.catch(() => undefined);
  if (runtime) to.postMessage(runtime);
  to.close();
}

/** Undefined where the thread that was to load it is gone. */
function received(from: MessagePort): Promise<LoadedRuntime | undefined> {
  return new Promise((resolve) => {
    from.once('message', (runtime: LoadedRuntime) => {
      resolve(runtime);
      from.close();
    });
    from.once('close', () => resolve(undefined));
  });
}

/** Takes about 90 ms, of which 35 are spent on decompressing. */
async function load({ wasm: path, glue: gluePath, flag, budget }: RuntimeFiles): Promise<LoadedRuntime> {
  try {
    const stored = readFileSync(path);
    const bytes = path.endsWith('.br') ? brotliDecompressSync(stored) : stored;
    if (flag !== undefined) setFlagsFromString(flag);
    // The budget is that of what is compiled while it is set.
    setFlagsFromString(`--wasm-tiering-budget=${budget}`);
    const wasm = await WebAssembly.compile(bytes).finally(() => setFlagsFromString(`--wasm-tiering-budget=${EARLY}`));
    return { wasm, glue: readFileSync(gluePath, 'utf8'), gluePath };
  } catch (error) {
    throw new Error(`the runtime cannot be loaded: ${(error as Error).message}`);
  }
}

async function instantiate({ wasm, glue, gluePath }: LoadedRuntime): Promise<LiteRtModule> {
  // The package's glue code is CommonJS in a package of ES modules: `require` would refuse it.
  const exported: { exports: unknown } = { exports: {} };
  const run = compileFunction(glue, ['module', 'exports', 'require', '__filename', '__dirname'], {
    filename: gluePath,
  });
  run(exported, exported.exports, createRequire(import.meta.url), gluePath, dirname(gluePath));
  const create = exported.exports as ModuleFactory;
  const add = (line: string) => {
    log.push(line);
  };
  const module = await new Promise<LiteRtModule>((resolve, reject) => {
    create({
      print: add,
      printErr: add,
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(wasm, imports).then((instance) => done(instance, wasm), reject);
        return {};
      },
    }).then(resolve, reject);
  });
  module.setupLogging();
  return module;
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  log.length = 0;
  try {
    const result = await perform(request);
    // LiteRT's bindings do not always throw: the log alone says that a run failed and its outputs are garbage.
    const error = log.find((line) => line.startsWith('ERROR'));
    if (error === undefined) return { ok: true, ...result, log: [...log] };
    return { ok: false, message: error, log: [...log] };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), log: [...log] };
  }
}

async function perform(request: WorkerRequest): Promise<{ outputs: Map<string, Uint8Array>; milliseconds: number }> {
  const outputs = new Map<string, Uint8Array>();
  const begin = performance.now();
  if (request.kind === 'compile') compiledModels.set(request.model, await compile(request.bytes));
  else if (request.kind === 'free') free(request.model);
  else return run(request.model, request.signature, request.inputs);
  return { outputs, milliseconds: performance.now() - begin };
}

async function compile(bytes: Uint8Array): Promise<Compiled> {
  const module = await modulePromise;
  const environment = await environmentPromise;
  const address = module._malloc(bytes.length);
  if (address === 0) throw new Error(`out of memory: the model takes ${bytes.length} bytes`);
  module.HEAPU8.set(bytes, address);
  const loaded = module.loadModel(environment, address, bytes.length);
  const model = await module.compileModel(environment, loaded, {
    environment: { liteRtEnvironment: environment },
    accelerator: 'wasm',
    cpuOptions: { numThreads: 1 },
    gpuOptions: {},
    webNNOptions: {},
  });
  return { model, loaded, address, signatures: readSignatures(loaded) };
}

function readSignatures(loaded: LoadedModel): Map<string, SignatureNames> {
  const signatures = new Map<string, SignatureNames>();
  for (let index = 0; index < loaded.getNumSignatures(); index++) {
    const signature = loaded.getSignature(index);
    const inputs = toArray(signature.inputNames());
    signatures.set(signature.key(), { index, inputs, outputs: toArray(signature.outputNames()) });
    signature.delete();
  }
  return signatures;
}

function toArray(vector: Vector<string>): string[] {
  const items = Array.from({ length: vector.size() }, (_, i) => vector.get(i) as string);
  vector.delete();
  return items;
}

function free(number: number): void {
  const compiled = compiledModels.get(number);
  if (compiled === undefined) return;
  compiledModels.delete(number);
  compiled.model.delete();
  compiled.loaded.delete();
  // Nobody waits for the module here: a compiled model exists, so it has been there for long.
  modulePromise.then((module) => module._free(compiled.address));
}

async function run(
  number: number,
  key: string,
  inputs: ReadonlyMap<string, WireTensor>,
): Promise<{ outputs: Map<string, Uint8Array>; milliseconds: number }> {
  const module = await modulePromise;
  const compiled = compiledModels.get(number);
  const signature = compiled?.signatures.get(key);
  if (compiled === undefined || signature === undefined)
    throw new Error(`no compiled model ${number} with signature ${key}`);

  const owned: Deletable[] = [];
  try {
    const buffers: TensorBuffer[] = [];
    for (const name of signature.inputs) {
      const tensor = inputs.get(name);
      if (tensor === undefined) throw new Error(`no value for input ${name}`);
      const buffer = await createBuffer(module, tensor);
      owned.push(buffer);
      buffers.push(buffer);
    }
    const begin = performance.now();
    const results = await compiled.model.run(signature.index, buffers);
    const milliseconds = performance.now() - begin;
    owned.push(...results);
    const outputs = new Map<string, Uint8Array>();
    signature.outputs.forEach((name, i) => {
      outputs.set(name, readBuffer(module, results[i] as TensorBuffer));
    });
    return { outputs, milliseconds };
  } finally {
    for (const object of owned) object.delete();
  }
}

async function createBuffer(module: LiteRtModule, tensor: WireTensor): Promise<TensorBuffer> {
  const elementType = module.ElementType[tensor.elementType];
  if (elementType === undefined) throw new Error(`unknown element type ${tensor.elementType}`);
  const dims = new module.VectorInt32();
  for (const dim of tensor.dims) dims.push_back(dim);
  const layout = module.LiteRtLayout.create(dims);
  const type = module.LiteRtRankedTensorType.create(elementType, layout);
  const { LiteRtTensorBuffer, LiteRtTensorBufferType } = module;
  const kind = LiteRtTensorBufferType.HOST_MEMORY;
  const buffer = LiteRtTensorBuffer.createManaged(await environmentPromise, kind, type, tensor.bytes.length);
  for (const object of [type, layout, dims]) object.delete();
  const address = buffer.lock(module.LiteRtTensorBufferLockMode.WRITE);
  module.HEAPU8.set(tensor.bytes, address);
  buffer.unlock();
  return buffer;
}

function readBuffer(module: LiteRtModule, buffer: TensorBuffer): Uint8Array {
  const address = buffer.lock(module.LiteRtTensorBufferLockMode.READ);
  const bytes = module.HEAPU8.slice(address, address + buffer.packedSize());
  buffer.unlock();
  return bytes;
}
