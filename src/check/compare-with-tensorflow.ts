import { type Diagnostic, DiagnosticError, diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import { evaluateModels, type ModelEvaluation, signatureToJudge } from '#evaluate/evaluate-models.js';
import { findMetric } from '#evaluate/find-metric.js';
import { plainCheck } from '#gate/checks/check.js';
import { finite } from '#gate/checks/metric-checks.js';
import type { Check } from '#record/findings.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { openModelFile } from '#runtime/open-interpreter.js';
import { TensorFlowModel } from '../engines/tensorflow/tensorflow-model.js';
import { openJudgingData } from './judging-data.js';
import { isFloat } from './make-file.js';
import type { MeasureJob } from './measure-job.js';

/** What a float file has to reach, in decibels: a thousandth of the outputs' size. Rounding alone is far better. */
const LEAST_SQNR = 60;
const RANDOM_SAMPLES = 16;
const METRICS = ['sqnr', 'max-error', 'agreement'] as const;

export interface TensorFlowComparison {
  /** Of float files; what quantization costs is for the limits on metrics. */
  readonly checks: readonly Check[];
  readonly problems: readonly Diagnostic[];
}

/**
 * Runs the SavedModel by TensorFlow and its files by LiteRT on the same samples, and compares the outputs. Files that
 * LiteRT does not run are left out. Throws a DiagnosticError for what is wrong with the data, or where there is no
 * TensorFlow.
 */
export async function compareWithTensorFlow(
  job: MeasureJob,
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, TensorFlowComparison>> {
  const models = await openFiles(files, job);
  try {
    if (models.size === 0) return new Map();
    return await compare(job, models);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.diagnostics.some((found) => kindOf(found) !== 'unsupported')) {
      throw error;
    }
    const { diagnostics } = error;
    return new Map(
      [...models.keys()].map((name) => {
        const reason = diagnostics.map(({ detail }) => detail).join(' ');
        return [name, { checks: checksOf(job, name, { verdict: 'fail', reason }), problems: diagnostics }];
      }),
    );
  } finally {
    await Promise.all([...models.values()].map((model) => model.dispose()));
  }
}

async function compare(
  job: MeasureJob,
  models: ReadonlyMap<string, Interpreter>,
): Promise<ReadonlyMap<string, TensorFlowComparison>> {
  const { inputShapes, ...selection } = job.selection;
  const options = { ...selection, inputShapes: inputShapes && new Map(Object.entries(inputShapes)) };
  const data = await openJudgingData(job);
  const reference = await TensorFlowModel.open(job.savedModel, options, job.tensorflow);
  try {
    const { limit = RANDOM_SAMPLES, seed } = job.evaluate;
    const evaluation = await evaluateModels({
      models,
      reference,
      data,
      metrics: METRICS.map((name) => findMetric(name)),
      // Data have their limit already.
      ...(data ? {} : { limit, seed }),
    });
    const on = `${evaluation.samples} ${data ? 'samples of the data' : 'random samples'}`;
    const isComparable = signatureToJudge(reference).outputs.some(({ dtype }) => dtype !== 'string');
    return new Map(
      [...evaluation.models].map(([name, found]) => [name, comparisonOf(job, name, found, on, isComparable)]),
    );
  } finally {
    await reference.dispose();
  }
}

function comparisonOf(
  job: MeasureJob,
  name: string,
  { results, failure }: ModelEvaluation,
  on: string,
  isComparable: boolean,
): TensorFlowComparison {
  if (failure) {
    // Why is told where it is judged.
    const reason = 'LiteRT does not run it here.';
    return { checks: checksOf(job, name, { verdict: 'skipped', reason }), problems: [] };
  }
  if (!isComparable) {
    const reason = 'Its outputs are texts, which are not compared.';
    return { checks: checksOf(job, name, { verdict: 'skipped', reason }), problems: [] };
  }
  const [sqnr, error, agreement] = METRICS.map((metric) => results.get(metric)?.value ?? Number.NaN) as [
    number,
    number,
    number,
  ];
  const numbers = [
    sqnr === Number.POSITIVE_INFINITY ? 'the outputs are equal' : `signal to noise ${decibels(sqnr)}`,
    `largest error ${error.toPrecision(3)}`,
    ...(Number.isNaN(agreement) ? [] : [`the same class in ${(100 * agreement).toFixed(2)} % of the answers`]),
  ];
  const summary = `On ${on}, against TensorFlow's own run of the SavedModel: ${numbers.join(', ')}.`;
  const checks = checksOf(job, name, {
    verdict: sqnr >= LEAST_SQNR ? 'pass' : 'fail',
    reason: summary,
    measured: finite(sqnr),
  });
  return { checks, problems: [diagnostic('compared-with-tensorflow', { detail: summary })] };
}

function decibels(value: number): string {
  return Number.isNaN(value) ? 'not a number' : `${value.toFixed(1)} dB`;
}

function checksOf(
  { variants }: MeasureJob,
  name: string,
  { verdict, reason, measured = null }: Pick<Check, 'verdict' | 'reason'> & { readonly measured?: number | null },
): Check[] {
  const variant = variants.find((candidate) => candidate.name === name);
  if (!variant || !isFloat(variant)) return [];
  return [
    plainCheck({
      id: 'verify.tensorflow',
      kind: 'accuracy',
      limit: LEAST_SQNR,
      limitText: `${LEAST_SQNR} dB`,
      measured,
      unit: 'dB',
      verdict,
      reason,
    }),
  ];
}

async function openFiles(
  files: ReadonlyMap<string, string>,
  { runtime }: MeasureJob,
): Promise<Map<string, Interpreter>> {
  const models = new Map<string, Interpreter>();
  for (const [name, file] of files) {
    try {
      models.set(name, await openModelFile(file, { runtime }));
    } catch (error) {
      // What LiteRT does not run is told where it is judged.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  return models;
}
