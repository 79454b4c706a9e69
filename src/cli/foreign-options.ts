import type { ConvertOptions } from '#index.js';
import type { Option } from './command.js';
import type { Arguments } from './parse-arguments.js';

/** Ways out for ops that TFLite has no kernel for. */
export const foreignOptions: readonly Option[] = [
  {
    name: 'select-tf-ops',
    summary: 'Leave ops without a TFLite kernel to TensorFlow; the app must link the Flex delegate.',
  },
  {
    name: 'allow-custom-op',
    argument: 'NAME',
    repeated: true,
    summary: 'Leave this op, if TFLite has no kernel for it, to a kernel that the app registers under its name.',
  },
  {
    name: 'fuse-rnn',
    summary: 'Make recurrent layers single ops; their state survives a run, and LiteRT for the web has none of them.',
  },
  {
    name: 'replacements',
    argument: 'RULES',
    repeated: true,
    summary: 'Write ops with others: a YAML file of rules, the name of a ready rule, or an ES module (.mjs).',
  },
];

export function parseForeignOptions(
  args: Arguments,
): Pick<ConvertOptions, 'selectTfOps' | 'allowCustomOps' | 'fuseRnn'> {
  const custom = args.all('allow-custom-op');
  return {
    ...(args.has('select-tf-ops') ? { selectTfOps: true } : {}),
    ...(args.has('fuse-rnn') ? { fuseRnn: true } : {}),
    ...(custom.length === 0 ? {} : { allowCustomOps: custom }),
  };
}
