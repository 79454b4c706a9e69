import { runModel } from '#index.js';
import type { CommandRunner } from './command.js';
import { plural } from './format.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import { parseRuntimeAlone } from './runtime-options.js';
import { writeWholeFile } from './write-file.js';

/** Runs a model once on the arrays of an .npz file and writes the outputs to another. */
export const runRun: CommandRunner = async (args, { logger }) => {
  const [model = ''] = args.positionals;
  const inputs = required(args, 'inputs');
  const outputs = required(args, 'outputs');
  const timeLimitMs = parseTimeLimit(args.one('time-limit'));
  const runtime = parseRuntimeAlone('run', args);
  logger.progress(`Running ${model} …`);
  const run = await runModel(model, inputs, { signature: args.one('signature'), timeLimitMs, runtime });
  if (run.unused.length > 0) logger.note(`${inputs}: not an input, left out: ${run.unused.join(', ')}.`);
  writeWholeFile(outputs, run.npz);
  const shapes = run.outputs.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(', ')}]`);
  logger.result(
    `${outputs}: ${plural(shapes.length, 'output')} in ${run.milliseconds.toFixed(1)} ms: ${shapes.join('; ')}`,
  );
  return 0;
};

function required(args: Arguments, name: string): string {
  return args.one(name) ?? wrongUsage('run', `--${name} FILE is missing.`);
}

function parseTimeLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds * 1000;
  return wrongUsage('run', `--time-limit ${text} is not a number of seconds.`);
}
