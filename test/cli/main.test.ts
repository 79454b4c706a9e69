import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { commands } from '#cli/commands.js';
import { main } from '#cli/main.js';
import { version } from '#version.js';
import { CapturedStreams } from './captured-streams.js';

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = new CapturedStreams();
  const exitCode = await main(argv, streams);
  return { exitCode, stdout: streams.stdout, stderr: streams.stderr };
}

test('the version is that of the package', async () => {
  const { version: published } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(version).toBe(published);
  expect(await run('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

describe('help', () => {
  test('of everything', async () => {
    const { exitCode, stdout, stderr } = await run('--help');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
"Converts TensorFlow SavedModels to .tflite files, without Python.

Usage: tflite-gate COMMAND …

Commands:
  convert   Convert SavedModels to .tflite files.
  check     Check models against their budgets, and against those of a base commit.
  baseline  Write a file that later checks are compared with, in place of a commit.
  plan      Print a matrix of jobs for GitHub Actions, each with a share of the models' cost.
  merge     Join the records of shards into one, and judge it as a whole.
  report    Show a record as text, Markdown, HTML, SARIF or JUnit.
  init      Write a configuration and a workflow for the SavedModels of a repository.
  run       Run a .tflite file once in LiteRT.
  inspect   Show signatures, ops, sizes and what is unsupported.
  debug     Show what quantization cost, layer by layer.

Options:
  -h, --help  Show this help, or that of a command: \`tflite-gate COMMAND --help\`.
  --version   Show the version.

Exit codes: 0 done, 1 the model cannot pass, 2 wrong usage or input, 3 internal error.
"
`);
    expect(await run('-h')).toEqual(await run('--help'));
    expect(await run('help')).toEqual(await run('--help'));
  });

  test('of a command', async () => {
    const { exitCode, stdout, stderr } = await run('convert', '--help');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
"Convert SavedModels to .tflite files.

Usage: tflite-gate convert SAVED_MODEL… [options]

Arguments:
  SAVED_MODEL  Folder that holds \`saved_model.pb\`, or, to quantize it, a float .tflite file.

Options:
  -o, --output FILE (also --output_file)
                            The .tflite file to write, for one SavedModel.
  --output-dir DIR          Folder for the .tflite files, each named after its SavedModel. It is
                            made if it does not exist.
  --signature KEY (also --saved_model_signature_key)
                            A signature to convert. Default: all that are meant to be called.
  --tags TAG,… (also --saved_model_tag_set)
                            Tags of the graph to convert. Default: the only one, or \`serve\`.
  --input-shape NAME=DIM,…  Shape of an input, by its name in the signature; \`?\` for a dimension
                            that stays free.
  --select-tf-ops           Leave ops without a TFLite kernel to TensorFlow; the app must link the
                            Flex delegate.
  --allow-custom-op NAME    Leave this op, if TFLite has no kernel for it, to a kernel that the app
                            registers under its name.
  --fuse-rnn                Make recurrent layers single ops; their state survives a run, and LiteRT
                            for the web has none of them.
  --replacements RULES      Write ops with others: a YAML file of rules, the name of a ready rule,
                            or an ES module (.mjs).
  --engine NAME             What converts: \`native\`, \`tensorflow\`, the official converter, or
                            \`auto\`, the latter where the former refuses. Default: native.
  --python PATH             The Python that has TensorFlow, for --engine, or \`ai-edge-litert\`, for
                            --runtime. Default: python3.
  --engine-setup none|auto  With \`auto\`, install what --engine or --runtime needs from PyPI into the
                            cache folder. Default: none.
  --engine-time-limit TIME  What TensorFlow may take for one model, as in \`90 s\`. Default: 30 min.
  --engine-memory SIZE      What memory TensorFlow may take, as in \`8 GB\`. Linux only.
  --quantize SCHEME,…       Quantize: \`dynamic\`, \`weight-only\`, \`float16\`, \`int8\`, \`int8-only\`,
                            \`int16x8\` or \`int4\`; of several, each makes a file. Or \`auto\`: the
                            smallest that is good enough.
  --recipe NAME|FILE        Quantize as a recipe says: a ready one, or a YAML file with rules for
                            some of the ops.
  --representative-data PATH
                            Samples of inputs, for schemes that quantize activations: .npz, .npy,
                            .tfrecord, a folder of images; or \`random\`.
  --calibration FILE        Ranges that were saved, in place of samples.
  --save-calibration FILE   Write the ranges that were found as JSON.
  --io-type TYPE            Type of the inputs and outputs that are float: \`float32\`, \`int8\`,
                            \`uint8\` or \`int16\`. Default: float32.
  --runtime NAME            What runs models: \`wasm\`, LiteRT as it comes along, or \`native\`, the
                            library of the Python package \`ai-edge-litert\`. Default: wasm.
  --evaluate-data PATH      For \`--quantize auto\`: samples that models are judged on; for \`top-1\`
                            with an array \`label\` of integers.
  --metric NAME             For \`--quantize auto\`: how outputs fit labels (\`top-1\`, \`f1\`, \`roc-auc\`,
                            \`mean-iou\`, \`map\` …) or those of the float model (\`cosine\`, \`sqnr\`,
                            \`mae\`, \`rmse\`, \`agreement\` …), or a module (.mjs). Default: top-1.
  --max-drop NUMBER         For \`--quantize auto\`: what may be lost: of accuracy (0.01 is a point),
                            as \`mae\` or \`rmse\`, of a cosine of 1, or, for \`sqnr\`, as noise to signal
                            power (0.01 is 20 dB). Default: 0.01.
  --max-trials N            For \`--quantize auto\`: how many models are made. Default: 24.
  --save-recipe FILE        For \`--quantize auto\`: write the recipe that was found.
  --report FILE             Write what was done as JSON: sizes, checksums, op counts, times,
                            diagnostics.
  --timing                  Tell where the time went: reading, each pass, writing, verifying.
  --dump-passes DIR         Write the graph as text after each pass that changed it, and an index
                            with times.
  --verify-passes           Check the graph after each pass, as \`--dump-passes\` does, not only at
                            the end.
  --explain PASS            Tell why a pass left ops alone.
  --saved_model_dir DIR     The SavedModel, in tflite_convert's spelling.
  -q, --quiet               Write errors only.
  -h, --help                Show this help.

Examples:
  # convert one model
  tflite-gate convert saved_model --output model.tflite
  # convert several
  tflite-gate convert models/* --output-dir out --report report.json
  # fix the shape of an input
  tflite-gate convert saved_model -o model.tflite --input-shape image=1,224,224,3
  # quantize, by two schemes
  tflite-gate convert m --output-dir out --quantize int8,dynamic --representative-data d.npz
  # find the smallest model that loses at most one point of accuracy
  tflite-gate convert m -o m.tflite --quantize auto --evaluate-data test.npz --max-drop 0.01
"
`);
    expect(await run('help', 'convert')).toEqual(await run('convert', '--help'));
    expect(await run('run', '-h')).toEqual(await run('help', 'run'));
  });

  test('without arguments it is told what is missing', async () => {
    expect(await run()).toEqual({ exitCode: 2, stdout: '', stderr: (await run('--help')).stdout });
  });

  test('every option is in it, and lines are short', async () => {
    for (const command of commands) {
      const { stdout } = await run(command.name, '--help');
      for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });
});

describe('wrong usage ends with 2', () => {
  test.each([
    [['convret'], 'There is no command convret.\n  help: Did you mean `convert`?'],
    [
      ['train'],
      'There is no command train.\n  help: The commands are: convert, check, baseline, plan, merge, report, init, run, inspect, debug.',
    ],
    [['help', 'train'], 'There is no command train.'],
    [['--output', 'x'], 'There is no command --output.'],
    [['convert'], 'SAVED_MODEL is missing.'],
    [['convert', 'm'], 'Where to write is missing'],
    [['convert', 'm', '--outptu', 'x'], 'There is no option --outptu.\n  help: Did you mean `--output`?'],
    [['--saved_model_dir=m'], 'Where to write is missing'],
    [['--output_file', 'x', '--saved_model_dir'], '--saved_model_dir needs a value'],
    [['run'], 'MODEL is missing.'],
    [['run', 'm.tflite', '--outputs', 'o.npz'], '--inputs FILE is missing.'],
    [['run', 'm.tflite', '--inputs', 'i.npz'], '--outputs FILE is missing.'],
    [['run', 'm', '--inputs', 'i', '--outputs', 'o', '--time-limit', '-1'], '--time-limit needs a value'],
    [['run', 'm', '--inputs', 'i', '--outputs', 'o', '--time-limit', 'x'], 'x is not a number of seconds'],
    [['run', 'm', 'n', '--inputs', 'i', '--outputs', 'o'], 'There is one argument too many: n.'],
    [['inspect'], 'MODEL is missing.'],
    [['inspect', 'm', '--josn'], 'Did you mean `--json`?'],
  ])('%j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: Invalid option \[invalid-option\]\n/);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});
