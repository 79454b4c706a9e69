import { type Diagnostic, DiagnosticError, diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import { evaluateModels, signatureToJudge } from '#evaluate/evaluate-models.js';
import { readSignatures } from '#runtime/describe-signatures.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { openInterpreter, runtimeKind } from '#runtime/open-interpreter.js';
import { refuseUnrunnable } from '#runtime/refusals.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { contaminated } from './contamination.js';
import { openJudgingData } from './judging-data.js';
import { layersOf } from './layers.js';
import type { MeasureJob } from './measure-job.js';
import type { MeasuredMetric, Measurement } from './measurement.js';
import { openNamedMetrics } from './named-metrics.js';

/** Under which the float model is judged beside its variants; no variant can be called so. */
const REFERENCE = '(float)';
/** Inputs that models without data are compared on, unless the configuration says otherwise. */
const RANDOM_SAMPLES = 64;

/** What running a file told. */
export interface Judged extends Pick<Measurement, 'metrics' | 'nan' | 'layers'> {
  readonly problems: readonly Diagnostic[];
}

export interface JudgedFiles {
  readonly reference: readonly MeasuredMetric[];
  /** By the variant's name; not for those without a file. */
  readonly variants: ReadonlyMap<string, Judged>;
}

/**
 * Runs the files of a model's variants and that of its float model on the same samples. A file that LiteRT does not run
 * is told in its problems; what is wrong with data and metrics is thrown.
 */
export async function judgeFiles(
  job: MeasureJob,
  files: ReadonlyMap<string, string>,
  reference: string,
): Promise<JudgedFiles> {
  const { metrics, dispose } = await openNamedMetrics(job.evaluate.metrics, job);
  const interpreters = new Map<string, Interpreter>();
  try {
    const variants = new Map<string, Judged>();
    const refusal = await open(reference, job, interpreters);
    for (const [name, file] of files) {
      const problems = refusal ?? (await open(file, job, interpreters));
      if (problems) variants.set(name, { metrics: [], nan: { rows: 0, first: null }, layers: [], problems });
    }
    const float = interpreters.get(reference);
    if (!float) return { reference: [], variants };
    const running = [...files].filter(([, file]) => interpreters.has(file));
    const data = await openJudgingData(job);
    const { limit, seed } = job.evaluate;
    const { models, evidence, samples } = await evaluateModels({
      models: new Map([
        [REFERENCE, float],
        ...running.map(([name, file]) => [name, interpreters.get(file)] as const),
      ] as [string, Interpreter][]),
      reference: float,
      data,
      batch: job.evaluate.batch,
      metrics,
      // Data have their limit already.
      ...(data ? {} : { limit: limit ?? RANDOM_SAMPLES, seed }),
    });
    const metricsOf = (id: string): MeasuredMetric[] =>
      [...(models.get(id)?.results ?? [])].map(([name, { rows }]) => ({ name, evidence, rows }));
    const signature = signatureToJudge(float);
    const shared = data ? await contaminated(job, running, data, signature) : new Map<string, Diagnostic>();
    const ofFloat = (models.get(REFERENCE)?.failure?.diagnostics ?? []).map((found) => ({
      ...found,
      detail: `Of the float model that it is compared with: ${found.detail}`,
    }));
    for (const [name, file] of running) {
      const interpreter = interpreters.get(file) as Interpreter;
      const { nan, failure } = models.get(name) as NonNullable<ReturnType<typeof models.get>>;
      variants.set(name, {
        metrics: metricsOf(name),
        nan: { rows: nan.rows, first: nan.first ?? null },
        layers:
          failure || file === reference
            ? []
            : await layersOf(
                { path: file, interpreter },
                { path: reference, interpreter: float },
                signature.key,
                data,
                job.runtime,
              ),
        problems: [
          ...(failure?.diagnostics ?? ofFloat),
          ...notNumbers(job, nan, samples),
          ...(shared.has(name) ? [shared.get(name) as Diagnostic] : []),
        ],
      });
    }
    return { reference: metricsOf(REFERENCE), variants };
  } finally {
    await Promise.all([dispose(), ...[...interpreters.values()].map((interpreter) => interpreter.dispose())]);
  }
}

function notNumbers(
  { shownAs }: MeasureJob,
  { rows, first }: { readonly rows: number; readonly first: number | undefined },
  samples: number,
): Diagnostic[] {
  if (rows === 0) return [];
  const detail = `Of ${samples} samples, ${rows} give outputs that hold NaN, sample ${first} as the first.`;
  return [diagnostic('not-a-number', { detail, locations: [{ file: shownAs }] })];
}

/** Opens a file once. Gives why LiteRT does not run it, which would else show with the first sample. */
async function open(
  file: string,
  { shownAs, runtime }: MeasureJob,
  interpreters: Map<string, Interpreter>,
): Promise<readonly Diagnostic[] | undefined> {
  if (interpreters.has(file)) return undefined;
  try {
    const model = readModelFile(file);
    const signature = signatureToJudge({ signatures: readSignatures(model) });
    refuseUnrunnable(model, signature, runtimeKind({ runtime }), shownAs);
    interpreters.set(file, await openInterpreter(model, { file: shownAs, runtime }));
    return undefined;
  } catch (error) {
    if (!(error instanceof DiagnosticError) || !error.diagnostics.every((found) => kindOf(found) === 'unsupported')) {
      throw error;
    }
    return error.diagnostics.map(({ detail, locations }) =>
      diagnostic('not-run', { detail: `It is not run here, and so not judged by its outputs: ${detail}`, locations }),
    );
  }
}
