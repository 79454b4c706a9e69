import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileDigest } from '#check/file-digest.js';
import { now } from '#diagnostics/clock.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { diagnosticsOf, type ExitCode, exitCodeOf } from '#diagnostics/exit-code.js';
import { renderLocation } from '#diagnostics/render-location.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { type ConvertOptions, type ConvertResult, convert, type PassTiming, writeModel } from '#index.js';
import type { EngineChoice, MadeModel } from '#make-model.js';
import type { CommandContext, CommandRunner } from './command.js';
import { type Job, parseConvertOptions, planJobs } from './convert-options.js';
import { parseEngine } from './engine-options.js';
import { formatBytes, formatSeconds, plural } from './format.js';
import { wrongUsage } from './parse-arguments.js';
import { quantizationLines } from './quantization-text.js';
import { parseVariants } from './quantize-options.js';
import { type ModelReport, reportText, STATUS } from './report.js';
import { searchLines } from './search-text.js';
import type { TerminalLogger } from './terminal-logger.js';
import { timingText } from './timing-text.js';
import { makeFolder, writeWholeFile } from './write-file.js';

/** Converts all models, also behind one that fails; the exit code is the gravest of theirs. */
export const runConvert: CommandRunner = async (args, context) => {
  const variants = parseVariants(args);
  const jobs = planJobs(args, variants);
  if (jobs.length > 1 && args.has('save-recipe')) wrongUsage('convert', '--save-recipe is for one model.');
  const choice = parseEngine(args, variants);
  const options: ConvertOptions = {
    ...parseConvertOptions(args),
    ...(await replacementOptions(args.all('replacements'), context)),
    command: context.commandLine,
  };
  const reportFile = args.one('report');
  // Only reports need hashes, and loading what computes them takes time.
  const hash = reportFile === undefined ? undefined : fileDigest;
  const reports: ModelReport[] = [];
  let worst: ExitCode = 0;
  for (const [i, job] of jobs.entries()) {
    const count = jobs.length > 1 ? `[${i + 1}/${jobs.length}] ` : '';
    context.logger.progress(`${count}Converting ${job.input} …`);
    const [exitCode, report] = await convertOne(job, { options, choice, timing: args.has('timing') }, context, hash);
    if (exitCode > worst) worst = exitCode;
    reports.push(report);
  }
  if (reportFile !== undefined) writeWholeFile(reportFile, reportText(reports, worst));
  return worst;
};

async function replacementOptions(
  sources: readonly string[],
  { replacer }: CommandContext,
): Promise<Pick<ConvertOptions, 'replacements'>> {
  if (sources.length === 0) return {};
  if (!replacer) throw new Error('the part of the program that reads replacement rules is not loaded');
  return { replacements: await replacer.load(sources) };
}

/** The model of a job, float or quantized, and what is to be told of it. */
type Made = Pick<MadeModel, 'model' | 'diagnostics'> &
  Partial<Pick<ConvertResult, 'timings' | 'explanations'>> &
  Pick<ModelReport, 'engine' | 'quantization' | 'search'>;

/** How all models of a command line are made. */
interface Settings {
  readonly options: ConvertOptions;
  /** Undefined for the native engine. */
  readonly choice: EngineChoice | undefined;
  /** Whether to tell where the time went. */
  readonly timing?: boolean;
}

/** Makes the model, and checks what replacement rules did to it. */
async function make(job: Job, { options, choice }: Settings, context: CommandContext): Promise<Made> {
  const { replacements } = options;
  // Those of the models before are checked already.
  const before = replacements?.applied.length;
  const made = await makeUnchecked(job, { options: { ...options, dumpPasses: job.dumpPasses }, choice }, context);
  if (!replacements || !context.replacer) return made;
  const findings = await context.replacer.verify(replacements.applied.slice(before));
  const diagnostics = [...made.diagnostics, ...findings];
  if (findings.some(({ severity }) => severity === 'error')) throw new DiagnosticError(diagnostics);
  return { ...made, diagnostics };
}

async function makeUnchecked(
  job: Job,
  { options: each, choice }: Settings,
  { quantize, make: makeBy }: CommandContext,
): Promise<Made> {
  if (choice) {
    if (!makeBy) throw new Error('the part of the program that runs TensorFlow is not loaded');
    const { report, ...made } = await makeBy(job.input, job.variant, each, choice);
    return { ...made, ...(report ? { quantization: report } : {}) };
  }
  if (job.variant === undefined) return convert(job.input, each);
  if (!quantize) throw new Error('the part of the program that quantizes is not loaded');
  const { report, ...made } = await quantize(job.input, job.variant, each);
  return { ...made, quantization: report };
}

async function convertOne(
  job: Job,
  settings: Settings,
  context: CommandContext,
  hash: ((path: string) => string) | undefined,
): Promise<[ExitCode, ModelReport]> {
  const { logger } = context;
  const { options } = settings;
  const start = now();
  try {
    const { timings = [], explanations = [], ...result } = await make(job, settings, context);
    if (options.explain !== undefined) explain(options.explain, timings, explanations, logger);
    makeFolder(dirname(job.output));
    const written: PassTiming[] = [];
    const { operators, operatorCount, weightBytes, macs } = await writeModel(result.model, job.output, written);
    const durationMs = now() - start;
    const all = [...timings, ...written];
    const bytes = statSync(job.output).size;
    logger.diagnostics(result.diagnostics);
    if (settings.timing) logger.aside(timingText(job.input, all, durationMs, start));
    const sizes = [formatBytes(bytes), plural(operatorCount, 'op'), formatSeconds(durationMs)];
    logger.result(`${job.output}: ${sizes.join(', ')}`);
    if (result.quantization) for (const line of quantizationLines(result.quantization)) logger.result(`  ${line}`);
    const { diagnostics, quantization, search } = result;
    if (search) for (const line of searchLines(search)) logger.result(`  ${line}`);
    const recipeFile = job.variant?.search?.saveRecipe;
    if (search && recipeFile !== undefined) writeWholeFile(recipeFile, search.recipeText);
    const report: ModelReport = {
      input: job.input,
      status: 'converted',
      engine: result.engine ?? 'native',
      output: job.output,
      bytes,
      ...(hash ? { sha256: hash(job.output) } : {}),
      operatorCount,
      operators,
      macs: macs.total,
      weightBytes,
      ...(quantization ? { quantization } : {}),
      ...(search ? { search } : {}),
      timings: all,
      explanations,
      diagnostics,
      durationMs,
    };
    return [0, report];
  } catch (error) {
    const exitCode = exitCodeOf(error);
    const diagnostics = diagnosticsOf(error);
    logger.diagnostics(diagnostics);
    logger.failure(`${job.input} is not converted.`);
    if (exitCode === 3 && settings.choice?.engine !== 'tensorflow') leaveDump(job, options, logger);
    const durationMs = now() - start;
    return [exitCode, { input: job.input, status: STATUS[exitCode], diagnostics, durationMs }];
  }
}

/** Conversion is deterministic: done again with a dump, it leaves what is needed to look into a defect. */
function leaveDump(job: Job, options: ConvertOptions, logger: TerminalLogger): void {
  const folder = job.dumpPasses ?? mkdtempSync(join(tmpdir(), 'tflite-gate-'));
  if (job.dumpPasses === undefined) {
    try {
      convert(job.input, { ...options, dumpPasses: folder });
    } catch {
      // The error that has been reported already.
    }
  }
  if (existsSync(join(folder, 'failure.txt'))) {
    logger.failure(`The graph before the pass that failed, and the command that repeats it, are in ${folder}.`);
  } else if (job.dumpPasses === undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes why the pass left ops alone. Fails, before anything is written, where there is no such pass. */
function explain(
  pass: string,
  timings: ConvertResult['timings'],
  explanations: ConvertResult['explanations'],
  logger: TerminalLogger,
): void {
  const names = new Set(timings.map(({ name }) => name));
  if (!names.has(pass)) {
    const close = closestSpelling(pass, names);
    const suggestion = close === undefined ? `The passes are: ${[...names].join(', ')}.` : `Did you mean \`${close}\`?`;
    wrongUsage('convert', `--explain ${pass}: there is no such pass.`, suggestion);
  }
  if (explanations.length === 0) logger.result(`${pass} left nothing alone for which it gives a reason.`);
  for (const { op, location, reason, count } of explanations) {
    const times = count > 1 ? ` (${count} times)` : '';
    logger.result([`${op}: ${reason}${times}`, renderLocation(location)].filter((part) => part !== '').join(', at '));
  }
}
