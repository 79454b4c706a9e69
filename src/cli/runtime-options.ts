import { runtimes } from '#config/choices.js';
import type { RuntimeSettings } from '#index.js';
import type { Option } from './command.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';

export const runtimeOption: Option = {
  name: 'runtime',
  argument: 'NAME',
  summary:
    'What runs models: `wasm`, LiteRT as it comes along, or `native`, the library of the Python package `ai-edge-litert`. Default: wasm.',
};

/** For commands without an engine. */
export const runtimeOptions: readonly Option[] = [
  runtimeOption,
  {
    name: 'python',
    argument: 'PATH',
    summary: 'The Python that has `ai-edge-litert`, for `--runtime native`. Default: python3.',
  },
  {
    name: 'engine-setup',
    argument: 'none|auto',
    summary: 'With `auto`, install a pinned `ai-edge-litert` from PyPI into the cache folder. Default: none.',
  },
];

/** What runs models. Throws a DiagnosticError for what there is not. */
export function parseRuntime(command: string, args: Arguments): RuntimeSettings {
  const name = args.one('runtime') ?? 'wasm';
  const runtime = runtimes.find((candidate) => candidate === name);
  if (runtime === undefined) return wrongUsage(command, `--runtime ${name} is none of ${runtimes.join(', ')}.`);
  return { runtime, python: args.one('python'), setup: parseSetup(command, args) };
}

/** As `parseRuntime`, for commands where Python serves for nothing else. */
export function parseRuntimeAlone(command: string, args: Arguments): RuntimeSettings {
  const settings = parseRuntime(command, args);
  const stray = settings.runtime === 'wasm' && ['python', 'engine-setup'].find((name) => args.has(name));
  if (stray) wrongUsage(command, `--${stray} needs \`--runtime native\`.`);
  return settings;
}

export function parseSetup(command: string, args: Arguments): 'none' | 'auto' {
  const setup = args.one('engine-setup') ?? 'none';
  if (setup === 'none' || setup === 'auto') return setup;
  return wrongUsage(command, `--engine-setup ${setup} is neither none nor auto.`);
}
