/**
 * The process that holds LiteRT's native library and the models compiled in it. Stands alone (types and Node's own
 * modules aside), because it is also bundled as a file of its own. Arguments: koffi's binary, the library. Its folder is
 * where bytes are exchanged; it is removed by this process where the one that started it is gone.
 */
import { openSync, readFileSync, readSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { brotliDecompressSync } from 'node:zlib';
import type Koffi from 'koffi';
import type { ExchangeFile, NativeReply, NativeRequest, NativeSuccess, StoredTensor } from './messages.js';

type Pointer = bigint;
type Native = ReturnType<ReturnType<typeof Koffi.load>['func']>;

/** What is called of litert/c/*.h, without `LiteRt`. Those that give an `int` give a status, 0 where all is well. */
const PROTOTYPES = [
  'int CreateEnvironment(int count, EnvOption *options, _Out_ void **environment)',
  'int CreateOptions(_Out_ void **options)',
  'int SetOptionsHardwareAccelerators(void *options, int accelerators)',
  'int CreateModelFromFile(void *environment, const char *path, _Out_ void **model)',
  'int CreateCompiledModel(void *environment, void *model, void *options, _Out_ void **compiled)',
  'int GetNumModelSignatures(void *model, _Out_ size_t *count)',
  'int GetModelSignature(void *model, size_t index, _Out_ void **signature)',
  'int GetSignatureKey(void *signature, _Out_ const char **key)',
  'int GetNumSignatureInputs(void *signature, _Out_ size_t *count)',
  'int GetSignatureInputName(void *signature, size_t index, _Out_ const char **name)',
  'int GetNumSignatureOutputs(void *signature, _Out_ size_t *count)',
  'int GetSignatureOutputName(void *signature, size_t index, _Out_ const char **name)',
  'int GetSignatureOutputTensorByIndex(void *signature, size_t index, _Out_ void **tensor)',
  'int GetRankedTensorType(void *tensor, _Out_ RankedTensorType *type)',
  'int CreateManagedTensorBuffer(void *environment, int kind, RankedTensorType *type, size_t bytes, _Out_ void **buffer)',
  'int GetTensorBufferHostMemory(void *buffer, _Out_ void **address)',
  'int RunCompiledModel(void *compiled, size_t signature, size_t inputs, void **given, size_t outputs, void **results)',
  'void DestroyOptions(void *options)',
  'void DestroyModel(void *model)',
  'void DestroyCompiledModel(void *compiled)',
  'void DestroyTensorBuffer(void *buffer)',
];

interface RankedTensorType {
  /** A LiteRtElementType. */
  readonly element_type: number;
  /** And a flag above its seven bits. */
  readonly rank: number;
  /** Eight, of which `rank` count. */
  readonly dimensions: ArrayLike<number>;
}

/** Bytes per element, by LiteRtElementType. */
const ELEMENT_BYTES = new Map<number, number>([
  ...[1, 2, 16].map((code) => [code, 4] as const),
  ...[3, 6, 9].map((code) => [code, 1] as const),
  ...[7, 10, 17, 19].map((code) => [code, 2] as const),
  ...[4, 8, 11, 13].map((code) => [code, 8] as const),
]);
const TEXT = 5;
/** Room for one output of text: its size is known only when it is there. Memory is taken as far as it is written to. */
const TEXT_BYTES = 2 ** 24;
const [CPU, HOST_MEMORY] = [1, 1];

interface Buffer {
  readonly pointer: Pointer;
  /** Its content, in the library's memory. */
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

interface Signature {
  readonly index: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Kept from run to run: a copy of a model is compiled for one set of shapes. */
  readonly inputBuffers: Map<string, Buffer>;
  readonly outputBuffers: readonly Buffer[];
}

interface Compiled extends Record<'options' | 'model' | 'compiled', Pointer> {
  readonly path: string;
  readonly signatures: ReadonlyMap<string, Signature>;
}

/** The library, and LiteRT's environment in it. */
class LiteRt {
  readonly #koffi: typeof Koffi;
  readonly #functions = new Map<string, Native>();
  readonly environment: Pointer;

  constructor(koffi: typeof Koffi, file: string) {
    this.#koffi = koffi;
    const { array, struct } = koffi;
    struct('EnvOption', { tag: 'int', value: struct('AnyInt', { type: 'int', value: 'int64_t' }) });
    const eight = { dimensions: array('int32_t', 8), strides: array('uint32_t', 8) };
    struct('RankedTensorType', { element_type: 'int', rank: 'uint32_t', ...eight });
    const library = koffi.load(file);
    for (const prototype of PROTOTYPES) {
      const [, name = ''] = /(\w+)\(/.exec(prototype) ?? [];
      this.#functions.set(name, library.func(prototype.replace(name, `LiteRt${name}`)));
    }
    const integer = (tag: number, value: number) => ({ tag, value: { type: 2, value } });
    // Other accelerators would be looked for in shared libraries; and below warnings nothing is logged.
    this.environment = this.get('CreateEnvironment', 2, [integer(24, CPU), integer(25, 2)]);
  }

  call(name: string, ...args: unknown[]): void {
    check(name, this.#functions.get(name)?.(...args));
  }

  /** What the function gives through its last parameter. */
  get<T = Pointer>(name: string, ...args: unknown[]): T {
    const result: [T | null] = [null];
    this.call(name, ...args, result);
    return result[0] as T;
  }

  /** In another thread, while this one listens. */
  async callAside(name: string, ...args: unknown[]): Promise<void> {
    const status = await new Promise<number>((settle, reject) => {
      const done = (error: Error | null, result: number) => (error ? reject(error) : settle(result));
      this.#functions.get(name)?.async(...args, done);
    });
    check(name, status);
  }

  createBuffer(code: number, dims: readonly number[], byteLength: number): Buffer {
    const dimensions = Array.from({ length: 8 }, (_, i) => dims[i] ?? 0);
    const type = { element_type: code, rank: dims.length, dimensions, strides: new Array(8).fill(0) };
    const pointer = this.get('CreateManagedTensorBuffer', this.environment, HOST_MEMORY, type, byteLength);
    const address = this.get('GetTensorBufferHostMemory', pointer);
    return { pointer, bytes: new Uint8Array(this.#koffi.view(address, byteLength)), isText: code === TEXT };
  }
}

/** Functions without a status give undefined. */
function check(name: string, status: number | undefined): void {
  if (status) throw new Error(`LiteRt${name} failed with status ${status}`);
}

const [koffiFile = '', libraryFile = ''] = process.argv.slice(-2);
const compiledModels = new Map<number, Compiled>();
const files = new Map<ExchangeFile, number>();
let loaded: LiteRt | undefined;

// One request at a time, in order.
let last: Promise<void> = Promise.resolve();
process.on('message', (request: NativeRequest) => {
  last = last.then(async () => {
    const reply = await answer(request);
    // The library writes to the same file descriptor: all that it logged stands before this.
    writeSync(2, '\n\0\n');
    process.send?.(reply);
  });
});
const leave = () => {
  try {
    rmSync(process.cwd(), { recursive: true, force: true });
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
};
// Runs go on in another thread, so this is heard even while one does not end; or a reply that nobody takes shows it first.
process.on('disconnect', leave);
process.on('uncaughtException', leave);

async function answer(request: NativeRequest): Promise<NativeReply> {
  try {
    loaded ??= new LiteRt(loadKoffi(), libraryFile);
    if (request.kind === 'run') return { ok: true, ...(await run(loaded, request)) };
    const begin = performance.now();
    if (request.kind === 'free') free(loaded, request.model);
    else compiledModels.set(request.model, await compile(loaded, request.file));
    return { ok: true, outputs: [], milliseconds: performance.now() - begin };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function loadKoffi(): typeof Koffi {
  let file = koffiFile;
  if (koffiFile.endsWith('.br')) {
    file = resolve('koffi.node');
    writeFileSync(file, brotliDecompressSync(readFileSync(koffiFile)), { mode: 0o700 });
  }
  const module = { exports: {} };
  process.dlopen(module, file);
  return module.exports as typeof Koffi;
}

async function compile(litert: LiteRt, name: string): Promise<Compiled> {
  const path = resolve(name);
  const model = litert.get('CreateModelFromFile', litert.environment, path);
  // It is mapped into memory, which on Windows keeps it in place until it is freed.
  if (process.platform !== 'win32') unlinkSync(path);
  const options = litert.get('CreateOptions');
  litert.call('SetOptionsHardwareAccelerators', options, CPU);
  const result: [Pointer | null] = [null];
  await litert.callAside('CreateCompiledModel', litert.environment, model, options, result);
  const signatures = new Map<string, Signature>();
  const count = litert.get<number>('GetNumModelSignatures', model);
  for (let index = 0; index < count; index++) {
    const signature = litert.get('GetModelSignature', model, index);
    signatures.set(litert.get<string>('GetSignatureKey', signature), {
      index,
      inputs: names(litert, signature, 'Input'),
      outputs: names(litert, signature, 'Output'),
      inputBuffers: new Map(),
      outputBuffers: outputBuffers(litert, signature),
    });
  }
  return { options, model, compiled: result[0] as Pointer, path, signatures };
}

function names(litert: LiteRt, signature: Pointer, end: 'Input' | 'Output'): string[] {
  const count = litert.get<number>(`GetNumSignature${end}s`, signature);
  return Array.from({ length: count }, (_, i) => litert.get<string>(`GetSignature${end}Name`, signature, i));
}

/** The copies of models that are run here have outputs of known shapes. */
function outputBuffers(litert: LiteRt, signature: Pointer): Buffer[] {
  const count = litert.get<number>('GetNumSignatureOutputs', signature);
  return Array.from({ length: count }, (_, i) => {
    const tensor = litert.get('GetSignatureOutputTensorByIndex', signature, i);
    const { element_type: code, rank, dimensions } = litert.get<RankedTensorType>('GetRankedTensorType', tensor);
    if (code === TEXT) return litert.createBuffer(code, [1], TEXT_BYTES);
    const dims = Array.from(dimensions).slice(0, rank & 0x7f);
    const byteLength = dims.reduce((product, dim) => product * dim, ELEMENT_BYTES.get(code) ?? 0);
    return litert.createBuffer(code, dims, byteLength);
  });
}

function free(litert: LiteRt, number: number): void {
  const known = compiledModels.get(number);
  if (known === undefined) return;
  compiledModels.delete(number);
  for (const { inputBuffers, outputBuffers: results } of known.signatures.values()) {
    for (const { pointer } of [...inputBuffers.values(), ...results]) litert.call('DestroyTensorBuffer', pointer);
  }
  litert.call('DestroyCompiledModel', known.compiled);
  litert.call('DestroyModel', known.model);
  litert.call('DestroyOptions', known.options);
  rmSync(known.path, { force: true });
}

type Run = Extract<NativeRequest, { kind: 'run' }>;

async function run(litert: LiteRt, { model, signature: key, inputs }: Run): Promise<Omit<NativeSuccess, 'ok'>> {
  const known = compiledModels.get(model);
  const signature = known?.signatures.get(key);
  if (known === undefined || signature === undefined) throw new Error(`no compiled model ${model} with ${key}`);
  const given = new Map(inputs.map((input) => [input.name, input]));
  const buffers = signature.inputs.map((name) => {
    const input = given.get(name);
    if (input === undefined) throw new Error(`no value for input ${name}`);
    return fill(litert, signature, input);
  });
  // Where there is no text, none is written.
  for (const { bytes, isText } of signature.outputBuffers) if (isText) bytes.fill(0, 0, 8);
  const counted = (list: readonly Buffer[]) => [list.length, list.map(({ pointer }) => pointer)];
  const ends = [...counted(buffers), ...counted(signature.outputBuffers)];
  const begin = performance.now();
  await litert.callAside('RunCompiledModel', known.compiled, signature.index, ...ends);
  const milliseconds = performance.now() - begin;
  let offset = 0;
  const outputs = signature.outputs.map((name, i) => {
    const { bytes, isText } = signature.outputBuffers[i] as Buffer;
    const used = isText ? bytes.subarray(0, textBytes(bytes)) : bytes;
    const stored = { name, offset, byteLength: used.byteLength };
    for (const end = offset + used.byteLength; offset < end; ) {
      offset += writeSync(file('outputs'), used, used.byteLength - (end - offset), end - offset, offset);
    }
    return stored;
  });
  return { outputs, milliseconds };
}

/** The input's buffer, with its value from the file. */
function fill(litert: LiteRt, signature: Signature, input: StoredTensor): Buffer {
  const { name, elementType, dims, offset, byteLength } = input;
  let buffer = signature.inputBuffers.get(name);
  // Text takes another number of bytes each time.
  if (buffer?.bytes.byteLength !== byteLength) {
    if (buffer !== undefined) litert.call('DestroyTensorBuffer', buffer.pointer);
    buffer = litert.createBuffer(elementType, dims, byteLength);
    signature.inputBuffers.set(name, buffer);
  }
  for (let at = 0; at < byteLength; ) at += readSync(file('inputs'), buffer.bytes, at, byteLength - at, offset + at);
  return buffer;
}

/** Where the text that was written ends: behind the number of strings stand their offsets, and the end's. */
function textBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getInt32(4 + 4 * view.getInt32(0, true), true);
}

function file(name: ExchangeFile): number {
  const known = files.get(name) ?? openSync(name, name === 'outputs' ? 'w' : 'r');
  files.set(name, known);
  return known;
}
