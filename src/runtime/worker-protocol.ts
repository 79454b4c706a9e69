import type { MessagePort } from 'node:worker_threads';

/** What passes between the main thread and the worker that holds the wasm. */

/** A tensor on its way; `bytes` are row-major and little-endian. */
export interface WireTensor {
  /** LiteRT's name of the type: `FLOAT32`. */
  readonly elementType: string;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** Where a build of LiteRT is. */
export interface RuntimeFiles {
  /** Compressed by brotli where its name ends in `.br`. */
  readonly wasm: string;
  /** The glue code that belongs to it. */
  readonly glue: string;
  /** Flag of V8 that the code needs. */
  readonly flag?: string;
  /** About how many bytes of a function V8 runs before it optimises it. */
  readonly budget: number;
}

/** A build of LiteRT, ready to be run: compiled code is shared by all threads. */
export interface LoadedRuntime {
  readonly wasm: WebAssembly.Module;
  readonly glue: string;
  readonly gluePath: string;
}

/**
 * The first message: which runtime to run, what is there already (`loaded`), or comes by a port (`from`), or else what
 * the files hold. It has no reply: a failure shows in the reply to the first request.
 */
export interface WorkerStart {
  readonly kind: 'start';
  readonly files: RuntimeFiles;
  readonly loaded?: LoadedRuntime;
  readonly from?: MessagePort;
}

/** To hand the runtime on by a port, as a `LoadedRuntime`, once it is loaded. It has no reply. */
export interface WorkerShare {
  readonly kind: 'share';
  readonly to: MessagePort;
}

/** `model` is the worker's number for a compiled model. */
export type WorkerRequest =
  | { readonly kind: 'compile'; readonly model: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'run';
      readonly model: number;
      readonly signature: string;
      readonly inputs: ReadonlyMap<string, WireTensor>;
    }
  | { readonly kind: 'free'; readonly model: number };

/** Every other message has one reply, in order. After a failure the worker must not be used again. */
export type WorkerReply =
  | {
      readonly ok: true;
      readonly outputs: ReadonlyMap<string, Uint8Array>;
      /** Wall time of the kernels alone, in milliseconds. */
      readonly milliseconds: number;
      readonly log: readonly string[];
    }
  | { readonly ok: false; readonly message: string; readonly log: readonly string[] };
