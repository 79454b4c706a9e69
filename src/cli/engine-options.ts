import { engines } from '#config/choices.js';
import { parseQuantity, quantityExamples, type Unit } from '#config/quantity.js';
import type { EngineChoice } from '#make-model.js';
import type { Option } from './command.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import type { Variant } from './quantize-options.js';
import { parseSetup } from './runtime-options.js';

/** What converts. */
export const engineOptions: readonly Option[] = [
  {
    name: 'engine',
    argument: 'NAME',
    summary:
      'What converts: `native`, `tensorflow`, the official converter, or `auto`, the latter where the former refuses. Default: native.',
  },
  {
    name: 'python',
    argument: 'PATH',
    summary: 'The Python that has TensorFlow, for --engine, or `ai-edge-litert`, for --runtime. Default: python3.',
  },
  {
    name: 'engine-setup',
    argument: 'none|auto',
    summary: 'With `auto`, install what --engine or --runtime needs from PyPI into the cache folder. Default: none.',
  },
  {
    name: 'engine-time-limit',
    argument: 'TIME',
    summary: 'What TensorFlow may take for one model, as in `90 s`. Default: 30 min.',
  },
  { name: 'engine-memory', argument: 'SIZE', summary: 'What memory TensorFlow may take, as in `8 GB`. Linux only.' },
];

/** Which engine makes the models; undefined for the native one. Throws a DiagnosticError for what does not go together. */
export function parseEngine(args: Arguments, variants: readonly Variant[]): EngineChoice | undefined {
  const name = args.one('engine') ?? 'native';
  const engine = engines.find((candidate) => candidate === name);
  if (engine === undefined) return wrongUsage('convert', `--engine ${name} is none of ${engines.join(', ')}.`);
  if (engine === 'native') {
    const others = engineOptions.slice(args.one('runtime') === 'native' ? 3 : 1);
    const stray = others.find((option) => args.has(option.name));
    if (stray) wrongUsage('convert', `--${stray.name} needs \`--engine tensorflow\` or \`--engine auto\`.`);
    return undefined;
  }
  if (engine === 'tensorflow' && args.has('runtime')) {
    wrongUsage('convert', '--runtime is for the native engine.', 'The official converter runs models by itself.');
  }
  if (variants.some(({ search }) => search)) wrongUsage('convert', '--quantize auto is for the native engine.');
  const setup = parseSetup('convert', args);
  const seconds = quantity(args, 'engine-time-limit', 'seconds');
  const tensorflow = {
    python: args.one('python'),
    setup,
    timeLimitMs: seconds === undefined ? undefined : seconds * 1000,
    memory: quantity(args, 'engine-memory', 'bytes'),
  };
  return { engine, tensorflow };
}

function quantity(args: Arguments, name: string, unit: Unit): number | undefined {
  const text = args.one(name);
  if (text === undefined) return undefined;
  const value = parseQuantity(text, unit);
  if (value !== undefined && value > 0) return value;
  return wrongUsage('convert', `--${name} ${text}: give ${quantityExamples[unit]}.`);
}
