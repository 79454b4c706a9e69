import type { DType } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

/**
 * TensorFlow's element types: those that tensors here can hold, handles, and those that only a name is known of.
 * Reference types (`DT_FLOAT_REF`) are given as their base.
 */
export type TfDType =
  | DType
  | 'resource'
  | 'variant'
  | 'int2'
  | 'uint2'
  | 'uint4'
  | 'float4_e2m1fn'
  | 'float8_e5m2'
  | 'float8_e4m3fn'
  | 'float8_e4m3fnuz'
  | 'float8_e4m3b11fnuz'
  | 'float8_e5m2fnuz'
  | 'invalid';

/** An attribute's value. Integers are bigint only where a number cannot hold them exactly. */
export type AttrValue =
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: Uint8Array }
  | { readonly kind: 'dtype'; readonly value: TfDType }
  | { readonly kind: 'shape'; readonly value: Shape }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'function'; readonly name: string; readonly attributes: ReadonlyMap<string, AttrValue> }
  | { readonly kind: 'list'; readonly items: readonly AttrValue[] }
  | { readonly kind: 'placeholder'; readonly name: string };

/** A node of the main graph or of a function's body. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** As written: `a`, `a:1`, `^a` for a control dependency, in functions `a:output_arg:0` or an argument's name. */
  readonly inputs: readonly string[];
  readonly device: string;
  readonly attributes: ReadonlyMap<string, AttrValue>;
  /** Nodes that a rewrite made this one of; mostly empty. */
  readonly originalNames: readonly string[];
}

export interface FunctionArgument {
  readonly name: string;
  readonly dtype: TfDType;
  /** From the argument's `_output_shapes`; unknown rank where nothing is recorded. */
  readonly shape: Shape;
  /** For a resource: what it holds, where that is recorded. */
  readonly handleData: readonly { readonly dtype: TfDType; readonly shape: Shape }[];
}

/** A function of the library. */
export interface FunctionDef {
  readonly name: string;
  readonly inputs: readonly FunctionArgument[];
  readonly outputs: readonly FunctionArgument[];
  readonly nodes: readonly NodeDef[];
  /** Output argument → the tensor that it returns: `node:output_arg:0`, or an input's name. */
  readonly returns: ReadonlyMap<string, string>;
  /** Control output → the node that has to run. */
  readonly controlReturns: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, AttrValue>;
}

/** The functions of a library; each is decoded when it is first asked for. */
export interface FunctionLibrary {
  get(name: string): FunctionDef | undefined;
  has(name: string): boolean;
  names(): Iterable<string>;
  /** Forward function → its gradient function, where a custom one is recorded. */
  readonly gradients: ReadonlyMap<string, string>;
}

export interface SignatureTensor {
  /** The name under which callers pass or get it. */
  readonly name: string;
  /** The tensor of the main graph: `node:0`. Empty for composite encodings. */
  readonly tensor: string;
  readonly encoding: 'dense' | 'sparse' | 'composite';
  readonly dtype: TfDType;
  readonly shape: Shape;
}

/** Inputs and outputs are sorted by name, as TensorFlow orders them itself. */
export interface SignatureDef {
  readonly key: string;
  readonly methodName: string;
  readonly inputs: readonly SignatureTensor[];
  readonly outputs: readonly SignatureTensor[];
}

export interface Asset {
  /** The tensor of the main graph that holds the file's path: `node:0`. */
  readonly tensor: string;
  /** Absolute path of the file. */
  readonly path: string;
}

/** What a checkpoint says of a tensor, without its data. */
export interface VariableEntry {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The checkpoint under `variables/`. Nothing of the data is read before `read`. */
export interface VariableStore {
  /** Keys in byte order, `_CHECKPOINTABLE_OBJECT_GRAPH` among them. */
  keys(): Iterable<string>;
  entry(key: string): VariableEntry | undefined;
  /**
   * Reads this tensor, or a part of it, verified by its checksum, into memory of its own. Fails with `missing-shard`,
   * `corrupt-file` (a key that is not there among it), `lfs-pointer`, `file-unreadable` or `unsupported-model`.
   */
  read(key: string, slice?: TensorSlice): Tensor;
}

/** A part of a partitioned variable: one start and length for each dimension. */
export interface TensorSlice {
  readonly fullShape: readonly number[];
  readonly start: readonly number[];
  readonly length: readonly number[];
}

/** Where a variable's value is in the checkpoint. */
export interface VariableBinding {
  readonly key: string;
  /** Set where the node holds only a part of the tensor under `key`. */
  readonly slice?: TensorSlice;
}

/** Finds the values of variables. */
export interface VariableBindings {
  /** Of a variable's node (VarHandleOp, VariableV2 …) of the main graph; undefined where nothing restores it. */
  get(node: string): VariableBinding | undefined;
}

/** One meta graph of a SavedModel. */
export interface SavedModel {
  /** The folder, as given. */
  readonly path: string;
  readonly tags: readonly string[];
  /** Version that wrote it, empty if it does not say: `2.21.0`. */
  readonly tensorflowVersion: string;
  /** All signatures but the init op, sorted by key. */
  readonly signatures: ReadonlyMap<string, SignatureDef>;
  /** The node to run once before any signature: fills tables. Undefined where there is none. */
  readonly initOp: string | undefined;
  readonly graph: { readonly nodes: readonly NodeDef[] };
  readonly functions: FunctionLibrary;
  readonly assets: readonly Asset[];
  readonly variables: VariableStore;
  readonly variableBindings: VariableBindings;
}
