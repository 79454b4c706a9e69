import type { Command, Option } from './command.js';
import { runBaseline, runCheck, runInit, runMerge, runPlan, runReport } from './gate.js';
import { runtimeOptions } from './runtime-options.js';

const configOption: Option = {
  name: 'config',
  argument: 'FILE',
  summary: 'The configuration. Default: `.tflite-gate.yml`; without one, every SavedModel is checked.',
};
const modelOption: Option = {
  name: 'model',
  argument: 'PATH',
  repeated: true,
  summary: "Check only SavedModels whose folder is this or matches this glob. Default: all of the configuration's.",
};
const baseOption: Option = {
  name: 'base',
  argument: 'REF|none',
  summary: 'The commit to compare with. Default: none.',
};
const outputOption: Option = {
  name: 'output-dir',
  argument: 'DIR',
  summary: 'Folder for `result.json`, `report.html` and `models/`. Default: tflite-gate.',
};
const cacheOption: Option = {
  name: 'cache',
  argument: 'DIR|none',
  summary: 'Folder in which results are kept, so that what did not change is not made again.',
};

const check: Command = {
  name: 'check',
  summary: 'Check models against their budgets, and against those of a base commit.',
  positionals: [],
  options: [
    configOption,
    baseOption,
    outputOption,
    modelOption,
    { name: 'shard', argument: 'K/N', summary: 'Do the K-th of N shares; `merge` joins the records.' },
    cacheOption,
    ...runtimeOptions,
    { name: 'strict', summary: 'Fail on every drop beyond its limit, also where it is within noise.' },
    { name: 'allow-limit-changes', summary: "Judge by the limits that are checked out, not by the base's." },
    {
      name: 'fail-on',
      argument: 'KIND,…',
      summary: 'What fails the run: `unsupported`, `accuracy`, `size` and so on, or `none`. Default: all.',
    },
  ],
  examples: [
    { line: 'tflite-gate check --base origin/main', does: 'check what a pull request would change' },
    { line: 'tflite-gate check --base none --model models/digits', does: 'check one model by itself' },
  ],
  run: runCheck,
};

const baseline: Command = {
  name: 'baseline',
  summary: 'Write a file that later checks are compared with, in place of a commit.',
  positionals: [],
  options: [
    { name: 'write', argument: 'FILE', summary: 'The file; name it as `baseline` in the configuration.' },
    configOption,
    modelOption,
    outputOption,
    cacheOption,
    ...runtimeOptions,
  ],
  examples: [{ line: 'tflite-gate baseline --write baseline.json', does: 'keep what models are now' }],
  run: runBaseline,
};

const plan: Command = {
  name: 'plan',
  summary: "Print a matrix of jobs for GitHub Actions, each with a share of the models' cost.",
  positionals: [],
  options: [
    { name: 'shards', argument: 'N', summary: 'At most so many jobs. Default: 4.' },
    configOption,
    baseOption,
    modelOption,
  ],
  examples: [{ line: 'tflite-gate plan --shards 8', does: 'share the models out to eight jobs' }],
  run: runPlan,
};

const merge: Command = {
  name: 'merge',
  summary: 'Join the records of shards into one, and judge it as a whole.',
  positionals: [{ name: 'RESULT', repeated: true, summary: '`result.json` of a shard.' }],
  options: [outputOption],
  examples: [{ line: 'tflite-gate merge shards/*/result.json', does: 'get the verdict of the whole run' }],
  run: runMerge,
};

const report: Command = {
  name: 'report',
  summary: 'Show a record as text, Markdown, HTML, SARIF or JUnit.',
  positionals: [{ name: 'RESULT', summary: '`result.json` of a check.' }],
  options: [
    {
      name: 'format',
      argument: 'FORMAT',
      summary: '`text`, `markdown`, `html`, `sarif` or `junit`. Default: text.',
    },
    { name: 'output', short: 'o', argument: 'FILE', summary: 'Write to a file. Default: standard output.' },
  ],
  examples: [{ line: 'tflite-gate report tflite-gate/result.json --format sarif -o gate.sarif', does: 'write SARIF' }],
  run: runReport,
};

const init: Command = {
  name: 'init',
  summary: 'Write a configuration and a workflow for the SavedModels of a repository.',
  positionals: [{ name: 'DIR', optional: true, summary: 'The repository. Default: this folder.' }],
  options: [],
  examples: [{ line: 'tflite-gate init', does: 'start to use TFLite Gate in a repository' }],
  run: runInit,
};

export const gateCommands: readonly Command[] = [check, baseline, plan, merge, report, init];
