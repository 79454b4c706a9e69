import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fail } from '#diagnostics/diagnostic.js';
import { FlatBufferError, readRoot } from '#wire/flatbuffers/reader.js';
import type { CompleteRecordOf } from '#wire/flatbuffers/schema.js';
import { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import { Model } from '#wire/flatbuffers/tflite/model.js';
import { checkReferences } from './check-references.js';
import type { ModelRecord, OperatorCodeRecord, OperatorRecord } from './model-record.js';

const IDENTIFIER = 'TFL3';
const LFS_POINTER = 'version https://git-lfs';
/** The only version of the schema that was ever released with this identifier. */
const SCHEMA_VERSION = 3;
/** Operating systems read at most 2 GB at a time. */
const READ_CHUNK = 1 << 30;

/**
 * Reads a `.tflite` file. Buffers are views on its bytes. Throws a DiagnosticError: `file-unreadable`, `lfs-pointer`
 * or `invalid-tflite`.
 */
export function readModelFile(path: string): ModelRecord {
  return parseModel(readModelBytes(path), path);
}

/**
 * The model in the bytes of a `.tflite` file. Every offset and every index that the file holds is checked, so any
 * bytes give a record or a DiagnosticError (`lfs-pointer` or `invalid-tflite`, which names `file`). Buffers and
 * custom options are views on `bytes`, also where the file keeps them outside of its flatbuffer.
 */
export function parseModel(bytes: Uint8Array, file?: string): ModelRecord {
  const locations = file === undefined ? [] : [{ file }];
  bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // A Buffer's views are Buffers.
  if (startsWith(bytes, 0, LFS_POINTER)) {
    fail('lfs-pointer', { detail: `${file ?? 'The model'} is a Git LFS pointer, not a .tflite file.`, locations });
  }
  if (!startsWith(bytes, 4, IDENTIFIER)) {
    fail('invalid-tflite', {
      detail: `${file ?? 'The model'} is no .tflite file: the file identifier "${IDENTIFIER}" is missing.`,
      locations,
    });
  }
  try {
    const table = readRoot(Model, bytes, IDENTIFIER);
    if (table.version !== SCHEMA_VERSION) {
      throw new FlatBufferError(`schema version ${table.version} is not ${SCHEMA_VERSION}`, 'version');
    }
    const model: ModelRecord = {
      ...table,
      operator_codes: table.operator_codes.map(withBuiltinCode),
      buffers: table.buffers.map((buffer, i) => contentOf(buffer, bytes, `buffers[${i}]`)),
      subgraphs: table.subgraphs.map((subgraph, s) => ({
        ...subgraph,
        operators: subgraph.operators.map((operator, i) =>
          withCustomOptions(operator, bytes, `subgraphs[${s}].operators[${i}]`),
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

/** As the interpreter does: the offset counts only where there is no data, and 0 and 1 stand for none. */
function contentOf(buffer: BufferTable, bytes: Uint8Array, place: string): Uint8Array {
  if (buffer.data.byteLength > 0 || buffer.offset <= 1) return buffer.data;
  return outside(buffer.offset, buffer.size, bytes, place);
}

function withCustomOptions(operator: OperatorRecord, bytes: Uint8Array, place: string): OperatorRecord {
  const { custom_options, large_custom_options_offset: offset, large_custom_options_size: size } = operator;
  if (custom_options.byteLength > 0 || offset <= 1) return operator;
  const content = outside(offset, size, bytes, place);
  return { ...operator, custom_options: content, large_custom_options_offset: 0, large_custom_options_size: 0 };
}

function outside(offset: number | bigint, size: number | bigint, bytes: Uint8Array, place: string): Uint8Array {
  const start = Number(offset);
  const end = start + Number(size);
  if (end > bytes.byteLength) {
    throw new FlatBufferError(`its bytes ${start} to ${end} lie outside of the ${bytes.byteLength} bytes`, place);
  }
  return bytes.subarray(start, end);
}

function startsWith(bytes: Uint8Array, position: number, text: string): boolean {
  if (bytes.byteLength < position + text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[position + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** All bytes of a file, also past the 2 GB at which `readFileSync` refuses. Throws a DiagnosticError, `file-unreadable`. */
export function readModelBytes(path: string): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const bytes = new Uint8Array(fstatSync(descriptor).size);
    let position = 0;
    while (position < bytes.byteLength) {
      const count = readSync(descriptor, bytes, position, Math.min(READ_CHUNK, bytes.byteLength - position), position);
      if (count === 0) return bytes.subarray(0, position);
      position += count;
    }
    return bytes;
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${path} cannot be read: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
