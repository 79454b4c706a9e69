import type { Region } from '#ir/graph.js';
import type { Module, Signature } from '#ir/module.js';
import type { SignatureDef, SubGraph } from '#wire/flatbuffers/tflite/model.js';
import { BufferPool } from '../file/buffer-pool.js';
import type { ModelToWrite } from '../file/model-record.js';
import { type ExportContext, type ExportedRegion, exportRegion } from './export-region.js';
import { OperatorCodes } from './operator-codes.js';
import { separateCarried } from './separate-carried.js';
import { subgraphsOf } from './subgraphs.js';
import type { BoundaryNames } from './tensor-names.js';

export interface ExportOptions {
  /** Free text for people; deterministic output wants it free of dates. */
  readonly description?: string;
  /** Names of the input and output tensors by signature; by default `<key>_<input>:0` and the outputs' own names. */
  readonly tensorNames?: ReadonlyMap<string, BoundaryNames>;
  /** Entries to write besides those of the exporter. */
  readonly metadata?: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/** What the metadata buffer of this name has to be long; readers expect it so. */
const RUNTIME_VERSION_BYTES = 16;

/**
 * The model as records to be written. Signatures become subgraphs in their order, and behind them the regions of
 * control flow; constants are shared by content, by reference to their bytes. Each op takes the lowest version whose
 * kernel computes it, and `min_runtime_version` says which runtime that asks for. A signature with the key '' gets no
 * SignatureDef: it came from a file without.
 */
export function exportModule(module: Module, options: ExportOptions = {}): ModelToWrite {
  const buffers = new BufferPool();
  const codes = new OperatorCodes();
  const { regions, indexOf } = subgraphsOf(module);
  const context: ExportContext = { buffers, codes, subgraphOf: indexOf };
  const subgraphs: SubGraph[] = [];
  const signatures: SignatureDef[] = [];
  for (let i = 0; i < regions.length; i++) {
    const region = regions[i] as Region;
    separateCarried(region);
    const signature = module.signatures[i];
    const boundary = signature ? boundaryNames(signature, options) : { inputs: [], outputs: [] };
    const exported = exportRegion(region, signature ? subgraphName(signature, i) : `body_${i}`, boundary, context);
    subgraphs.push(exported.subgraph);
    if (signature && signature.key !== '') signatures.push(signatureDef(signature, i, exported));
  }
  const runtime = new Uint8Array(RUNTIME_VERSION_BYTES);
  new TextEncoder().encodeInto(codes.minimumRuntime ?? '', runtime);
  return {
    version: 3,
    description: options.description ?? 'Converted by TFLite Gate.',
    operator_codes: codes.codes,
    subgraphs,
    signature_defs: signatures,
    metadata: [
      { name: 'min_runtime_version', buffer: buffers.add(runtime) },
      ...(options.metadata ?? []).map(({ name, content }) => ({ name, buffer: buffers.add(content) })),
    ],
    buffers: buffers.buffers,
  };
}

export function boundaryNames(signature: Signature, options: ExportOptions): BoundaryNames {
  return (
    options.tensorNames?.get(signature.key) ?? {
      inputs: signature.inputNames.map((name) => `${signature.key}_${name}:0`),
      outputs: signature.outputNames,
    }
  );
}

/** As the official converter: the first one is `main`. */
function subgraphName(signature: Signature, index: number): string {
  return index === 0 ? 'main' : signature.key;
}

function signatureDef(signature: Signature, index: number, { inputs, outputs }: ExportedRegion): SignatureDef {
  return {
    signature_key: signature.key,
    subgraph_index: index,
    inputs: signature.inputNames.map((name, i) => ({ name, tensor_index: inputs[i] ?? 0 })),
    outputs: signature.outputNames.map((name, i) => ({ name, tensor_index: outputs[i] ?? 0 })),
  };
}
