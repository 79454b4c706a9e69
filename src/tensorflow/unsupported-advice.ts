import { closestSpelling } from '#diagnostics/spelling.js';
import type { Op } from '#ir/graph.js';
import { isTfOp } from './define-op.js';
import { isFlexOp } from './flex/op-signatures.js';
import { tfOps } from './ops/index.js';
import { readyRulesFor } from './replacements/ready-texts.js';

/** What helps where an op of a family cannot be converted, by the op's name. The first that matches is given. */
const families: readonly { readonly names: RegExp; readonly advice: readonly string[] }[] = [
  {
    names: /^(TensorList|EmptyTensorList|TensorArray)/,
    advice: [
      'Give all elements of a list or `tf.TensorArray` one shape, and state it: `tf.TensorArray(dtype, size, element_shape=shape)`. Lists of lists have no equivalent.',
    ],
  },
  {
    names: /^(Ref)?(Switch|Merge|Enter|Exit|NextIteration|LoopCond)$/,
    advice: [
      'Loops and branches in the form of TensorFlow 1 are converted in the main graph only: call `tf.compat.v1.enable_control_flow_v2()` before the model is built, and save it again.',
    ],
  },
  {
    names: /^(Assign|AssignAdd|AssignSub|Resource(Apply|Scatter))|VariableOp$/,
    advice: [
      'It writes a variable: export the inference function alone, as `model.export` does, or pass the state in and out as an input and an output.',
    ],
  },
  {
    names: /^(HashTable|MutableHashTable|LookupTable|InitializeTable)/,
    advice: [
      'It looks a word or number up in a table: leave the vocabulary look-up out of the exported model and feed it ids, or use `tf.gather` on a constant where the keys are small integers.',
    ],
  },
  {
    names:
      /^(String|Regex|StaticRegex|UnicodeD|UnicodeE|UnicodeT|Unicode|Decode|Encode|AsString|ReduceJoin|Substr|ToNumber)/,
    advice: [
      'It works on text or encoded files: leave it out of the exported model, and feed the model the numbers that it computes.',
    ],
  },
  {
    names: /^(Parse|Iterator|.*Dataset|ReadFile|MatchingFiles|WriteFile|Save|Restore)/,
    advice: ['It reads data: export a signature that takes the decoded tensors as its inputs.'],
  },
  {
    names: /^(Sparse|Ragged|SerializeSparse|DeserializeSparse)/,
    advice: [
      'Use dense tensors: `tf.sparse.to_dense` before the model, or `tf.gather` with `tf.reduce_mean` in place of a sparse embedding look-up.',
    ],
  },
  {
    names: /^(FakeQuant|QuantizeAndDequantize|Quantize|Quantized|Dequantize)/,
    advice: [
      'Export the model without fake quantization (in tfmot: `strip` the wrappers), and quantize it afterwards.',
    ],
  },
  {
    names:
      /^(Cholesky|Matrix(Inverse|Solve|Determinant|Logarithm|SquareRoot|TriangularSolve)|LogMatrixDeterminant|SelfAdjointEig|Qr|Svd|Lu$)/,
    advice: [
      'If its operand is a constant or a weight, compute the result in Python before exporting; else compute it outside of the model.',
    ],
  },
  {
    names: /^(I?FFT|I?RFFT|BatchFFT|BatchIFFT|.*FFT[23]?D?$)/,
    advice: ['Use `tf.signal.stft`, or write the transform as a product with a constant matrix of sines and cosines.'],
  },
  {
    names: /(Grad|Backprop|BackpropInput|BackpropFilter)$|^(Apply|SparseApply)/,
    advice: ['It belongs to training: export the inference function alone, as `model.export` does.'],
  },
  {
    names: /^(PyFunc|EagerPyFunc|PyFuncStateless)$/,
    advice: [
      '`tf.py_function` and `tf.numpy_function` call Python, which is not in the file: write the function with TensorFlow ops.',
    ],
  },
  {
    names:
      /^(Random|Stateless(Random|Truncated|Multinomial)|Multinomial|Truncated|ParameterizedTruncated|StatefulUniform|StatefulStandard|Rng)/,
    advice: ['Export the model for inference (`training=False`); where it really needs noise, pass it in as an input.'],
  },
  {
    names: /^(Print|PrintV2|Assert|.*Summary.*|Timestamp)$/,
    advice: ['It only reports: leave it out of the exported function.'],
  },
  {
    names: /^Xla|^StableHLO/,
    advice: ['Export without XLA: `jit_compile=False`, or for JAX `jax2tf.convert(…, native_serialization=False)`.'],
  },
];

const supported = (): string[] =>
  tfOps.flatMap((definition) => (definition.lower && isTfOp(definition) ? [definition.tfName] : []));

/**
 * What the author of a model can do about an op that has no TFLite equivalent, the cheapest first; never empty. `own` is
 * what the op's definition advises.
 */
export function adviceFor(op: Op, own: readonly string[] = []): readonly string[] {
  const name = op.name.replace(/^tf\./, '');
  return [...(own.length > 0 ? own : changesFor(name)), ...optionsFor(name)];
}

/** Looking for the closest name takes long, and a model has the same ops many times. */
const found = new Map<string, readonly string[]>();

/** What to change in the model where an op, given by its name, cannot be converted. */
export function changesFor(name: string): readonly string[] {
  const changes = found.get(name) ?? findChanges(name);
  found.set(name, changes);
  return changes;
}

function findChanges(name: string): readonly string[] {
  const family = families.find(({ names }) => names.test(name));
  if (family) return family.advice;
  // Versions and variants of an op begin alike.
  const close = closestSpelling(
    name,
    supported().filter((other) => other !== name && other.startsWith(name.slice(0, 4))),
  );
  return [
    ...(close === undefined ? [] : [`The op ${close} is supported: use it if it computes the same.`]),
    `Write the layer with ops that are supported (docs/ops.md lists them), or end the exported function before it and compute the rest outside of the model.`,
  ];
}

/** What to convert with, where the model stays as it is. */
function optionsFor(name: string): readonly string[] {
  const flex = isFlexOp(name)
    ? '`--select-tf-ops` leaves it to TensorFlow, whose Flex delegate the app then links. '
    : '';
  const ready = readyRulesFor(name).map((rule) => `\`--replacements ${rule}\``);
  const rule =
    ready.length > 0
      ? `${ready.join(' or ')} replaces it (docs/replacements.md says by what).`
      : 'A replacement rule of your own may write it with supported ops: `--replacements FILE`.';
  return [`${flex}${rule} \`--allow-custom-op ${name}\` leaves it to a kernel of the app's own.`];
}
