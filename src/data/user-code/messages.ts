import type { MessagePort } from 'node:worker_threads';

/** What a module is for. */
export type ModuleRole = 'metric' | 'data';

/** What the host asks for. One request at a time. */
export type UserRequest =
  /** Loads the module, and checks that it has what its role takes. */
  | { readonly kind: 'load'; readonly file: string; readonly role: ModuleRole }
  /** Accumulators of samples. */
  | { readonly kind: 'update'; readonly samples: readonly unknown[] }
  /** Keeps accumulators under numbers. */
  | { readonly kind: 'keep'; readonly numbers: readonly number[]; readonly rows: readonly (readonly number[])[] }
  /** The metric of kept accumulators, each taken so many times. */
  | { readonly kind: 'result'; readonly numbers: Uint32Array; readonly weights: Uint32Array | undefined }
  /** Starts to read samples. */
  | { readonly kind: 'open' }
  /** Some of the next samples; none at their end. */
  | { readonly kind: 'next' };

export type UserReply =
  | { readonly ok: true; readonly value: unknown }
  /** `line`: where in the module it was thrown. */
  | { readonly ok: false; readonly message: string; readonly line: number | undefined }
  /** The process ended; `output` is the end of what it wrote. */
  | { readonly ok: 'ended'; readonly reason: string; readonly output: string };

/** What `load` gives for a metric. */
export interface MetricDescription {
  readonly direction: 'higher' | 'lower';
  readonly labels: Readonly<Record<string, unknown>>;
  readonly reference: boolean;
}

/** What `load` gives for data. */
export interface DataDescription {
  readonly count: number | undefined;
}

/** What the thread between the host and the process starts with. */
export interface RelayStart {
  readonly port: MessagePort;
  /** Its first element counts replies, for those who wait for one. */
  readonly replies: SharedArrayBuffer;
  /** Working directory of the process. */
  readonly folder: string;
}

/** What the thread takes besides requests: to end the process at once. */
export type End = 'end';
