import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFrame } from '#diagnostics/location.js';
import {
  type GraphDebugInfo,
  type GraphDebugInfoFileLineCol,
  type GraphDebugInfoStackTrace,
  readGraphDebugInfo,
} from '#wire/protobuf/debug-info.generated.js';
import { decodeFrom, readFile } from './files.js';

/** Where in the user's sources the nodes of a model were made. */
export interface DebugInfo {
  /** The calls that led to a node of the main graph or of a function, the innermost first; empty where unknown. */
  framesOf(node: string, function_?: string): readonly SourceFrame[];
}

/** Calls within TensorFlow and Keras, which tell a user nothing. */
const LIBRARY = /[\\/](site-packages|dist-packages)[\\/](tensorflow|keras|tf_keras|tensorflow_\w+)[\\/]/;

/**
 * The debug information beside a SavedModel, which `SaveOptions(save_debug_info=True)` writes; undefined where there is
 * none. Fails with `corrupt-file` or `file-unreadable`.
 */
export function openDebugInfo(savedModel: string): DebugInfo | undefined {
  const file = join(savedModel, 'debug', 'saved_model_debug_info.pb');
  if (!existsSync(file)) return undefined;
  const bytes = readFile(file, { code: 'file-unreadable', detail: `${file} does not exist.` });
  return new Traces(decodeFrom(file, 'the debug information', bytes, readGraphDebugInfo));
}

class Traces implements DebugInfo {
  readonly #info: GraphDebugInfo;

  constructor(info: GraphDebugInfo) {
    this.#info = info;
  }

  framesOf(node: string, function_ = ''): readonly SourceFrame[] {
    const name = `${node}@${function_}`;
    const { traces, tracesById, nameToTraceId } = this.#info;
    const id = nameToTraceId.get(name);
    const trace = traces.get(name) ?? (id === undefined ? undefined : tracesById.get(id));
    return trace ? this.#frames(trace) : [];
  }

  /** The innermost call stands last in the file. */
  #frames({ fileLineCols, frameId }: GraphDebugInfoStackTrace): SourceFrame[] {
    const calls = [...fileLineCols, ...frameId.flatMap((id) => this.#info.framesById.get(id) ?? [])].reverse();
    return calls.flatMap((call) => this.#frame(call) ?? []).filter((frame, i, all) => !same(frame, all[i - 1]));
  }

  #frame({ fileIndex, line, func }: GraphDebugInfoFileLineCol): SourceFrame | undefined {
    const file = this.#info.files[fileIndex];
    if (file === undefined || LIBRARY.test(file)) return undefined;
    return { file, line, ...(func === '' ? {} : { function: func }) };
  }
}

function same(a: SourceFrame, b: SourceFrame | undefined): boolean {
  return a.file === b?.file && a.line === b.line;
}
