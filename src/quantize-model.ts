import { statSync } from 'node:fs';
import { now } from '#diagnostics/clock.js';
import { type Diagnostic, diagnostic, fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import type { Module } from '#ir/module.js';
import { runPasses } from '#passes/run-passes.js';
import { type PassTiming, stageTiming, timeObserver } from '#passes/time-observer.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { calibrate } from '#quantize/calibrate.js';
import { workersFor } from '#quantize/calibration/run-in-parallel.js';
import { openCalibrationData, RANDOM } from '#quantize/calibration-data.js';
import { RuleMatcher } from '#quantize/match-rules.js';
import { decodeConstants } from '#quantize/passes/decode-constants.js';
import { equalizeLayers } from '#quantize/passes/equalize-layers.js';
import { recogniseStatedRanges } from '#quantize/passes/recognise-stated-ranges.js';
import { restoreStatedRanges } from '#quantize/passes/restore-stated-ranges.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { rangeAlgorithmsOf } from '#quantize/range-choice.js';
import { type Ranges, readRanges, writeRanges } from '#quantize/ranges.js';
import { readyRecipe, readyRecipes } from '#quantize/ready-recipes.js';
import { type IoType, ioTypes, isStatic, type Recipe, recipeOf, type Scheme, schemes } from '#quantize/recipe.js';
import { readRecipe } from '#quantize/recipe-file.js';
import { type LayerInputs, layersToRefine, watchLayers } from '#quantize/refine/watch-layers.js';
import type { QuantizationReport } from '#quantize/report.js';
import type { StatedRanges } from '#quantize/stated-ranges.js';
import { prepareWorkers } from '#runtime/start-worker.js';
import { type ExportOptions, exportModule } from '#tflite/export/export-module.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { exportOptionsOf } from '#tflite/import/export-options.js';
import { importModel } from '#tflite/import/import-model.js';
import type { ConversionOptions, EngineOptions } from './engines/engine.js';
import { convertToModule } from './engines/native.js';
import { optimisationPasses } from './pipeline.js';

export interface QuantizeModelOptions extends ConversionOptions {
  /** For several recipes on the same model and data: what a calibration found serves for the next ones. */
  readonly calibrations?: Calibrations | undefined;
}

/** Calibrations by what they looked for. */
export type Calibrations = Map<string, Calibration>;

export interface QuantizedModel {
  readonly model: ModelToWrite;
  readonly report: QuantizationReport;
  readonly diagnostics: readonly Diagnostic[];
  /** Stages and passes in the order in which they ran. */
  readonly timings: readonly PassTiming[];
}

/**
 * Quantizes a SavedModel, or a float `.tflite` file that anybody made, as a recipe says. Static schemes need data or a
 * calibration. Throws a DiagnosticError for what is wrong with any of these, and for ops that the recipe's scheme must
 * not leave in float.
 */
export async function quantizeModel(path: string, options: QuantizeModelOptions): Promise<QuantizedModel> {
  const recipe = recipeFor(options);
  const ioType = options.ioType === undefined ? undefined : oneOf<IoType>('io-type', options.ioType, ioTypes);
  const matcher = new RuleMatcher(recipe);
  const needsRanges = matcher.treatments.some(({ scheme }) => isStatic(scheme));
  // The runtime is made ready on other threads while the model is converted.
  const { runtime = 'wasm', representativeData } = options;
  if (needsRanges && representativeData !== undefined && runtime === 'wasm') prepareWorkers('compat', workersFor(0));
  const { module, stated, diagnostics, exportOptions, timings } = loadModule(path, options, needsRanges);
  const stage = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    const start = now();
    const result = await run();
    timings.push(stageTiming(name, now() - start));
    return result;
  };
  if (recipe.options.crossLayerEqualization) runPasses(module, [equalizeLayers(stated)], [verifyObserver()]);
  const found = needsRanges
    ? await stage('calibrate', () => rangesOf(path, module, stated, matcher, options))
    : undefined;
  const { report } = quantizeModule(module, {
    recipe,
    ranges: found?.ranges,
    stated,
    ioType,
    layerInputs: found?.layerInputs,
    observers: [timeObserver(timings)],
  });
  runPasses(module, [restoreStatedRanges(stated)], [verifyObserver()]);
  const model = await stage('export-model', () => exportModule(module, exportOptions));
  return { model, report, diagnostics: [...diagnostics, ...(found?.diagnostics ?? [])], timings };
}

/** The recipe of a scheme's or ready recipe's name, or of a file. Throws a DiagnosticError where there is no such one. */
function recipeFor({ scheme, recipe = '' }: QuantizeModelOptions): Recipe {
  if (scheme !== undefined) return recipeOf(oneOf<Scheme>('quantize', scheme, schemes));
  const ready = readyRecipe(recipe);
  if (ready) return ready;
  if (/\.(ya?ml|json)$/i.test(recipe)) return readRecipe(recipe);
  const names = readyRecipes.map(({ name }) => name);
  const close = closestSpelling(recipe, names);
  return fail('invalid-option', {
    detail: `--recipe ${recipe} is neither a ready recipe nor a YAML file.`,
    help: [close === undefined ? `Ready recipes are ${names.join(', ')}.` : `Did you mean \`${close}\`?`],
  });
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  const close = closestSpelling(value, choices);
  return fail('invalid-option', {
    detail: `--${option} ${value}: there is no such ${option === 'quantize' ? 'scheme' : option}.`,
    help: [close === undefined ? `It may be ${choices.join(', ')}.` : `Did you mean \`${close}\`?`],
  });
}

interface LoadedModel {
  readonly module: Module;
  /** The ranges that a quantization-aware model states itself. */
  readonly stated: StatedRanges;
  readonly diagnostics: readonly Diagnostic[];
  readonly exportOptions: ExportOptions;
  readonly timings: PassTiming[];
}

/**
 * The float model, without the quantization that it may emulate. Where data are to be integers (`wholly`), so are
 * constants that a SavedModel stores in integers of its own.
 */
function loadModule(path: string, options: EngineOptions, wholly: boolean): LoadedModel {
  const stated: StatedRanges = new Map();
  const recognise = recogniseStatedRanges(stated);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const { module, diagnostics, timings } = convertToModule(path, options);
    const all = [...timings];
    runPasses(module, [...(wholly ? [decodeConstants] : []), recognise], [verifyObserver(), timeObserver(all)]);
    return { module, stated, diagnostics, exportOptions: {}, timings: all };
  }
  const start = now();
  const record = readModelFile(path);
  const module = importModel(record, path);
  const timings = [stageTiming('read-model', now() - start)];
  runPasses(module, [decodeConstants, ...optimisationPasses, recognise], [verifyObserver(), timeObserver(timings)]);
  return { module, stated, diagnostics: [], exportOptions: exportOptionsOf(record), timings };
}

interface Calibration {
  readonly ranges: Ranges;
  readonly layerInputs?: LayerInputs | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function rangesOf(
  path: string,
  module: Module,
  stated: StatedRanges,
  matcher: RuleMatcher,
  options: QuantizeModelOptions,
): Promise<Calibration | undefined> {
  const { calibration, representativeData, representativeOptions, saveCalibration } = options;
  if (calibration !== undefined) {
    return { ranges: readRanges(calibration), diagnostics: withoutSamples(module, matcher, calibration) };
  }
  if (representativeData === undefined) return stated.size > 0 ? undefined : failWithoutData(path, matcher.recipe);
  const algorithms = rangeAlgorithmsOf(module, matcher);
  // What made-up inputs do to layers says nothing of real ones.
  const wanted = representativeData === RANDOM ? undefined : layersToRefine(module, matcher);
  // Other recipes refine other layers.
  const layers = wanted && options.calibrations ? watchLayers(module) : wanted;
  const key = JSON.stringify([matcher.recipe.options.crossLayerEqualization, layers !== undefined, ...algorithms]);
  const known = options.calibrations?.get(key);
  if (known) return known;
  const { source, diagnostics } = await openCalibrationData(representativeData, representativeOptions);
  const ranges = await calibrate(exportModule(module), source, {
    algorithm: ({ key }) => algorithms.get(key) ?? matcher.recipe.activations,
    watched: layers?.bySource,
    file: path,
    runtime: options.runtime,
  });
  if (saveCalibration !== undefined) writeRanges(ranges, saveCalibration);
  const found = { ranges, layerInputs: layers?.inputs, diagnostics };
  options.calibrations?.set(key, found);
  return found;
}

/** A calibration holds ranges; what layers are given, by which they are refined, only samples show. */
function withoutSamples(module: Module, matcher: RuleMatcher, file: string): readonly Diagnostic[] {
  const layers = layersToRefine(module, matcher)?.inputs.size ?? 0;
  if (layers === 0) return [];
  const detail = `${file} has the ranges of tensors, but not the samples by which the weights and biases of ${layers} layers would be refined.`;
  return [diagnostic('not-refined', { detail, locations: [{ file }] })];
}

function failWithoutData(path: string, recipe: Recipe): never {
  fail('invalid-option', {
    detail: `The recipe ${recipe.name} quantizes activations of ${path}, and nothing says in which ranges they lie.`,
    locations: [{ file: path }],
    help: [
      'Give samples of real inputs: `--representative-data FILE.npz`, with an array for each input under its name in the signature and a sample in each row. A hundred are enough.',
      'Or quantize without any: `--quantize dynamic` or `--quantize float16`.',
      'To try it out, `--representative-data random`: the model may then be far less accurate.',
    ],
  });
}
