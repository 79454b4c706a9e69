import type { Type } from '#ir/type.js';
import { exportModule } from '#tflite/export/export-module.js';
import type {
  BufferContent,
  ModelRecord,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { mapSubgraphs } from '#tflite/file/subgraph-options.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { typeOfTensor } from '#tflite/import/import-tensor.js';
import { type Direction, hasActivation, type Layer, layerLoop } from './layer-loop.js';
import { cellStateName } from './state-names.js';

const span = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const lstm = (first: number, backward: boolean): Direction => ({
  weights: span(first, 4),
  recurrent: span(first + 4, 4),
  biases: span(first + 11, 4),
  backward,
});
const plain = (first: number, backward: boolean): Direction => ({
  weights: [first],
  recurrent: [first + 1],
  biases: [first + 2],
  backward,
});

interface Form {
  readonly directions: readonly Direction[];
  /** The input whose shape says how many sequences there are. */
  readonly state: number;
  /** All inputs that are states. */
  readonly states: readonly number[];
}

/** Inputs of the ops, by position, as their definitions name them. */
const forms: Readonly<Record<string, Form>> = {
  UNIDIRECTIONAL_SEQUENCE_LSTM: { directions: [lstm(1, false)], state: 18, states: [18, 19] },
  BIDIRECTIONAL_SEQUENCE_LSTM: {
    directions: [lstm(1, false), lstm(18, true)],
    state: 35,
    states: [35, 36, 37, 38],
  },
  UNIDIRECTIONAL_SEQUENCE_RNN: { directions: [plain(1, false)], state: 4, states: [4] },
  BIDIRECTIONAL_SEQUENCE_RNN: { directions: [plain(1, false), plain(5, true)], state: 4, states: [4, 8] },
};

/**
 * The model with loops in the place of the recurrent ops that keep a state: what such an op computes after a reset, in
 * a form that every runtime takes. Of an LSTM in one direction there is one tensor more, the states of its cells after
 * every step, under the name that `cellStateName` gives. Ops of which a loop cannot say all (peepholes, projections,
 * layer normalization, clipping, integers) stay as they are.
 */
export function unfuseRecurrent(model: ModelRecord): ModelRecord {
  return model.operator_codes.some(({ builtin_code }) => forms[builtin_code]) ? new Unfusing(model).run() : model;
}

class Unfusing {
  readonly #model: ModelRecord;
  readonly #codes: OperatorCodeRecord[];
  readonly #buffers: BufferContent[];
  /** Bodies of the loops, behind the model's own subgraphs. */
  readonly #bodies: SubGraphRecord[] = [];

  constructor(model: ModelRecord) {
    this.#model = model;
    this.#codes = [...model.operator_codes];
    this.#buffers = [...model.buffers];
  }

  run(): ModelRecord {
    const subgraphs = this.#model.subgraphs.map((subgraph) => this.#unfused(subgraph));
    return {
      ...this.#model,
      operator_codes: this.#codes,
      buffers: this.#buffers,
      subgraphs: [...subgraphs, ...this.#bodies],
    };
  }

  #unfused(subgraph: SubGraphRecord): SubGraphRecord {
    const tensors = [...subgraph.tensors];
    const operators = subgraph.operators.flatMap((operator) => {
      const { builtin_code } = this.#model.operator_codes[operator.opcode_index] as OperatorCodeRecord;
      const form = forms[builtin_code];
      const layer = form && layerOf(operator, form, subgraph);
      if (!layer) return [operator];
      for (const state of form.states) {
        const index = operator.inputs[state] as number;
        tensors[index] = { ...(tensors[index] as TensorRecord), is_variable: false };
      }
      return this.#spliced(layer, operator, tensors);
    });
    return { ...subgraph, tensors, operators };
  }

  /** The operators of a layer's loop, whose tensors are put behind those of the subgraph. */
  #spliced(layer: Layer, operator: OperatorRecord, tensors: TensorRecord[]): OperatorRecord[] {
    const loop = parseModel(serializeModel(exportModule(layerLoop(layer))));
    const [main, ...bodies] = loop.subgraphs as readonly [SubGraphRecord, ...SubGraphRecord[]];
    const buffers = loop.buffers.map((buffer, i) => (i === 0 ? 0 : this.#buffers.push(buffer) - 1));
    const codes = loop.operator_codes.map((code) => this.#codes.push(code) - 1);
    const first = this.#model.subgraphs.length + this.#bodies.length - 1;
    const placed = (each: OperatorRecord, tensor: (index: number) => number): OperatorRecord => ({
      ...each,
      ...mapSubgraphs(each, (index) => first + index),
      opcode_index: codes[each.opcode_index] as number,
      inputs: each.inputs.map(tensor),
      outputs: each.outputs.map(tensor),
    });
    const moved = (each: TensorRecord): TensorRecord => ({ ...each, buffer: buffers[each.buffer] as number });
    for (const body of bodies) {
      this.#bodies.push({
        ...body,
        tensors: body.tensors.map(moved),
        operators: body.operators.map((each) => placed(each, (index) => index)),
      });
    }
    const taken = operator.inputs.filter((_, i) => layer.types[i]);
    const known = new Map<number, number>();
    main.inputs.forEach((index, i) => {
      known.set(index, taken[i] as number);
    });
    const name = tensors[operator.outputs[0] as number]?.name ?? '';
    main.outputs.forEach((index, i) => {
      const output = operator.outputs[i];
      const state = { ...moved(main.tensors[index] as TensorRecord), name: cellStateName(name) };
      known.set(index, output ?? tensors.push(state) - 1);
    });
    const tensor = (index: number): number => {
      if (index < 0) return index;
      const at = known.get(index) ?? tensors.push(moved(main.tensors[index] as TensorRecord)) - 1;
      known.set(index, at);
      return at;
    };
    return main.operators.map((each) => placed(each, tensor));
  }
}

/** What a loop has to know; undefined where it could not compute all that the op does. */
function layerOf(operator: OperatorRecord, form: Form, { tensors }: SubGraphRecord): Layer | undefined {
  const { directions, state, states } = form;
  const options = operator.builtin_options?.value as unknown as Readonly<Record<string, unknown>> | undefined;
  const activation = options?.['fused_activation_function'];
  const isLstm = (directions[0] as Direction).weights.length > 1;
  if (typeof activation !== 'string' || !(isLstm ? activation === 'TANH' : hasActivation(activation))) return undefined;
  if (options?.['cell_clip'] || options?.['proj_clip'] || options?.['diagonal_recurrent_tensors']) return undefined;
  const used = new Set([
    0,
    ...directions.flatMap(({ weights, recurrent, biases }) => [...weights, ...recurrent, ...biases]),
  ]);
  const types: (Type | undefined)[] = [];
  for (const [i, index] of operator.inputs.entries()) {
    const type = index < 0 ? undefined : typeOfTensor(tensors[index] as TensorRecord, {});
    if (used.has(i) ? type?.kind !== 'tensor' || type.dtype !== 'float32' : type && !states.includes(i))
      return undefined;
    types.push(used.has(i) ? type : undefined);
  }
  const [rows] = tensors[operator.inputs[state] as number]?.shape ?? [];
  if (rows === undefined || ![...used].every((i) => types[i])) return undefined;
  return {
    types,
    directions,
    rows,
    activation,
    stepsFirst: options?.['time_major'] === true,
    merged: options?.['merge_outputs'] === true,
  };
}
