import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Module } from '#ir/module.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelInMemory, ModelRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { exportOptionsOf } from '#tflite/import/export-options.js';

const folders = ['../file/fixtures', '../../runtime/fixtures', '../ops/official'];

/** Files of the official converter in this repository: name and bytes. */
export const officialFiles: readonly (readonly [string, Uint8Array])[] = folders.flatMap((folder) => {
  const path = fileURLToPath(new URL(folder, import.meta.url));
  const names = readdirSync(path).filter((name) => name.endsWith('.tflite'));
  return names.map((name) => [name, new Uint8Array(readFileSync(`${path}/${name}`))] as const);
});

/** The module as the exporter writes it, under the names of the file that it came from. */
export function exported(module: Module, origin: ModelRecord): ModelInMemory {
  return parseModel(serializeModel(exportModule(module, exportOptionsOf(origin))));
}

/** How often each operator occurs, over all subgraphs that can be reached. */
export function operatorCounts({ subgraphs, operator_codes }: ModelRecord): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opcode_index } of subgraphs.flatMap(({ operators }) => operators)) {
    const code = operator_codes[opcode_index];
    const name = code?.builtin_code === 'CUSTOM' ? code.custom_code : (code?.builtin_code ?? '');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Keys of the signatures with the names of their inputs and outputs. */
export function signaturesOf({ signature_defs }: ModelRecord): Record<string, readonly string[][]> {
  const sides = signature_defs.map(({ signature_key, inputs, outputs }) => {
    return [signature_key, [inputs, outputs].map((side) => side.map(({ name }) => name).sort())] as const;
  });
  return Object.fromEntries(sides);
}

/** Inputs and outputs of the subgraphs that are run from outside: name, type, shape, quantization. */
export function boundaryOf({ subgraphs, signature_defs }: ModelRecord): string[] {
  const indices = new Set([0, ...signature_defs.map(({ subgraph_index }) => subgraph_index)]);
  return [...indices].sort().flatMap((i) => {
    const graph = subgraphs[i];
    return [...(graph?.inputs ?? []), ...(graph?.outputs ?? [])].map((index) => {
      const { name, type, shape, shape_signature, quantization } = graph?.tensors[index] ?? {};
      const { scale = [], zero_point = [] } = quantization ?? {};
      return `${name} ${type} [${shape}] [${shape_signature}] ${scale} ${scale.length > 0 ? zero_point : ''}`;
    });
  });
}
