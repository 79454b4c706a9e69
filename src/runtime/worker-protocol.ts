/** What passes between the main thread and the worker that holds the wasm. */

/** A tensor on its way; `bytes` are row-major and little-endian. */
export interface WireTensor {
  /** LiteRT's name of the type: `FLOAT32`. */
  readonly elementType: string;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** The first message: what to run. It has no reply. */
export interface WorkerStart {
  readonly kind: 'start';
  readonly wasm: WebAssembly.Module;
  /** The text of the glue code that belongs to `wasm`, and where it stands. */
  readonly glue: string;
  readonly gluePath: string;
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
