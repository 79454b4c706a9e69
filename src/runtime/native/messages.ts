/**
 * What passes between `native-process.ts` and its process. Bytes do not: they stand in files of the process's folder, at
 * offsets that the messages tell; a model has a file of its own, which the process removes.
 */
export type ExchangeFile = 'inputs' | 'outputs';

/** A tensor's place in a file. */
export interface StoredBytes {
  readonly name: string;
  readonly offset: number;
  readonly byteLength: number;
}

export interface StoredTensor extends StoredBytes {
  /** A LiteRtElementType. */
  readonly elementType: number;
  readonly dims: readonly number[];
}

/** `model` is the number of a compiled model. */
export type NativeRequest =
  | { readonly kind: 'compile'; readonly model: number; readonly file: string }
  | {
      readonly kind: 'run';
      readonly model: number;
      readonly signature: string;
      readonly inputs: readonly StoredTensor[];
    }
  | { readonly kind: 'free'; readonly model: number };

/** Each request has one reply, in order. Behind what the library logs meanwhile stands a line of one NUL. */
export type NativeReply = NativeSuccess | { readonly ok: false; readonly message: string };

export interface NativeSuccess {
  readonly ok: true;
  readonly outputs: readonly StoredBytes[];
  /** Wall time of the kernels alone, in milliseconds. */
  readonly milliseconds: number;
}
