import type { CatalogueEntry } from './catalogue-entry.js';

/** Codes of what is done about ops that TFLite has no kernel for. A part of the catalogue, and as permanent. */
export const waysOut = {
  'needs-flex-delegate': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'The application must link the Flex delegate',
    explanation:
      "Ops that TFLite has no kernel for were left to TensorFlow's own kernels, as `--select-tf-ops` allows. They are in the Flex delegate, which is a part of TensorFlow: the application grows by tens of megabytes, and tools without it, LiteRT for the web among them, cannot run the model.",
    help: [
      'Android: `org.tensorflow:tensorflow-lite-select-tf-ops`; iOS: the pod `TensorFlowLiteSelectTfOps` with `-force_load`; C++: `tensorflow/lite/delegates/flex:delegate`.',
    ],
  },
  'unlisted-flex-op': {
    kind: 'unsupported',
    severity: 'warning',
    title: 'Flex op outside of the official list',
    explanation:
      'The official converter keeps a list of the ops that it leaves to the Flex delegate. Others need a delegate that is built with their kernel.',
    help: [
      "Build the delegate from TensorFlow's sources for this model (`tflite_flex_cc_library`), and check that it has the kernel.",
    ],
  },
  'needs-custom-kernel': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'The application must register custom ops',
    explanation:
      'Ops were written as custom ops, as `--allow-custom-op` allows: the application registers a kernel under each name, and reads the attributes from a FlexBuffer map.',
    help: [],
  },
  'fused-recurrent-state': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'Recurrent layers keep their state between runs',
    explanation:
      "Recurrent layers became single ops, as `--fuse-rnn` allows. Their state is in variable tensors of the model and survives a run: a second run goes on where the first one ended. LiteRT's CompiledModel, and with it LiteRT for the web, refuses variable tensors.",
    help: [
      'Call `reset_all_variables()` of the Interpreter before each sequence, and check the file with it.',
      'Without `--fuse-rnn` the layers stay loops, which run everywhere and keep nothing.',
    ],
  },
  'recurrent-not-fused': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'No recurrent layer became a single op',
    explanation:
      '`--fuse-rnn` is for layers of a fixed batch with tanh and sigmoid, whose state starts at zero, without a mask, and of which the state of the cells is not used. Others stay loops.',
    help: ['`--input-shape` gives the batch a size; `--explain recognise-recurrent` tells why a loop stays.'],
  },
  'replacement-unfit': {
    kind: 'input',
    severity: 'error',
    title: 'A replacement rule does not fit',
    explanation:
      'The ops that a rule puts in contradict themselves, or their results are of other types or shapes than those that they replace.',
    help: [],
  },
  'replacement-differs': {
    kind: 'input',
    severity: 'error',
    title: 'A replacement computes something else',
    explanation:
      'Both sides of a rule were run on the same sampled inputs, and their results differ by more than the tolerance of the rule.',
    help: ['Correct the rule, give it the `samples` that the model sees, or a larger `tolerance` if that is meant.'],
  },
  'replacement-unverified': {
    kind: 'input',
    severity: 'warning',
    title: 'A replacement is unverified',
    explanation: 'What a rule replaces cannot be run here, so nothing tells whether the replacement computes the same.',
    help: ['Compare the results of the converted model with those of the SavedModel on your data.'],
  },
  'replacement-made': {
    kind: 'input',
    severity: 'notice',
    title: 'Ops were replaced by a rule',
    explanation: 'A rule that `--replacements` names has written ops of the model with other ops.',
    help: [],
  },
  'replacement-unused': {
    kind: 'input',
    severity: 'warning',
    title: 'A replacement rule is not used',
    explanation: 'A rule that `--replacements` names found none of the ops that it describes.',
    help: ['`--explain apply-replacements` tells why ops were left alone.'],
  },
} as const satisfies Record<string, CatalogueEntry>;
