import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Diagnostic, DiagnosticError, kindOf } from '#diagnostics/diagnostic.js';
import { Const } from '#ir/constant.js';
import type { SavedModel, SignatureTensor } from '#saved-model/records.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { byteLength } from '#tensor/dtype.js';
import { elementCount, type Shape } from '#tensor/shape.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { layOutModel } from '#tflite/file/model-layout.js';
import { modelOfLayout } from '#tflite/file/model-of-layout.js';
import { keptBytes, type ModelRecord, type ModelToWrite } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { inspectModel, type ModelInspection } from '#tflite/inspect/inspect-model.js';
import { nativeEngine } from './engines/native.js';

export interface InspectOptions {
  /** Of a SavedModel: tags of the meta graph; by default the only one, or `serve`. */
  readonly tags?: readonly string[] | undefined;
}

export interface TensorInspection {
  readonly name: string;
  readonly dtype: string;
  /** `null` for unknown dimensions, or in place of all where the rank is unknown. */
  readonly shape: Shape;
}

export interface SavedModelInspection {
  readonly kind: 'saved-model';
  /** Version that wrote it, empty if it does not say. */
  readonly tensorflowVersion: string;
  readonly tags: readonly string[];
  readonly signatures: readonly {
    readonly key: string;
    readonly inputs: readonly TensorInspection[];
    readonly outputs: readonly TensorInspection[];
  }[];
  /** TensorFlow ops that the signatures reach, calls inlined, the most frequent first. Constants are not counted. */
  readonly operators: readonly { readonly name: string; readonly count: number }[];
  readonly operatorCount: number;
  /** Variables of the graph that the checkpoint restores. */
  readonly variables: readonly (TensorInspection & { readonly bytes: number })[];
  readonly variableBytes: number;
  /** What keeps it from being converted. */
  readonly unsupported: readonly Diagnostic[];
  /** The model that conversion gives; absent where something is unsupported. */
  readonly converted?: ModelInspection;
}

export type TfliteInspection = ModelInspection & {
  readonly kind: 'tflite';
  /** Size of the file. */
  readonly bytes: number;
};

/** Tells what is in a SavedModel's folder or a `.tflite` file. Throws a DiagnosticError where it cannot be read. */
export function inspect(path: string, options: InspectOptions = {}): SavedModelInspection | TfliteInspection {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && basename(path) !== 'saved_model.pb') {
    return { kind: 'tflite', bytes: stats.size, ...inspectModel(readModelFile(path)) };
  }
  return inspectSavedModel(stats?.isFile() ? dirname(path) : path, options);
}

function inspectSavedModel(path: string, { tags }: InspectOptions): SavedModelInspection {
  const model = openSavedModel(path, tags ? { tags } : {});
  const variables = variablesOf(model);
  const operators = operatorsOf(model);
  return {
    kind: 'saved-model',
    tensorflowVersion: model.tensorflowVersion,
    tags: model.tags,
    signatures: [...model.signatures.values()].map(({ key, inputs, outputs }) => ({
      key,
      inputs: inputs.map(tensorOf),
      outputs: outputs.map(tensorOf),
    })),
    operators,
    operatorCount: operators.reduce((sum, { count }) => sum + count, 0),
    variables,
    variableBytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
    ...convertibility(path, tags),
  };
}

function tensorOf({ name, dtype, shape }: SignatureTensor): TensorInspection {
  return { name, dtype, shape };
}

function operatorsOf(model: SavedModel): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const op of importSavedModel(model, selectSignatures(model), tfOpByName).ops()) {
    if (op.is(Const)) continue;
    const name = op.name.replace(/^tf\./, '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

const VARIABLE_OPS: ReadonlySet<string> = new Set(['VarHandleOp', 'Variable', 'VariableV2']);

function variablesOf(model: SavedModel): (TensorInspection & { bytes: number })[] {
  const nodes = model.graph.nodes.filter(({ op }) => VARIABLE_OPS.has(op));
  const keys = new Set(nodes.flatMap(({ name }) => model.variableBindings.get(name)?.key ?? []));
  return [...keys].sort().flatMap((key) => {
    const entry = model.variables.entry(key);
    if (!entry) return [];
    const { dtype, shape } = entry;
    return [{ name: key, dtype, shape, bytes: byteLength(dtype, elementCount(shape)) }];
  });
}

/** Whether a model can be converted shows when it is. */
function convertibility(
  path: string,
  tags: readonly string[] | undefined,
): Pick<SavedModelInspection, 'unsupported' | 'converted'> {
  try {
    const { model } = nativeEngine.convert(path, { tags });
    return { unsupported: [], converted: inspectModel(recordOf(model)) };
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.every((found) => kindOf(found) === 'unsupported')) {
      return { unsupported: error.diagnostics };
    }
    throw error;
  }
}

/** The model as its file would be read; none of its large buffers is made. */
function recordOf(model: ModelToWrite): ModelRecord {
  return modelOfLayout(
    layOutModel(model),
    (_, content) => keptBytes(content),
    (_, content) => content,
  );
}
