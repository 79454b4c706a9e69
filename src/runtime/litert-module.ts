/**
 * The part of `@litertjs/core`'s low-level module that is used: C++ objects, which must be deleted by hand.
 * Mirrors litert/js/packages/core/src/wasm_binding_types.ts.
 */
export interface Deletable {
  delete(): void;
}

export interface Vector<T> extends Deletable {
  size(): number;
  get(index: number): T | undefined;
  push_back(value: T): void;
}

export interface EnumValue {
  readonly value: number;
}

export interface Layout extends Deletable {
  readonly layout: unique symbol;
}

export interface RankedTensorType extends Deletable {
  bytes(): number;
}

export interface TensorBuffer extends Deletable {
  /** Address of the content in the heap. */
  lock(mode: EnumValue): number;
  unlock(): void;
  packedSize(): number;
}

export interface Environment extends Deletable {
  readonly environment: unique symbol;
}

export interface Signature extends Deletable {
  key(): string;
  inputNames(): Vector<string>;
  outputNames(): Vector<string>;
}

export interface LoadedModel extends Deletable {
  getNumSignatures(): number;
  getSignature(index: number): Signature;
}

export interface CompiledModel extends Deletable {
  run(signature: number, inputs: TensorBuffer[]): TensorBuffer[] | Promise<TensorBuffer[]>;
}

export interface LiteRtModule {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(address: number): void;
  setupLogging(): void;
  readonly LiteRtEnvironment: { create(gpu: null): Environment };
  readonly LiteRtLayout: { create(dims: Vector<number>): Layout };
  readonly LiteRtRankedTensorType: { create(elementType: EnumValue, layout: Layout): RankedTensorType };
  readonly LiteRtTensorBuffer: {
    createManaged(environment: Environment, kind: EnumValue, type: RankedTensorType, bytes: number): TensorBuffer;
  };
  readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: EnumValue };
  readonly LiteRtTensorBufferLockMode: { readonly READ: EnumValue; readonly WRITE: EnumValue };
  readonly ElementType: Readonly<Record<string, EnumValue>>;
  readonly VectorInt32: new () => Vector<number>;
  loadModel(environment: Environment, address: number, size: number): LoadedModel;
  compileModel(environment: Environment, model: LoadedModel, options: object): CompiledModel | Promise<CompiledModel>;
}

/** What the glue code exports: makes the module. */
export type ModuleFactory = (options: {
  print(line: string): void;
  printErr(line: string): void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<LiteRtModule>;
