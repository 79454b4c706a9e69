import type { Region } from '#ir/graph.js';
import { Module } from '#ir/module.js';
import type { ModelRecord, SubGraphRecord } from '../file/model-record.js';
import { failInvalid, failUnsupported, type ImportPlace } from './import-failure.js';
import { importRegion } from './import-region.js';
import { entryPoints } from './model-boundary.js';

/** Operators in all bodies, each counted as often as something calls it: beyond it a file is made to exhaust memory. */
const MAX_OPERATORS = 1_000_000;

/**
 * A `.tflite` file, whoever made it, as a module of TFLite ops; `file` is its name for diagnostics. Each signature is one
 * of the module's, with its own names in the order of its subgraph's inputs and outputs; a first subgraph that no
 * signature names has the key ''. Constants are views on the file's bytes. Ops are located at the name of their first
 * output. Operators that are unknown, or are more than their definition can say, are opaque (`opaqueOp`).
 *
 * Throws a DiagnosticError: `invalid-tflite` where the file contradicts itself, `unsupported-model` where it has what
 * cannot be kept (weights in other files, sparse constants, shared variable tensors, rare element types).
 */
export function importModel(model: ModelRecord, file?: string): Module {
  const module = new Module();
  let operators = 0;
  const importSubgraph = (path: readonly number[], outputs: readonly number[], place: ImportPlace): Region => {
    const graph = model.subgraphs[path.at(-1) as number] as SubGraphRecord;
    operators += graph.operators.length + 1;
    if (operators > MAX_OPERATORS)
      failUnsupported(place, `its control flow unfolds to over ${MAX_OPERATORS} operators`);
    const regionOf = (subgraph: number, within: readonly number[]): Region => {
      if (within.includes(subgraph)) failInvalid(place, `the subgraph ${subgraph} runs itself`);
      const { outputs: yielded } = model.subgraphs[subgraph] as SubGraphRecord;
      return importSubgraph([...within, subgraph], yielded, place);
    };
    return importRegion({ model, place, regionOf }, path, outputs);
  };
  for (const { key, subgraph, inputs, outputs } of entryPoints(model)) {
    if (module.signatures.some((other) => other.key === key))
      failInvalid({ file }, `there are two signatures "${key}"`);
    const place = { file, signature: key === '' ? undefined : key };
    const yielded = outputs.map(({ index }) => index);
    const signature = module.addSignature(key, importSubgraph([subgraph], yielded, place));
    signature.inputNames.push(...inputs.map(({ name }) => name));
    signature.outputNames.push(...outputs.map(({ name }) => name));
  }
  return module;
}
