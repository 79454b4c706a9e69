import { ofEngines } from './catalogue-engines.js';
import type { CatalogueEntry, DiagnosticKind, Severity } from './catalogue-entry.js';
import { waysOut } from './catalogue-ways-out.js';

export type { DiagnosticKind, Severity };

/** All codes. They are permanent: a code is never renamed or given another meaning. */
export const catalogue = {
  'lfs-pointer': {
    kind: 'input',
    severity: 'error',
    title: 'Git LFS pointer instead of a file',
    explanation:
      'The file holds the short text by which Git LFS refers to the real content, which was not fetched with the repository.',
    help: ['Run `git lfs pull`, or in a workflow give `actions/checkout` the input `lfs: true`.'],
  },
  'not-a-saved-model': {
    kind: 'input',
    severity: 'error',
    title: 'Not a SavedModel',
    explanation: 'A SavedModel is a folder that holds `saved_model.pb` and, if it has variables, `variables/`.',
    help: ['Give the folder that `tf.saved_model.save` or Keras `model.export` wrote.'],
  },
  'file-unreadable': {
    kind: 'input',
    severity: 'error',
    title: 'File cannot be read or written',
    explanation: 'The operating system refused to read or write a file.',
    help: [],
  },
  'corrupt-file': {
    kind: 'input',
    severity: 'error',
    title: 'Truncated or corrupt file',
    explanation: 'The file ends early, or its structure or checksum is wrong.',
    help: ['Restore the file from its source, or save the model again.'],
  },
  'missing-shard': {
    kind: 'input',
    severity: 'error',
    title: 'Variable data file missing',
    explanation: '`variables/variables.index` names a data shard that is not in the folder.',
    help: ['Commit all files of `variables/`; check `.gitignore` and Git LFS.'],
  },
  'unknown-tag': {
    kind: 'input',
    severity: 'error',
    title: 'No meta graph with these tags',
    explanation:
      'A SavedModel holds one or more graphs, told apart by sets of tags; nearly always there is one, tagged `serve`.',
    help: [],
  },
  'unknown-signature': {
    kind: 'input',
    severity: 'error',
    title: 'Unknown signature',
    explanation: 'A signature names a function of the model with its inputs and outputs.',
    help: [],
  },
  'no-signature': {
    kind: 'input',
    severity: 'error',
    title: 'SavedModel without signatures',
    explanation: 'Without a signature nothing says which tensors are the inputs and outputs.',
    help: [
      'Save with signatures: `model.export(path)` in Keras, or `tf.saved_model.save(module, path, signatures=module.f.get_concrete_function(…))`.',
    ],
  },
  'invalid-graph': {
    kind: 'input',
    severity: 'error',
    title: 'Invalid graph',
    explanation:
      'The graph refers to nodes, functions or attributes that do not exist, or their types or shapes contradict each other.',
    help: ['Check that the SavedModel loads in TensorFlow (`tf.saved_model.load`), and save it again.'],
  },
  'variable-without-value': {
    kind: 'input',
    severity: 'error',
    title: 'Variable without a value',
    explanation: 'A variable that the signature reads has no value in the checkpoint beside the graph.',
    help: ['Attach the variable to the object that is saved, so that it is tracked, and save the model again.'],
  },
  'invalid-option': {
    kind: 'input',
    severity: 'error',
    title: 'Invalid option',
    explanation: 'An option of the command line or an input of the action has a value that it cannot have.',
    help: [],
  },
  'invalid-config': {
    kind: 'input',
    severity: 'error',
    title: 'Invalid configuration',
    explanation:
      'The configuration file cannot be read, or says something that it cannot say; docs/configuration.md lists what it can.',
    help: [],
  },
  'invalid-data': {
    kind: 'input',
    severity: 'error',
    title: 'Invalid data',
    explanation: 'Data given for a model does not fit the model, or cannot be read.',
    help: [],
  },
  'code-not-allowed': {
    kind: 'input',
    severity: 'error',
    title: 'Code from the repository is not allowed',
    explanation:
      'A metric or data set is a module, whose code would run with the rights of this job. That has to be allowed where a pull request cannot change it: in the configuration of the base branch.',
    help: [
      'If you trust everyone who can propose changes to it, write `allow-code: true` at the top of `.tflite-gate.yml` on the base branch.',
      'Or use a metric that is built in, and data in files.',
    ],
  },
  'user-code-failed': {
    kind: 'input',
    severity: 'error',
    title: 'A module of the repository failed',
    explanation: 'A metric or data module threw an error, gave something that it may not give, or took too long.',
    help: [],
  },
  'invalid-tflite': {
    kind: 'input',
    severity: 'error',
    title: 'Invalid .tflite file',
    explanation: 'The file is not a TFLite flatbuffer, or its structure is damaged.',
    help: ['Convert the model again.'],
  },
  'unsupported-op': {
    kind: 'unsupported',
    severity: 'error',
    title: 'Op without a TFLite equivalent',
    explanation: 'No TFLite kernel computes this TensorFlow op, or none with these attributes, types or shapes.',
    help: [],
  },
  'unknown-base': {
    kind: 'input',
    severity: 'error',
    title: 'The base cannot be had',
    explanation:
      'Models are compared with those of another commit, whose files are read from the git repository. A clone that holds only the newest commit fetches it from `origin`.',
    help: ['Name a commit that is there, by `--base REF`, or compare with nothing by `--base none`.'],
  },
  'base-config': {
    kind: 'input',
    severity: 'warning',
    title: "The base's configuration is not valid",
    explanation:
      "A pull request is judged by its base's limits. Where those cannot be read, the head's count, and nothing of the head's may run.",
    help: [],
  },
  'base-not-made': {
    kind: 'input',
    severity: 'warning',
    title: "The base's model could not be made",
    explanation:
      'A model is compared with what the base has under its name. Where that cannot be converted, or a file that it needs is not there, limits on regressions are not checked.',
    help: [],
  },
  'other-baseline': {
    kind: 'input',
    severity: 'warning',
    title: 'The baseline is of something else',
    explanation:
      'A baseline file has what models gave on each sample. They are compared where the same samples were taken from the same data; where the file has no such samples, limits on regressions are not checked.',
    help: ['Write it anew, where the models are as they should be: `tflite-gate baseline --write FILE`.'],
  },
  'shared-samples': {
    kind: 'input',
    severity: 'warning',
    title: 'The same samples in calibration and test data',
    explanation:
      'Samples on which a model was calibrated say less about how it does on others: its accuracy looks better than it is.',
    help: ['Calibrate on samples that are not among those that the model is judged on.'],
  },
  'not-run': {
    kind: 'unsupported',
    severity: 'warning',
    title: 'The model is not run here',
    explanation:
      'LiteRT, as it is built in here, has no kernels for Flex ops and custom ops, and no memory for models of 2 GB and more. Such a file is verified by its structure and measured by its size and its ops, but not by what it computes.',
    help: [],
  },
  'unsupported-model': {
    kind: 'unsupported',
    severity: 'error',
    title: 'Model cannot be converted',
    explanation: 'Something other than a single op keeps the model from being expressed in TFLite.',
    help: [],
  },
  'run-failed': {
    kind: 'unsupported',
    severity: 'error',
    title: 'The model does not run in LiteRT',
    explanation: 'LiteRT refused the model, or failed while running it.',
    help: [],
  },
  'not-a-number': {
    kind: 'unsupported',
    severity: 'warning',
    title: 'An output is NaN',
    explanation:
      'For some samples an output holds values that are no numbers. What a metric makes of them is in its description.',
    help: ['Look at the samples that are named; if all of them give NaN, check the weights of the SavedModel for NaN.'],
  },
  'not-finite': {
    kind: 'unsupported',
    severity: 'error',
    title: 'A tensor is not finite',
    explanation:
      'While the float model ran on the calibration data, a tensor became NaN or infinite, and with it an output; it has no range to be quantized in.',
    help: [
      'Check the sample, and whether the inputs are scaled as in training.',
      'If the model computes infinity on purpose, for masks, replace it by a large number such as -1e4 in the model.',
    ],
  },
  'random-calibration': {
    kind: 'input',
    severity: 'warning',
    title: 'Calibrated on random numbers',
    explanation:
      'The ranges of activations were found on random inputs, not on data like that of use: a quantized model made so can be far less accurate.',
    help: [
      'Give real samples: `--representative-data FILE.npz`, a `.tfrecord` or a folder of images. A hundred are enough.',
    ],
  },
  'not-refined': {
    kind: 'input',
    severity: 'warning',
    title: 'Quantized without refinement',
    explanation:
      'Biases are corrected, and weights rounded together, by what layers are given on samples. A saved calibration holds ranges of tensors only, so a model made by it is a little less exact than one made by the samples.',
    help: [
      'Give the samples: `--representative-data PATH` in place of `--calibration FILE`.',
      'Or accept it in a recipe: `options: { bias-correction: false, adaptive-rounding: false }`.',
    ],
  },
  'release-refused': {
    kind: 'input',
    severity: 'error',
    title: 'Not released',
    explanation:
      'GitHub refused a part of a release, or it cannot take a file. What was uploaded stays in the draft, and another run goes on from there.',
    help: [],
  },
  'run-timeout': {
    kind: 'unsupported',
    severity: 'error',
    title: 'The model runs too long',
    explanation: 'Running the model did not end within the time limit.',
    help: ['Raise the time limit, or make the model or its inputs smaller.'],
  },
  'runtime-missing': {
    kind: 'input',
    severity: 'error',
    title: 'The native runtime cannot be used',
    explanation:
      'With `runtime: native`, models are run by the native library of LiteRT, which the Python package `ai-edge-litert` carries. There is no Python that has it, it is of a version that is not known here, or installing it failed.',
    help: [
      'Install it, `pip install "ai-edge-litert==2.3.*"` in a virtual environment, and name its Python: `--python venv/bin/python`.',
      'Or let it be installed into a folder of its own: `--engine-setup auto`.',
    ],
  },
  internal: {
    kind: 'internal',
    severity: 'error',
    title: 'Internal error',
    explanation: 'A defect of TFLite Gate: an invariant of its own did not hold.',
    help: ['Please report it, with the model if you can share it.'],
  },
  ...waysOut,
  ...ofEngines,
} as const satisfies Record<string, CatalogueEntry>;

export type DiagnosticCode = keyof typeof catalogue;
