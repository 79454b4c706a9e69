import { Collector } from '#diagnostics/diagnostic.js';
import { compatibleShapes, formatShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { RunInputs, SignatureInfo, TensorInfo } from './interpreter.js';

/**
 * The tensors for a signature's inputs, by name. Throws a DiagnosticError (`invalid-data`) that lists every input that
 * is missing, superfluous, or of another dtype or shape than the model declares.
 */
export function checkInputs(signature: SignatureInfo, inputs: RunInputs): Map<string, Tensor> {
  const given = new Map<string, Tensor>(inputs instanceof Map ? inputs : Object.entries(inputs));
  const collector = new Collector();
  const where = signature.key === '' ? 'the model' : `signature '${signature.key}'`;
  const names = signature.inputs.map(({ name }) => `'${name}'`).join(', ') || 'none';
  for (const info of signature.inputs) {
    const tensor = given.get(info.name);
    if (tensor === undefined) {
      collector.add('invalid-data', {
        detail: `no value for input '${info.name}' of ${where}.`,
        help: [`Give ${describe(info)}.`],
      });
    } else if (tensor.dtype !== info.dtype || !compatibleShapes(tensor.shape, info.shape)) {
      collector.add('invalid-data', {
        detail: `input '${info.name}' of ${where} is ${describe(info)}, not ${tensor.dtype} [${formatShape(tensor.shape)}].`,
      });
    }
  }
  for (const name of given.keys()) {
    if (signature.inputs.some((info) => info.name === name)) continue;
    collector.add('invalid-data', { detail: `${where} has no input '${name}'.`, help: [`Its inputs are: ${names}.`] });
  }
  collector.throwIfErrors();
  return given;
}

function describe({ dtype, shape }: TensorInfo): string {
  return `${dtype} [${formatShape(shape)}]`;
}
