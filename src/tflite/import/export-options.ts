import type { ExportOptions } from '../export/export-module.js';
import { type BufferContent, keptBytes, type ModelRecord, type SubGraphRecord } from '../file/model-record.js';
import { type BoundaryTensor, entryPoints } from './model-boundary.js';

/**
 * Entries that speak of the file as it was laid out: of runtimes, of where tensors and operators stand. What is written
 * from the module differs in these.
 */
const OF_THE_FILE = new Set([
  'min_runtime_version',
  'buffer_location',
  'CONVERSION_METADATA',
  'OfflineMemoryAllocation',
  'model_control_dependencies',
  'debug_metadata',
]);

/** With these the exporter writes an imported module under the names, and with the metadata, of the file it came from. */
export function exportOptionsOf(model: ModelRecord): ExportOptions {
  const entries = entryPoints(model).map(({ key, subgraph, inputs, outputs }) => {
    const { tensors } = model.subgraphs[subgraph] as SubGraphRecord;
    const ownNames = (side: readonly BoundaryTensor[]): string[] =>
      side.map(({ index }) => tensors[index]?.name || `tensor_${index}`);
    return [key, { inputs: ownNames(inputs), outputs: ownNames(outputs) }] as const;
  });
  const metadata = model.metadata.filter(({ name }) => !OF_THE_FILE.has(name));
  return {
    ...(model.description === '' ? {} : { description: model.description }),
    tensorNames: new Map(entries),
    metadata: metadata.map(({ name, buffer }) => ({
      name,
      content: keptBytes(model.buffers[buffer] as BufferContent),
    })),
  };
}
