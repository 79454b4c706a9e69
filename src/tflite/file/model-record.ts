import type { CompleteRecordOf, RecordOf } from '#wire/flatbuffers/schema.js';
import type { Model } from '#wire/flatbuffers/tflite/model.js';

/** What a `.tflite` file says, as read: complete records. */
export interface ModelRecord extends Omit<CompleteRecordOf<typeof Model>, 'buffers'> {
  /** Their contents, by index, wherever in the file they lie. Of a large file they are read when they are asked for. */
  readonly buffers: readonly BufferContent[];
}

/** A model whose file is in memory: buffers are views on its bytes. */
export interface ModelInMemory extends ModelRecord {
  readonly buffers: readonly Uint8Array[];
}

export type SubGraphRecord = ModelRecord['subgraphs'][number];
export type TensorRecord = SubGraphRecord['tensors'][number];
export type OperatorRecord = SubGraphRecord['operators'][number];
export type OperatorCodeRecord = ModelRecord['operator_codes'][number];
export type SignatureRecord = ModelRecord['signature_defs'][number];

/** Bytes made on demand: asked for once, when they are written, and not kept. */
export interface LazyBytes {
  readonly byteLength: number;
  /** Those with equal keys have equal bytes. */
  readonly key?: string;
  /** Those with equal keys have equal samples; others with equal samples and lengths may have equal bytes. */
  readonly sample?: string;
  /** The bytes, which hold until the next thunk is evaluated. */
  load(): Uint8Array;
}

export type BufferContent = Uint8Array | LazyBytes;

/** A model to be written. Fields left out take the schema's default; a ModelRecord is one too. */
export interface ModelToWrite extends Omit<RecordOf<typeof Model>, 'buffers'> {
  /** The first is empty by convention: tensors without data refer to it. */
  readonly buffers: readonly BufferContent[];
}

/** The bytes of a buffer. Throws a plain Error where a thunk gives another number of them than it said. */
export function loadBytes(content: BufferContent): Uint8Array {
  if (content instanceof Uint8Array) return content;
  const bytes = content.load();
  if (bytes.byteLength !== content.byteLength) {
    throw new Error(`a buffer of ${content.byteLength} bytes gave ${bytes.byteLength}`);
  }
  return bytes;
}

/** The bytes of a buffer, which stay as they are whatever is loaded afterwards. */
export function keptBytes(content: BufferContent): Uint8Array {
  return content instanceof Uint8Array ? content : new Uint8Array(loadBytes(content));
}
