import { fail } from '#diagnostics/diagnostic.js';
import { Module } from '#ir/module.js';
import { type Type, tensorType } from '#ir/type.js';
import type { SavedModel, SignatureDef, SignatureTensor } from '#saved-model/records.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { type Dim, refineShape } from '#tensor/shape.js';
import type { TfOpDefinition } from '#tensorflow/define-op.js';
import { GraphImporter } from './graph-importer.js';

export interface ImportOptions {
  /** Shapes of inputs by the signature's input name, where they differ from the recorded ones or say more. */
  readonly inputShapes?: ReadonlyMap<string, readonly Dim[]>;
}

/**
 * Imports the graphs that the signatures reach. Calls are inlined; variables stay handles, for `freeze-variables`.
 * Throws DiagnosticErrors for graphs that contradict themselves.
 */
export function importSavedModel(
  model: SavedModel,
  signatures: readonly SignatureDef[],
  definitions: ReadonlyMap<string, TfOpDefinition>,
  options: ImportOptions = {},
): Module {
  checkInputNames(model, signatures, options);
  const module = new Module();
  const importer = new GraphImporter(model, definitions);
  for (const definition of signatures) {
    const signature = module.addSignature(definition.key);
    for (const input of definition.inputs) {
      signature.region.addArg(argumentType(model, definition, input, options));
      signature.inputNames.push(input.name);
    }
    for (const output of definition.outputs) {
      requireDense(model, definition, output);
      signature.outputNames.push(output.name);
    }
    importer.importGraph(
      signature.region,
      definition.key,
      definition.inputs.map((input) => input.tensor),
      definition.outputs.map((output) => output.tensor),
    );
  }
  return module;
}

function checkInputNames(model: SavedModel, signatures: readonly SignatureDef[], options: ImportOptions): void {
  const known = new Set(signatures.flatMap((signature) => signature.inputs.map((input) => input.name)));
  for (const name of options.inputShapes?.keys() ?? []) {
    if (known.has(name)) continue;
    fail('invalid-option', {
      detail: `A shape is given for the input "${name}", which no chosen signature has.`,
      locations: [{ file: model.path }],
      help: [`The inputs are: ${[...known].join(', ') || 'none'}.`],
    });
  }
}

function requireDense(model: SavedModel, signature: SignatureDef, tensor: SignatureTensor): void {
  if (tensor.encoding === 'dense') return;
  fail('unsupported-model', {
    detail: `"${tensor.name}" of the signature "${signature.key}" is a ${tensor.encoding} tensor; TFLite has dense ones only.`,
    locations: [{ file: model.path, signature: signature.key }],
    help: ['Take or return the parts (values, indices, row splits) as dense tensors.'],
  });
}

function argumentType(
  model: SavedModel,
  signature: SignatureDef,
  input: SignatureTensor,
  options: ImportOptions,
): Type {
  requireDense(model, signature, input);
  if (!(input.dtype in dtypes)) {
    fail('unsupported-model', {
      detail: `The input "${input.name}" of the signature "${signature.key}" is of dtype ${input.dtype}, which TFLite does not have.`,
      locations: [{ file: model.path, signature: signature.key }],
    });
  }
  const given = options.inputShapes?.get(input.name);
  const shape = given === undefined ? input.shape : refineShape(input.shape, given);
  if (shape === undefined) {
    fail('invalid-option', {
      detail: `The shape [${given?.map((dim) => dim ?? '?').join(', ')}] does not fit the input "${input.name}", which is [${input.shape?.map((dim) => dim ?? '?').join(', ')}].`,
      locations: [{ file: model.path, signature: signature.key }],
    });
  }
  return tensorType(input.dtype as DType, shape);
}
