import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from '#data/data-set.js';
import { isModuleName, openModuleDataSet } from '#data/module-data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { evaluateModel, signatureToJudge } from '#evaluate/evaluate-models.js';
import { dropOf, type Metric } from '#evaluate/metric.js';
import { openMetrics } from '#evaluate/open-metrics.js';
import { wholeRecipes } from '#gate/candidate-recipes.js';
import { layerDamage } from '#gate/layer-damage.js';
import { type Candidate, type Refusal, searchSmallest, type Trial } from '#gate/search-smallest.js';
import { workersFor } from '#quantize/calibration/run-in-parallel.js';
import { ioTypes, type Recipe } from '#quantize/recipe.js';
import { formatRecipe } from '#quantize/recipe-file.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { InterpreterPool } from '#runtime/interpreter-pool.js';
import { keepsState, openInterpreter } from '#runtime/open-interpreter.js';
import { RememberedRuns } from '#runtime/remembered-runs.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { writeModelFile } from '#tflite/file/write-model.js';
import { convertToRun } from './engines/convert-to-run.js';
import { type QuantizedModel, type QuantizeModelOptions, quantizeModel } from './quantize-model.js';

export interface SearchModelOptions extends Omit<QuantizeModelOptions, 'scheme' | 'recipe'> {
  /** A data set's path: what the models are judged on. */
  readonly evaluateData: string;
  /** A metric's name; see `findMetric`. Errors such as `mae` are those to the float model, `mae[labels]` to labels. */
  readonly metric: string;
  /** What may be lost; see `dropOf`. */
  readonly maxDrop: number;
  /** At most so many models are made. */
  readonly maxTrials: number;
}

/** What a search tried, for people and reports. */
export interface SearchReport {
  readonly metric: string;
  readonly maxDrop: number;
  /** Whether the metric says how far outputs are from those of the float model. */
  readonly againstFloat: boolean;
  /** The float model's value of the metric. */
  readonly float: number;
  /** In the order in which they were tried; recipes by name. */
  readonly trials: readonly TrialReport[];
  /** Place among these of the smallest model that holds the budget. */
  readonly best: number;
  /** Its recipe as YAML. */
  readonly recipeText: string;
}

export interface TrialReport extends Omit<Trial, 'recipe'> {
  readonly recipe: string;
  /** Tensors of the layers that it treats differently from the rest. */
  readonly layers: readonly string[];
}

export interface FoundModel extends QuantizedModel {
  readonly search: SearchReport;
}

/** Samples that models are given at a time, so that no thread waits for the next one. */
const AHEAD = 8;
/** Bytes of the float model's outputs that are kept for the comparisons. */
const MOST_REMEMBERED = 2 ** 28;

/** What is wrong with one candidate only; all else is wrong with what the user gave. */
const REFUSALS: readonly string[] = ['unsupported-op', 'unsupported-model', 'run-failed', 'run-timeout'];

/**
 * The smallest model, among whole-model schemes and mixtures of them, that loses at most `maxDrop` of a metric on data.
 * Static schemes are tried where there is representative data or a calibration. Throws a DiagnosticError for what is
 * wrong with the model, the data or the options, and where no model that was tried holds the budget.
 */
export async function searchModel(path: string, options: SearchModelOptions): Promise<FoundModel> {
  // A module that is named here is run by whoever names it: this is no configuration that others may change.
  const { metrics, dispose } = await openMetrics([options.metric], { against: 'float', allowCode: true });
  try {
    return await searchWith(metrics[0] as Metric, path, options);
  } finally {
    await dispose();
  }
}

async function searchWith(metric: Metric, path: string, options: SearchModelOptions): Promise<FoundModel> {
  const { evaluateData } = options;
  const data = await (isModuleName(evaluateData)
    ? openModuleDataSet(evaluateData, { allowCode: true })
    : openDataSet(evaluateData));
  const float = floatModel(path, options);
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-search-'));
  // All models are compared with what it gives for the same samples.
  const interpreter = new RememberedRuns(
    await openSeveral(float, path, options),
    keepsState(float) ? 0 : MOST_REMEMBERED,
  );
  try {
    const { key } = signatureToJudge(interpreter);
    const floatValue = await evaluateModel(interpreter, { metric, reference: interpreter, data, ahead: AHEAD });
    const bench = {
      path,
      options: { ...options, calibrations: new Map() },
      folder,
      float,
      key,
      data,
      metric,
      floatValue,
      interpreter,
    };
    const hasData = options.representativeData !== undefined || options.calibration !== undefined;
    let count = 0;
    const { best, trials } = await searchSmallest(recipesFor(hasData, options), {
      maxDrop: options.maxDrop,
      maxTrials: options.maxTrials,
      make: (recipe) => makeCandidate(bench, recipe, ++count),
    });
    if (!best) return failWithout(path, metric, options, trials.length);
    const recipe: Recipe = { ...best.recipe, summary: summaryOf(best, metric, options) };
    const recipeText = formatRecipe(recipe);
    const found = await quantizeModel(path, { ...options, recipe: writeRecipe(folder, recipe) });
    const report = trials.map(
      (trial): TrialReport => ({
        ...trial,
        recipe: trial.recipe.name,
        layers: trial.recipe.rules.flatMap(({ match }) => match.tensor ?? []),
      }),
    );
    const { name, comparesWithReference: againstFloat } = metric;
    const search = { metric: name, maxDrop: options.maxDrop, againstFloat, float: floatValue, trials: report };
    return { ...found, search: { ...search, best: trials.indexOf(best), recipeText } };
  } finally {
    await interpreter.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function recipesFor(hasData: boolean, { ioType = 'float32' }: SearchModelOptions): Recipe[] {
  const type = ioTypes.find((candidate) => candidate === ioType);
  if (type === undefined) {
    return fail('invalid-option', {
      detail: `--io-type ${ioType}: there is no such io-type.`,
      help: [`It may be ${ioTypes.join(', ')}.`],
    });
  }
  const recipes = wholeRecipes(hasData, type);
  if (recipes.length > 0) return recipes;
  return fail('invalid-option', {
    detail: `Inputs and outputs in ${type} need the ranges of their values, and nothing says them.`,
    help: ['Give samples of real inputs: `--representative-data FILE.npz`, or leave out `--io-type`.'],
  });
}

interface Bench {
  readonly path: string;
  readonly options: SearchModelOptions;
  /** Where models wait until they are run: in memory they would add up. */
  readonly folder: string;
  readonly float: ModelRecord;
  /** Of the signature that models are judged by. */
  readonly key: string;
  readonly data: DataSet;
  readonly metric: Metric;
  readonly floatValue: number;
  readonly interpreter: Interpreter;
}

async function makeCandidate(bench: Bench, recipe: Recipe, number: number): Promise<Candidate | Refusal> {
  const { path, folder, options, metric, data, float, key } = bench;
  const file = join(folder, `${number}.tflite`);
  // A layer at the border of the model may keep it from getting the type that its inputs and outputs shall have.
  const refusals = recipe.rules.length > 0 ? [...REFUSALS, 'invalid-option'] : REFUSALS;
  const made = await unlessRefused(refusals, async () => {
    const once = { saveCalibration: undefined, dumpPasses: undefined, explain: undefined };
    const { model } = await quantizeModel(path, { ...options, ...once, recipe: writeRecipe(folder, recipe) });
    return { bytes: await writeModelFile(model, file) };
  });
  if ('refused' in made) return made;
  return {
    bytes: made.bytes,
    measure: () =>
      unlessRefused(REFUSALS, async () => {
        const candidate = await openSeveral(readModelFile(file), path, options);
        try {
          const value = await evaluateModel(candidate, { metric, reference: bench.interpreter, data, ahead: AHEAD });
          return { value, drop: dropOf(metric, value, bench.floatValue) };
        } finally {
          await candidate.dispose();
        }
      }),
    layers: () => layerDamage(readModelFile(file), float, key, data, options.runtime),
  };
}

/** Interpreters of a model on as many threads as there are processors for. */
async function openSeveral(model: ModelRecord, file: string, { runtime }: SearchModelOptions): Promise<Interpreter> {
  const bytes = model.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const count = keepsState(model) ? 1 : workersFor(bytes);
  return new InterpreterPool(
    await Promise.all(Array.from({ length: count }, () => openInterpreter(model, { file, runtime }))),
  );
}

async function unlessRefused<T>(refusals: readonly string[], action: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    if (!error.diagnostics.every(({ code }) => refusals.includes(code))) throw error;
    return { refused: error.diagnostics.map(({ detail }) => detail).join(' ') };
  }
}

/** Recipes go through files, so that what was tried is what a saved recipe says. */
function writeRecipe(folder: string, recipe: Recipe): string {
  const file = join(folder, 'recipe.yaml');
  writeFileSync(file, formatRecipe(recipe));
  return file;
}

function floatModel(path: string, options: SearchModelOptions): ModelRecord {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return readModelFile(path);
  return convertToRun(path, options.runtime, { ...options, dumpPasses: undefined, explain: undefined });
}

function summaryOf({ bytes, value, drop }: Trial, { name }: Metric, { maxDrop }: SearchModelOptions): string {
  return `Found by search: ${bytes} bytes, ${name} ${value}, a loss of ${drop} where ${maxDrop} was allowed.`;
}

function failWithout(path: string, { name }: Metric, { maxDrop }: SearchModelOptions, trials: number): never {
  return fail('invalid-option', {
    detail: `None of the ${trials} models that were made of ${path} holds ${name} within ${maxDrop} of the float model.`,
    locations: [{ file: path }],
    help: ['Allow more models by `--max-trials`, or a greater loss by `--max-drop`.'],
  });
}
