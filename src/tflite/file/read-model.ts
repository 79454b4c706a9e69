import { fail } from '#diagnostics/diagnostic.js';
import { FlatBufferError, readRoot } from '#wire/flatbuffers/reader.js';
import type { CompleteRecordOf } from '#wire/flatbuffers/schema.js';
import { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import { Model } from '#wire/flatbuffers/tflite/model.js';
import { checkReferences } from './check-references.js';
import {
  type BufferContent,
  keptBytes,
  type ModelInMemory,
  type ModelRecord,
  type OperatorCodeRecord,
  type OperatorRecord,
} from './model-record.js';
import { StoredFile } from './stored-file.js';

const IDENTIFIER = 'TFL3';
const LFS_POINTER = 'version https://git-lfs';
/** The only version of the schema that was ever released with this identifier. */
const SCHEMA_VERSION = 3;
/** Flatbuffers end below 2 GB: larger files have their buffers behind it. */
const LARGE = 2 ** 31;
/** How much of a large file is taken for its flatbuffer at first; then eight times as much, as long as it is too little. */
const FIRST_HEAD = 1 << 20;

export interface ReadOptions {
  /** Bytes from which a file is not read whole, only its flatbuffer and small buffers. Default 2 GB. */
  readonly largeFrom?: number;
}

/**
 * Reads a `.tflite` file. Buffers are views on its bytes; the large ones of a large file are read when they are asked
 * for. Throws a DiagnosticError: `file-unreadable`, `lfs-pointer` or `invalid-tflite`.
 */
export function readModelFile(path: string, { largeFrom = LARGE }: ReadOptions = {}): ModelRecord {
  const file = new StoredFile(path);
  const size = file.size();
  if (size < largeFrom) return parseModel(file.read(0, size), path);
  for (let length = FIRST_HEAD; ; length *= 8) {
    const head = file.read(0, Math.min(length, size, LARGE));
    try {
      return parseParts(head, size, (start, count) => file.content(start, count), path);
    } catch (error) {
      if (head.byteLength < length) throw error;
    }
  }
}

/**
 * The model in the bytes of a `.tflite` file. Every offset and every index that the file holds is checked, so any
 * bytes give a record or a DiagnosticError (`lfs-pointer` or `invalid-tflite`, which names `file`). Buffers and
 * custom options are views on `bytes`, also where the file keeps them outside of its flatbuffer.
 */
export function parseModel(bytes: Uint8Array, file?: string): ModelInMemory {
  const whole = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // A Buffer's views are Buffers.
  return parseParts(whole, whole.byteLength, (start, length) => whole.subarray(start, start + length), file);
}

/** Gives the bytes of a file from `start` on. */
export type ContentAt<Content extends BufferContent> = (start: number, length: number) => Content;

/**
 * As `parseModel`, of a file of `size` bytes that begins with `head`: of its flatbuffer, or all of it. What lies outside
 * of the flatbuffer is got by `contentAt`.
 */
export function parseParts<Content extends BufferContent>(
  head: Uint8Array,
  size: number,
  contentAt: ContentAt<Content>,
  file?: string,
): ModelRecord & { readonly buffers: readonly (Uint8Array | Content)[] } {
  const locations = file === undefined ? [] : [{ file }];
  if (startsWith(head, 0, LFS_POINTER)) {
    fail('lfs-pointer', { detail: `${file ?? 'The model'} is a Git LFS pointer, not a .tflite file.`, locations });
  }
  if (!startsWith(head, 4, IDENTIFIER)) {
    fail('invalid-tflite', {
      detail: `${file ?? 'The model'} is no .tflite file: the file identifier "${IDENTIFIER}" is missing.`,
      locations,
    });
  }
  const outside = (offset: number | bigint, length: number | bigint, place: string): Content => {
    const [start, count] = [Number(offset), Number(length)];
    if (start + count <= size) return contentAt(start, count);
    throw new FlatBufferError(`its bytes ${start} to ${start + count} lie outside of the ${size} bytes`, place);
  };
  try {
    const table = readRoot(Model, head, IDENTIFIER);
    if (table.version !== SCHEMA_VERSION) {
      throw new FlatBufferError(`schema version ${table.version} is not ${SCHEMA_VERSION}`, 'version');
    }
    const model = {
      ...table,
      operator_codes: table.operator_codes.map(withBuiltinCode),
      buffers: table.buffers.map((buffer, i) => contentOf(buffer, outside, `buffers[${i}]`)),
      subgraphs: table.subgraphs.map((subgraph, s) => ({
        ...subgraph,
        operators: subgraph.operators.map((operator, i) =>
          withCustomOptions(operator, outside, `subgraphs[${s}].operators[${i}]`),
        ),
      })),
    };
    checkReferences(model);
    return model;
  } catch (error) {
    if (!(error instanceof FlatBufferError)) throw error;
    const place = error.place === '' ? '' : ` at \`${error.place}\``;
    fail('invalid-tflite', { detail: `${file ?? 'The model'} is damaged${place}: ${error.message}.`, locations });
  }
}

/** Codes up to 127 may stand in the older, one-byte field alone; the greater one counts. */
function withBuiltinCode(code: OperatorCodeRecord): OperatorCodeRecord {
  const older = BuiltinOperator.names.get(code.deprecated_builtin_code);
  if (older === undefined || BuiltinOperator.values[code.builtin_code] >= BuiltinOperator.values[older]) return code;
  return { ...code, builtin_code: older };
}

type BufferTable = CompleteRecordOf<typeof Model>['buffers'][number];
type Outside<Content> = (offset: number | bigint, length: number | bigint, place: string) => Content;

/** As the interpreter does: the offset counts only where there is no data, and 0 and 1 stand for none. */
function contentOf<Content>(buffer: BufferTable, outside: Outside<Content>, place: string): Uint8Array | Content {
  if (buffer.data.byteLength > 0 || buffer.offset <= 1) return buffer.data;
  return outside(buffer.offset, buffer.size, place);
}

function withCustomOptions(operator: OperatorRecord, outside: Outside<BufferContent>, place: string): OperatorRecord {
  const { custom_options, large_custom_options_offset: offset, large_custom_options_size: size } = operator;
  if (custom_options.byteLength > 0 || offset <= 1) return operator;
  const content = keptBytes(outside(offset, size, place));
  return { ...operator, custom_options: content, large_custom_options_offset: 0, large_custom_options_size: 0 };
}

function startsWith(bytes: Uint8Array, position: number, text: string): boolean {
  if (bytes.byteLength < position + text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[position + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
