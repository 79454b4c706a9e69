import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { sameShape } from '#tensor/shape.js';
import type { MetaGraphDef, SignatureDef as SignatureProto, TensorInfo } from '#wire/protobuf/saved-model.generated.js';
import { dtypeFromNumber } from './dtypes.js';
import type { SavedModel, SignatureDef, SignatureTensor } from './records.js';
import { shapeFromProto } from './shapes.js';

/** Signatures under keys with this prefix tell TensorFlow what to run on load or in training; no user calls them. */
const RESERVED_PREFIX = '__saved_model_';

/** The signatures of a meta graph that users can call, sorted by key. */
export function signaturesOf(graph: MetaGraphDef): Map<string, SignatureDef> {
  const keys = [...graph.signatureDef.keys()].filter((key) => !key.startsWith(RESERVED_PREFIX)).sort();
  return new Map(keys.map((key) => [key, signature(key, graph.signatureDef.get(key) as SignatureProto)]));
}

/**
 * Chooses signatures. With `keys`: those, in that order; an unknown one fails with `unknown-signature`. Without: all,
 * except Keras's `serve` where it repeats `serving_default`. A model without any fails with `no-signature`.
 */
export function selectSignatures(model: SavedModel, keys?: readonly string[]): SignatureDef[] {
  const { signatures, path } = model;
  if (signatures.size === 0) fail('no-signature', { detail: `${path} has no signature.`, locations: [{ file: path }] });
  if (!keys || keys.length === 0) {
    const serve = signatures.get('serve');
    const standard = signatures.get('serving_default');
    const repeated = serve && standard && sameInterface(serve, standard);
    return [...signatures.values()].filter((candidate) => !(repeated && candidate === serve));
  }
  return [...new Set(keys)].map((key) => {
    const found = signatures.get(key);
    if (found) return found;
    const close = closestSpelling(key, signatures.keys());
    return fail('unknown-signature', {
      detail: `${path} has no signature \`${key}\`. It has ${[...signatures.keys()].map((name) => `\`${name}\``).join(', ')}.`,
      locations: [{ file: path }],
      help: close ? [`Did you mean \`${close}\`?`] : ['Give one of these, or none to convert all.'],
    });
  });
}

function signature(key: string, proto: SignatureProto): SignatureDef {
  return { key, methodName: proto.methodName, inputs: tensors(proto.inputs), outputs: tensors(proto.outputs) };
}

function tensors(infos: ReadonlyMap<string, TensorInfo>): SignatureTensor[] {
  return [...infos.keys()].sort().map((name) => {
    const info = infos.get(name) as TensorInfo;
    return {
      name,
      tensor: info.name,
      encoding: info.cooSparse ? 'sparse' : info.compositeTensor ? 'composite' : 'dense',
      dtype: dtypeFromNumber(info.dtype),
      shape: shapeFromProto(info.tensorShape ?? UNKNOWN),
    };
  });
}

/** What an absent shape tells. */
const UNKNOWN = { dim: [], unknownRank: true };

function sameInterface(a: SignatureDef, b: SignatureDef): boolean {
  return sameTensors(a.inputs, b.inputs) && sameTensors(a.outputs, b.outputs);
}

function sameTensors(a: readonly SignatureTensor[], b: readonly SignatureTensor[]): boolean {
  return (
    a.length === b.length &&
    a.every((x, i) => {
      const y = b[i] as SignatureTensor;
      return x.name === y.name && x.dtype === y.dtype && x.encoding === y.encoding && sameShape(x.shape, y.shape);
    })
  );
}
