import { type Diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import { diagnosticsOf } from '#diagnostics/exit-code.js';
import { figuresOf } from '#gate/figures/figures.js';
import { fitTarget } from '#gate/targets/fit-target.js';
import { TensorFlowProcess } from '../engines/tensorflow/tensorflow-process.js';
import { compareWithTensorFlow } from './compare-with-tensorflow.js';
import { contentDigest } from './content-digest.js';
import { findingsOf } from './findings.js';
import { type Judged, judgeFiles } from './judge-files.js';
import { BESIDE, type MadeFile, makeFile, schemeOf } from './make-file.js';
import type { MeasureJob } from './measure-job.js';
import type { Measurement, ModelMeasurement } from './measurement.js';

interface Made {
  readonly file: MadeFile | undefined;
  readonly problems: readonly Diagnostic[];
  readonly milliseconds: number;
}

/**
 * Makes the variants of one SavedModel and measures them beside its float model, on the same samples. What is wrong with
 * one of them is told in its findings and leaves the others alone; what is wrong with the data or a metric is thrown.
 */
export async function measureModel(job: MeasureJob): Promise<ModelMeasurement> {
  const { made, reference } = await makeFiles(job);
  const start = performance.now();
  const files = new Map([...made].flatMap(([name, { file }]) => (file ? [[name, file.path] as const] : [])));
  const judged = reference?.file
    ? await judgeFiles(job, files, reference.file.path)
    : { reference: [], variants: new Map<string, Judged>() };
  const compared = job.verify === 'tensorflow' ? await compareWithTensorFlow(job, files) : undefined;
  const judging = { name: 'evaluate', milliseconds: performance.now() - start };
  const variants = new Map<string, Measurement>();
  for (const variant of job.variants) {
    const { file, problems, milliseconds } = made.get(variant.name) as Made;
    const result = judged.variants.get(variant.name);
    const comparison = compared?.get(variant.name);
    variants.set(variant.name, {
      scheme: schemeOf(variant),
      engine: file?.engine ?? (variant.engine === 'tensorflow' ? 'tensorflow' : 'native'),
      outcome: file ? 'measured' : outcomeOf(problems),
      path: file?.path,
      figures: file && figuresOf(file.record, await contentDigest(file.path)),
      metrics: result?.metrics ?? [],
      nan: result?.nan ?? { rows: 0, first: null },
      layers: result?.layers ?? [],
      float: file?.float ?? [],
      targets: file ? variant.targets.map((target) => fitTarget(file.record, target)) : [],
      checks: comparison?.checks ?? [],
      findings: findingsOf([
        ...(file?.diagnostics ?? problems),
        ...(result?.problems ?? []),
        ...(comparison?.problems ?? []),
      ]),
      stages: [{ name: 'make', milliseconds, ...(file?.passes.length ? { passes: [...file.passes] } : {}) }, judging],
    });
  }
  return { reference: judged.reference, variants };
}

/** The files of the variants, and the float one by which they are judged. */
async function makeFiles(job: MeasureJob): Promise<{ made: Map<string, Made>; reference: Made | undefined }> {
  const tensorflow = new TensorFlowProcess(job.tensorflow);
  const made = new Map<string, Made>();
  try {
    for (const variant of job.variants) {
      made.set(variant.name, await attempt(() => makeFile(job, variant, tensorflow)));
    }
    const { float } = job;
    const own = made.get(float.name);
    return { made, reference: own ?? (await attempt(() => makeFile(job, { ...float, name: BESIDE }, tensorflow))) };
  } finally {
    await tensorflow.dispose();
  }
}

async function attempt(make: () => Promise<MadeFile>): Promise<Made> {
  const start = performance.now();
  try {
    const file = await make();
    return { file, problems: [], milliseconds: performance.now() - start };
  } catch (error) {
    return { file: undefined, problems: diagnosticsOf(error), milliseconds: performance.now() - start };
  }
}

function outcomeOf(problems: readonly Diagnostic[]): Measurement['outcome'] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.every((found) => kindOf(found) === 'unsupported') ? 'unsupported' : 'invalid';
}
