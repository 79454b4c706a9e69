import { inspect } from '#index.js';
import type { CommandRunner } from './command.js';
import { parseTags } from './convert-options.js';
import { inspectionText } from './inspection-text.js';

/** Shows what is in a SavedModel or a .tflite file. */
export const runInspect: CommandRunner = async (args, { logger }) => {
  const [path = ''] = args.positionals;
  const tags = args.one('tags');
  logger.progress(`Reading ${path} …`);
  const inspection = await inspect(path, tags === undefined ? {} : { tags: parseTags(tags) });
  logger.output(
    args.has('json') ? JSON.stringify({ path, ...inspection }, undefined, 2) : inspectionText(path, inspection),
  );
  return 0;
};
