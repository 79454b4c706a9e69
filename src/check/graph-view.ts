import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { RunRecord } from '#record/record.js';
import { type GraphNode, type GraphView, graphKey, type VariantGraphs } from '#report/html/graph-view.js';
import { operatorName } from '#tflite/file/describe.js';
import type { ModelRecord, OperatorCodeRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';

/**
 * The graphs of the files that a record names, below `folder`; the base's from the files of the same names in its
 * folder `base`, unless they are the same. Files that are not there, or cannot be read, have none.
 */
export function graphViews({ models }: RunRecord, folder: string): Map<string, VariantGraphs> {
  const views = new Map<string, VariantGraphs>();
  for (const model of models) {
    for (const { name, file, figures, base } of model.variants) {
      if (file === null) continue;
      const head = readView(join(folder, file));
      const differs = base !== null && base.sha256 !== figures?.sha256;
      const before = differs ? readView(join(folder, 'base', file)) : undefined;
      if (head || before) views.set(graphKey(model.name, name), { head, base: before });
    }
  }
  return views;
}

function readView(path: string): GraphView | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return graphView(readModelFile(path));
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** A model's ops, inputs and outputs and how tensors flow between them; constants are left out. */
export function graphView(model: ModelRecord): GraphView {
  const views = model.subgraphs.map((subgraph, i) => subgraphView(model, subgraph, i));
  return { nodes: views.flatMap(({ nodes }) => nodes), edges: views.flatMap(({ edges }) => edges) };
}

/** Bodies of loops and branches are subgraphs too: their inputs and outputs say so by their name. */
function subgraphView(
  model: ModelRecord,
  { name, tensors, inputs, operators, outputs }: SubGraphRecord,
  s: number,
): GraphView {
  const nodes: GraphNode[] = [];
  const edges: (readonly [string, string])[] = [];
  const madeBy = new Map<number, string>();
  const layer = s === 0 ? '' : name;
  const nodeOf = (id: string, op: string, tensor: TensorRecord | undefined): GraphNode => ({
    id,
    op,
    layer,
    output: tensor?.name ?? '',
    shape: tensor ? typeText(tensor) : '',
  });
  for (const index of inputs) {
    const id = `${s}/in${index}`;
    nodes.push(nodeOf(id, 'input', tensors[index]));
    madeBy.set(index, id);
  }
  const connect = (index: number, to: string): void => {
    const from = madeBy.get(index);
    if (from !== undefined) edges.push([from, to]);
  };
  for (const [i, operator] of operators.entries()) {
    const id = `${s}/${i}`;
    const op = operatorName(model.operator_codes[operator.opcode_index] as OperatorCodeRecord);
    nodes.push(nodeOf(id, op, tensors[operator.outputs[0] ?? -1]));
    for (const index of operator.inputs) connect(index, id);
    for (const index of operator.outputs) madeBy.set(index, id);
  }
  for (const [i, index] of outputs.entries()) {
    const id = `${s}/out${i}`;
    nodes.push(nodeOf(id, 'output', tensors[index]));
    connect(index, id);
  }
  return { nodes, edges };
}

/** `float32 1×8×8×16`; `?` for what is known at run time only. */
function typeText({ type, shape, shape_signature }: TensorRecord): string {
  const dims = shape_signature.length > 0 ? shape_signature : shape;
  const sizes = [...dims].map((dim) => (dim < 0 ? '?' : dim)).join('×');
  return `${type.toLowerCase()}${sizes === '' ? '' : ` ${sizes}`}`;
}
