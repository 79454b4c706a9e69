import { now } from '#diagnostics/clock.js';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { dumpObserver } from '#passes/dump-observer.js';
import { type Explanation, explainObserver } from '#passes/explain-observer.js';
import { type PassObserver, runPasses } from '#passes/run-passes.js';
import { type PassTiming, stageTiming, timedObserver, timeObserver } from '#passes/time-observer.js';
import { invariantObserver, verifyObserver, verifyResult } from '#passes/verify-observer.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';
import { conversionPasses, type PipelineOptions } from '../pipeline.js';
import type { Engine, EngineOptions, EngineResult } from './engine.js';
import { withSources } from './with-sources.js';

/** What conversion makes before the file: a module of TFLite ops, and what was noticed on the way. */
export interface ConvertedModule extends Omit<EngineResult, 'model'> {
  readonly module: Module;
  /** Measures a further stage together with those so far. */
  readonly stage: <T>(name: string, run: () => T) => T;
}

/** Converts a SavedModel up to a module of float TFLite ops, which can be quantized and exported. */
export function convertToModule(path: string, options: EngineOptions): ConvertedModule {
  const timings: PassTiming[] = [];
  const stage = <T>(name: string, run: () => T): T => {
    const start = now();
    const result = run();
    timings.push(stageTiming(name, now() - start));
    return result;
  };
  const savedModel = stage('read-saved-model', () => openSavedModel(path, options.tags ? { tags: options.tags } : {}));
  const signatures = selectSignatures(savedModel, options.signatures);
  const module = stage('import-graph', () =>
    importSavedModel(
      savedModel,
      signatures,
      tfOpByName,
      options.inputShapes ? { inputShapes: options.inputShapes } : {},
    ),
  );
  const explanations: Explanation[] = [];
  // To check the module behind every pass takes a tenth of a short conversion, and tells no more but which pass it was.
  const isDetailed = options.verifyPasses === true || options.dumpPasses !== undefined;
  const verifying = timedObserver(isDetailed ? verifyObserver() : invariantObserver());
  const observers: PassObserver[] = [verifying];
  if (options.explain !== undefined) observers.push(explainObserver(options.explain, explanations));
  if (options.dumpPasses !== undefined) {
    const repeatCommand = (): string => options.command ?? `tflite-gate convert ${path} --dump-passes DIR`;
    observers.push(dumpObserver({ directory: options.dumpPasses, repeatCommand }));
  }
  const collector = new Collector();
  const passes = conversionPasses(savedModel, pipelineOptions(options));
  try {
    runPasses(module, passes, [...observers, timeObserver(timings)], collector);
  } catch (error) {
    throw error instanceof DiagnosticError ? withSources(error, path) : error;
  }
  const start = now();
  if (!isDetailed) verifyResult(module);
  timings.push(stageTiming('verify-module', verifying.spent() + now() - start));
  return { module, stage, diagnostics: collector.diagnostics, timings, explanations };
}

function pipelineOptions(options: EngineOptions): PipelineOptions {
  const { selectTfOps = false, allowCustomOps = [], replacements, fuseRnn } = options;
  const foreign = { flex: selectTfOps, custom: new Set(allowCustomOps) };
  return { foreign: selectTfOps || allowCustomOps.length > 0 ? foreign : undefined, replacements, fuseRnn };
}

/** This project's own converter: in process, without Python. */
export const nativeEngine = {
  name: 'native',
  convert(path: string, options: EngineOptions): EngineResult & { readonly model: ModelToWrite } {
    const { module, stage, ...rest } = convertToModule(path, options);
    return { ...rest, model: stage('export-model', () => exportModule(module)) };
  },
} satisfies Engine;
