import type { DeferredBytes, RecordOf } from '#wire/flatbuffers/schema.js';
import { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import { Model, type OperatorCode } from '#wire/flatbuffers/tflite/model.js';
import { writeRoot } from '#wire/flatbuffers/writer.js';
import { type BufferContent, loadBytes, type ModelToWrite } from './model-record.js';

/** Bytes at a position of the file; what lies between pieces is zero. */
export interface Piece {
  readonly position: number;
  readonly content: BufferContent;
}

/** A file: the flatbuffer's tables, then the buffers in their order. */
export interface ModelLayout {
  readonly head: Uint8Array;
  /** By ascending position, behind the head. */
  readonly pieces: readonly Piece[];
  readonly byteLength: number;
  /** Whether buffers lie behind the flatbuffer, which the head is all of then. */
  readonly outside: boolean;
}

const IDENTIFIER = 'TFL3';
/** Kernels and delegates read weights in place with vector instructions. */
const ALIGNMENT = 16;
const DEFAULT_OUTSIDE_FROM = 1.5 * 2 ** 30;
const GREATER_CODES = BuiltinOperator.values.PLACEHOLDER_FOR_GREATER_OP_CODES;
const LOCATION_KEY = 'buffer_location';
const LOCATION_OUTSIDE = 'outside flatbuffers';

/**
 * Where everything of a model's file goes. Data vectors follow the tables that refer to them, which flatbuffers
 * allow, so only the tables are built in memory. If the file would reach `outsideFrom` bytes, buffers lie behind the
 * flatbuffer and are found by offset and size.
 */
export function layOutModel(model: ModelToWrite, outsideFrom = DEFAULT_OUTSIDE_FROM): ModelLayout {
  const unmarked = {
    ...model,
    operator_codes: (model.operator_codes ?? []).map(withDeprecatedCode),
    metadata: (model.metadata ?? []).filter((entry) => entry.name !== LOCATION_KEY),
  };
  let bytes = 0;
  for (const content of model.buffers) bytes += content.byteLength;
  const layout = bytes < outsideFrom ? layOutInside(unmarked) : undefined;
  return layout !== undefined && layout.byteLength < outsideFrom ? layout : layOutOutside(unmarked);
}

/** Runtimes before 2.4 read the one-byte field, in which codes that do not fit are 127. */
function withDeprecatedCode(code: OperatorCode): OperatorCode {
  const value = BuiltinOperator.values[code.builtin_code ?? 'ADD'];
  return { ...code, deprecated_builtin_code: Math.min(value, GREATER_CODES) };
}

interface Deferred extends DeferredBytes {
  readonly content: BufferContent;
}

function layOutInside(model: ModelToWrite): ModelLayout {
  const buffers = model.buffers.map((content) => {
    const data: Deferred = { deferred: true, byteLength: content.byteLength, content };
    return content.byteLength === 0 ? {} : { data };
  });
  const { bytes: head, open } = writeRoot(Model, { ...model, buffers }, IDENTIFIER);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const pieces: Piece[] = [];
  let end = head.byteLength;
  for (const { position, bytes } of open) {
    const { content } = bytes as Deferred;
    const start = align(end + 4);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, content.byteLength, true);
    pieces.push({ position: start - 4, content: length }, { position: start, content });
    view.setUint32(position, start - 4 - position, true);
    end = start + content.byteLength;
  }
  return { head, pieces, byteLength: end, outside: false };
}

function layOutOutside(model: ModelToWrite): ModelLayout {
  const marked = withLocationMark(model);
  // The runtime looks for metadata inside only.
  const inside = new Set((marked.metadata ?? []).map((entry) => entry.buffer ?? 0));
  // The head's length does not depend on the offsets in it, as long as each is stored: the first try tells it.
  const length = headOf(marked, inside, align(1)).head.byteLength;
  return headOf(marked, inside, align(length));
}

/** The layout if buffers outside start at `position`. */
function headOf(model: ModelToWrite, inside: ReadonlySet<number>, position: number): ModelLayout {
  const pieces: Piece[] = [];
  let end = position;
  const buffers: RecordOf<typeof Model>['buffers'] = model.buffers.map((content, i) => {
    if (content.byteLength === 0) return {};
    if (inside.has(i)) return { data: loadBytes(content) };
    const start = align(end);
    pieces.push({ position: start, content });
    end = start + content.byteLength;
    return { offset: start, size: content.byteLength };
  });
  const { bytes: head } = writeRoot(Model, { ...model, buffers }, IDENTIFIER);
  // Kernels may read a vector register past the end of the last buffer.
  return { head, pieces, byteLength: align(end) + ALIGNMENT, outside: true };
}

function withLocationMark(model: ModelToWrite): ModelToWrite {
  const mark = { name: LOCATION_KEY, buffer: model.buffers.length };
  const content = new TextEncoder().encode(LOCATION_OUTSIDE);
  return { ...model, metadata: [...(model.metadata ?? []), mark], buffers: [...model.buffers, content] };
}

function align(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}
