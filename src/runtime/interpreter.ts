import type { DType } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

/** Affine quantization of a tensor: real = scale · (stored − zero point); one of each, or one per slice of `axis`. */
export interface TensorQuantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** A tensor as the model declares it. */
export interface TensorInfo {
  /** In signatures: the signature's name for it. In `TensorList`: the tensor's own, which need not be unique. */
  readonly name: string;
  /** Its index among the tensors of the signature's subgraph. */
  readonly tensor: number;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: TensorQuantization;
}

export interface SignatureInfo {
  /** Empty where the model has no signatures: then it is the first subgraph, and the names are its tensors'. */
  readonly key: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export interface RunOptions {
  /** Key of the signature; may be left out where there is only one, or one named `serving_default`. */
  readonly signature?: string;
  /** Intermediate tensors to give besides, by index, or all that the signature's subgraph computes. */
  readonly tensors?: readonly number[] | 'all';
}

export interface RunResult {
  /** By the signature's names. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** What `tensors` asked for, by tensor index; an index that is constant or cannot be read is left out. */
  readonly tensors: ReadonlyMap<number, Tensor>;
  /** Wall time of the kernels alone, in milliseconds. Wasm latency does not rank device latency. */
  readonly milliseconds: number;
}

/** Inputs by the signature's names. */
export type RunInputs = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/**
 * A model that can be run. Runs are carried out one after the other; open several interpreters to run in parallel.
 * What depends on the shapes of inputs is prepared once for each set of shapes and kept, within bounds.
 *
 * All methods that fail throw a DiagnosticError: `invalid-data` and `unknown-signature` for what the caller gave,
 * `run-failed` for what the runtime refuses or cannot compute, `run-timeout`. A result is never garbage: whatever the
 * runtime reports as an error is one here.
 */
export interface Interpreter {
  readonly signatures: readonly SignatureInfo[];
  /** All tensors that the signature's subgraph computes and that can be read, for use in `RunOptions.tensors`. */
  intermediates(signature?: string): readonly TensorInfo[];
  run(inputs: RunInputs, options?: RunOptions): Promise<RunResult>;
  /** Ends it and frees its memory; runs under way fail. May be called more than once. */
  dispose(): Promise<void>;
}

export interface InterpreterOptions {
  /** Limit of one `run`, in milliseconds, preparation included. Default: ten minutes. */
  readonly timeLimitMs?: number;
  /** The model's file, for messages. */
  readonly file?: string;
}
