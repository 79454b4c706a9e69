import type { Command, Option } from './command.js';
import { runConvert } from './convert.js';
import { runDebug } from './debug.js';
import { engineOptions } from './engine-options.js';
import { foreignOptions } from './foreign-options.js';
import { gateCommands } from './gate-commands.js';
import { runInspect } from './inspect.js';
import { quantizeOptions } from './quantize-options.js';
import { runRun } from './run.js';
import { runtimeOptions } from './runtime-options.js';

/** Options of every command. */
export const commonOptions: readonly Option[] = [
  { name: 'quiet', short: 'q', summary: 'Write errors only.' },
  { name: 'help', short: 'h', summary: 'Show this help.' },
];

const convert: Command = {
  name: 'convert',
  summary: 'Convert SavedModels to .tflite files.',
  positionals: [
    {
      name: 'SAVED_MODEL',
      repeated: true,
      optional: true,
      summary: 'Folder that holds `saved_model.pb`, or, to quantize it, a float .tflite file.',
    },
  ],
  options: [
    {
      name: 'output',
      short: 'o',
      aliases: ['output_file'],
      argument: 'FILE',
      summary: 'The .tflite file to write, for one SavedModel.',
    },
    {
      name: 'output-dir',
      argument: 'DIR',
      summary: 'Folder for the .tflite files, each named after its SavedModel. It is made if it does not exist.',
    },
    {
      name: 'signature',
      aliases: ['saved_model_signature_key'],
      argument: 'KEY',
      repeated: true,
      summary: 'A signature to convert. Default: all that are meant to be called.',
    },
    {
      name: 'tags',
      aliases: ['saved_model_tag_set'],
      argument: 'TAG,…',
      summary: 'Tags of the graph to convert. Default: the only one, or `serve`.',
    },
    {
      name: 'input-shape',
      argument: 'NAME=DIM,…',
      repeated: true,
      summary: 'Shape of an input, by its name in the signature; `?` for a dimension that stays free.',
    },
    ...foreignOptions,
    ...engineOptions,
    ...quantizeOptions,
    {
      name: 'report',
      argument: 'FILE',
      summary: 'Write what was done as JSON: sizes, checksums, op counts, times, diagnostics.',
    },
    { name: 'timing', summary: 'Tell where the time went: reading, each pass, writing, verifying.' },
    {
      name: 'dump-passes',
      argument: 'DIR',
      summary: 'Write the graph as text after each pass that changed it, and an index with times.',
    },
    {
      name: 'verify-passes',
      summary: 'Check the graph after each pass, as `--dump-passes` does, not only at the end.',
    },
    { name: 'explain', argument: 'PASS', summary: 'Tell why a pass left ops alone.' },
    {
      name: 'saved_model_dir',
      argument: 'DIR',
      summary: "The SavedModel, in tflite_convert's spelling.",
    },
  ],
  examples: [
    { line: 'tflite-gate convert saved_model --output model.tflite', does: 'convert one model' },
    { line: 'tflite-gate convert models/* --output-dir out --report report.json', does: 'convert several' },
    {
      line: 'tflite-gate convert saved_model -o model.tflite --input-shape image=1,224,224,3',
      does: 'fix the shape of an input',
    },
    {
      line: 'tflite-gate convert m --output-dir out --quantize int8,dynamic --representative-data d.npz',
      does: 'quantize, by two schemes',
    },
    {
      line: 'tflite-gate convert m -o m.tflite --quantize auto --evaluate-data test.npz --max-drop 0.01',
      does: 'find the smallest model that loses at most one point of accuracy',
    },
  ],
  run: runConvert,
};

const run: Command = {
  name: 'run',
  summary: 'Run a .tflite file once in LiteRT.',
  positionals: [{ name: 'MODEL', summary: 'The .tflite file.' }],
  options: [
    { name: 'inputs', argument: 'FILE', summary: 'An .npz file whose keys are the input names of the signature.' },
    { name: 'outputs', argument: 'FILE', summary: 'The .npz file to write, with a key for each output.' },
    {
      name: 'signature',
      argument: 'KEY',
      summary: 'The signature to run. Default: the only one, or `serving_default`.',
    },
    { name: 'time-limit', argument: 'SECONDS', summary: 'Give up after this time. Default: 600.' },
    ...runtimeOptions,
  ],
  examples: [{ line: 'tflite-gate run model.tflite --inputs in.npz --outputs out.npz', does: 'run a model' }],
  run: runRun,
};

const inspect: Command = {
  name: 'inspect',
  summary: 'Show signatures, ops, sizes and what is unsupported.',
  positionals: [{ name: 'MODEL', summary: "A SavedModel's folder or a .tflite file." }],
  options: [
    { name: 'json', summary: 'Write JSON, with all tensors.' },
    {
      name: 'tags',
      argument: 'TAG,…',
      summary: 'Tags of the graph of a SavedModel. Default: the only one, or `serve`.',
    },
  ],
  examples: [
    { line: 'tflite-gate inspect saved_model', does: 'see whether a model can be converted' },
    { line: 'tflite-gate inspect model.tflite --json', does: 'get everything, for a script' },
  ],
  run: runInspect,
};

const debug: Command = {
  name: 'debug',
  summary: 'Show what quantization cost, layer by layer.',
  positionals: [{ name: 'MODEL', summary: 'The quantized .tflite file.' }],
  options: [
    {
      name: 'against',
      argument: 'FLOAT',
      summary: "The float model: a .tflite file, or a SavedModel's folder.",
    },
    {
      name: 'data',
      argument: 'PATH',
      summary: 'Samples of inputs: .npz, .npy, .tfrecord, a folder of images.',
    },
    { name: 'limit', argument: 'N', summary: 'Use the first N samples only. Default: all.' },
    { name: 'signature', argument: 'KEY', summary: 'The signature to look at. Default: all.' },
    { name: 'json', argument: 'FILE', summary: 'Write all figures of all layers as JSON.' },
    { name: 'csv', argument: 'FILE', summary: 'Write a line for each layer as CSV.' },
    ...runtimeOptions,
  ],
  examples: [
    {
      line: 'tflite-gate debug int8.tflite --against saved_model --data samples.npz',
      does: 'find the layers that cost the most accuracy',
    },
  ],
  run: runDebug,
};

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [convert, ...gateCommands, run, inspect, debug];
