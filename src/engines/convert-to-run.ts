import { type Runtime, runtimeKind } from '#runtime/open-interpreter.js';
import { refuseTooLarge } from '#runtime/refusals.js';
import type { ModelInMemory } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import type { EngineOptions } from './engine.js';
import { nativeEngine } from './native.js';

/**
 * The float model of a SavedModel in memory, for the runtime. Throws a DiagnosticError where it cannot be converted, or
 * is too large to be run.
 */
export function convertToRun(path: string, runtime: Runtime | undefined, options: EngineOptions = {}): ModelInMemory {
  const { model } = nativeEngine.convert(path, options);
  refuseTooLarge(model, runtimeKind({ runtime }), path);
  return parseModel(serializeModel(model), path);
}
