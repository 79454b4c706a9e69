import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { failures } from '#config/choices.js';
import type { FailureKind } from '#config/config.js';
import type { ExitCode } from '#diagnostics/exit-code.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import type { CommandContext, CommandRunner } from './command.js';
import { type CheckOptions, type GateTools, type RunRecord, reportFormats, type Shard } from './gate-tools.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import { parseRuntime } from './runtime-options.js';
import { makeFolder, writeWholeFile } from './write-file.js';

const OUTPUT = 'tflite-gate';
const NONE = 'none';
const FAILURES_HELP = `It may be any of ${failures.join(', ')}, or \`${NONE}\`.`;

function tools({ gate }: CommandContext): GateTools {
  if (!gate) throw new Error('the part of the program that judges is not loaded');
  return gate;
}

/** Checks the models of the repository that the command runs in. */
export const runCheck: CommandRunner = async (args, context) => {
  const gate = tools(context);
  const output = resolve(args.one('output-dir') ?? OUTPUT);
  const { record } = await gate.check({ ...checkOptions('check', args), output, onModel: progressOf(context) });
  return conclude(record, output, context);
};

/** Writes what later runs are compared with. */
export const runBaseline: CommandRunner = async (args, context) => {
  const gate = tools(context);
  const file = args.one('write') ?? wrongUsage('baseline', '--write FILE is missing.');
  const output = resolve(args.one('output-dir') ?? OUTPUT);
  const options = { ...checkOptions('baseline', args), base: 'none', output, onModel: progressOf(context) };
  const run = await gate.check(options);
  if (run.record.verdict === 'invalid') {
    showText(context, gate.render(run.record, 'text', undefined));
    return 2;
  }
  writeWholeFile(file, gate.baseline(run));
  context.logger.result(`${file}: ${run.record.units.length} variants`);
  return 0;
};

/** Prints a job matrix whose jobs take about equally long. */
export const runPlan: CommandRunner = async (args, context) => {
  const gate = tools(context);
  const { units } = await gate.plan({ ...checkOptions('plan', args), output: '' });
  const count = Math.min(wholeNumber('plan', 'shards', args.one('shards') ?? '4'), Math.max(1, units.length));
  const include = gate.balance(units, count).map((part, i) => ({
    shard: `${i + 1}/${count}`,
    models: [...new Set(part.map(({ model }) => model.name))].join(', '),
  }));
  context.logger.output(JSON.stringify({ include }));
  return 0;
};

/** Joins the records of shards. */
export const runMerge: CommandRunner = async (args, context) => {
  const gate = tools(context);
  const output = resolve(args.one('output-dir') ?? OUTPUT);
  const record = gate.merge(args.positionals);
  return conclude(record, output, context);
};

/** Renders a record. */
export const runReport: CommandRunner = async (args, context) => {
  const gate = tools(context);
  const [file = ''] = args.positionals;
  const wanted = args.one('format') ?? 'text';
  const format = reportFormats.find((name) => name === wanted);
  if (!format) wrongUsage('report', `--format ${wanted} is none of ${reportFormats.join(', ')}.`);
  const text = gate.render(gate.read(file), format, resolve(file, '..'));
  const output = args.one('output');
  if (output === undefined) context.logger.output(text);
  else writeWholeFile(output, text);
  return 0;
};

/** Writes a configuration and a workflow for the SavedModels that there are. */
export const runInit: CommandRunner = async (args, context) => {
  const root = resolve(args.positionals[0] ?? '.');
  for (const file of await tools(context).init(root)) context.logger.result(`${file} is written.`);
  return 0;
};

function checkOptions(command: string, args: Arguments): Omit<CheckOptions, 'output'> {
  const shard = args.one('shard');
  const only = args.all('model');
  const failOn = args.one('fail-on');
  return {
    root: process.cwd(),
    config: args.one('config'),
    base: args.one('base'),
    ...(only.length === 0 ? {} : { only }),
    ...(shard === undefined ? {} : { shard: parseShard(command, shard) }),
    overrides: {
      ...(args.has('strict') ? { strict: true } : {}),
      ...(args.has('allow-limit-changes') ? { allowLimitChanges: true } : {}),
      cache: args.one('cache'),
      ...runtimeOverrides(command, args),
      ...(failOn === undefined ? {} : { failOn: parseFailures(command, failOn) }),
    },
    trusted: true,
  };
}

/** `none` alone is none. What is misspelt would let everything pass, so it is refused. */
function parseFailures(command: string, text: string): FailureKind[] {
  const kinds = text.split(/[,\s]+/).filter((kind) => kind !== '');
  if (kinds.length === 0) wrongUsage(command, '--fail-on names nothing.', FAILURES_HELP);
  if (!kinds.includes(NONE)) return kinds.map((kind) => parseFailure(command, kind));
  if (kinds.length > 1) wrongUsage(command, `--fail-on ${text}: \`${NONE}\` stands alone.`);
  return [];
}

function parseFailure(command: string, kind: string): FailureKind {
  const known = failures.find((each) => each === kind);
  if (known !== undefined) return known;
  const near = closestSpelling(kind, failures);
  const help = near === undefined ? [] : [`Did you mean \`${near}\`?`];
  return wrongUsage(command, `--fail-on ${kind}: no verdict is called so.`, ...help, FAILURES_HELP);
}

/** Over what the configuration says; Python may be for an engine as well. */
function runtimeOverrides(command: string, args: Arguments): CheckOptions['overrides'] {
  const { runtime, python, setup } = parseRuntime(command, args);
  return {
    ...(args.has('runtime') ? { runtime } : {}),
    ...(args.has('engine-setup') ? { engineSetup: setup } : {}),
    python,
  };
}

function parseShard(command: string, text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  return wrongUsage(command, `--shard ${text} is no share: write K/N, as in 1/3.`);
}

function wholeNumber(command: string, option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  return wrongUsage(command, `--${option} ${text} is not a number of 1 or more.`);
}

function progressOf({ logger }: CommandContext): CheckOptions['onModel'] {
  return ({ name }, done, of) => logger.progress(`${done} of ${of} models: ${name} …`);
}

/** Writes the record and the report, and says what they say and where they are. */
function conclude(record: RunRecord, output: string, context: CommandContext): ExitCode {
  const gate = tools(context);
  makeFolder(output);
  writeWholeFile(join(output, 'result.json'), gate.text(record));
  const models = existsSync(join(output, 'models')) ? output : undefined;
  const report = join(output, 'report.html');
  writeWholeFile(report, gate.render(record, 'html', models));
  showText(context, gate.render(record, 'text', undefined));
  context.logger.result(`The report is ${relative(process.cwd(), report)}.`);
  return record.verdict === 'passed' ? 0 : record.verdict === 'failed' ? 1 : 2;
}

function showText({ logger }: CommandContext, text: string): void {
  for (const line of text.split('\n')) logger.result(line);
}
