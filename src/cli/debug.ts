import type { CommandRunner } from './command.js';
import { plural } from './format.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import { parseRuntimeAlone } from './runtime-options.js';
import { writeWholeFile } from './write-file.js';

/** Shows what quantization cost a model, layer by layer. */
export const runDebug: CommandRunner = async (args, { logger, debug }) => {
  const [model = ''] = args.positionals;
  const options = {
    against: required(args, 'against', 'FLOAT'),
    data: required(args, 'data', 'PATH'),
    limit: parseLimit(args.one('limit')),
    signature: args.one('signature'),
    runtime: parseRuntimeAlone('debug', args),
  };
  if (!debug) throw new Error('the part of the program that quantizes is not loaded');
  logger.progress(`Comparing ${model} with ${options.against} …`);
  const result = await debug(model, options);
  const [json, csv] = [args.one('json'), args.one('csv')];
  if (json !== undefined) writeWholeFile(json, result.json());
  if (csv !== undefined) writeWholeFile(csv, result.csv());
  for (const line of [...result.table, ...section(result.float)]) logger.result(line);
  for (const line of result.notes) logger.note(line);
  if (result.unmatched.length > 0) logger.note(`${plural(result.unmatched.length, 'result')} could not be compared:`);
  for (const line of result.unmatched) logger.note(`  ${line}`);
  return 0;
};

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function required(args: Arguments, name: string, argument: string): string {
  return args.one(name) ?? wrongUsage('debug', `--${name} ${argument} is missing.`);
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  return wrongUsage('debug', `--limit ${text} is not a number of samples.`);
}
