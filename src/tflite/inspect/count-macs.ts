import { operatorName } from '../file/describe.js';
import type {
  ModelRecord,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '../file/model-record.js';

/** An operator with its tensors; an absent optional input is undefined. */
interface Operands {
  readonly operator: OperatorRecord;
  input(index: number): TensorRecord | undefined;
  output(index: number): TensorRecord | undefined;
}

/** Elements of a tensor; a dimension of unknown size counts as the 1 that `shape` holds for it. */
function size(tensor: TensorRecord | undefined): number {
  return tensor ? tensor.shape.reduce((product, dim) => product * dim, 1) : 0;
}

/** Dimension `axis`, from the end where negative; 0 where it does not exist, which makes the whole count 0. */
function dim(tensor: TensorRecord | undefined, axis: number): number {
  return tensor?.shape.at(axis) ?? 0;
}

/** Each output element sums over all of a filter but its axis of outputs. */
function perOutput(outputAxis: number) {
  return ({ input, output }: Operands): number => {
    const outputs = dim(input(1), outputAxis);
    return outputs === 0 ? 0 : size(output(0)) * (size(input(1)) / outputs);
  };
}

/** Transposed: each input element is multiplied with all of the filter but its axis of inputs. */
function perInput(inputAxis: number) {
  return ({ input }: Operands): number => {
    const inputs = dim(input(1), inputAxis);
    return inputs === 0 ? 0 : size(input(2)) * (size(input(1)) / inputs);
  };
}

/** Every matrix of weights is multiplied with one vector for each step of each sequence. */
function recurrent(steps: (input: TensorRecord | undefined) => number) {
  return ({ operator, input }: Operands): number => {
    let weights = 0;
    for (let i = 1; i < operator.inputs.length; i++) {
      const tensor = input(i);
      // States have two dimensions as well, but are no weights.
      if (tensor?.shape.length === 2 && !tensor.is_variable) weights += size(tensor);
    }
    return steps(input(0)) * weights;
  };
}

const eachStep = recurrent((input) => dim(input, 0) * dim(input, 1));
const oneStep = recurrent((input) => dim(input, 0));

/** Operators whose work is multiplying and adding, with the number of these. Weights have the layouts of the schema. */
const rules: Readonly<Record<string, (operands: Operands) => number>> = {
  CONV_2D: perOutput(0),
  CONV_3D: perOutput(4),
  DEPTHWISE_CONV_2D: perOutput(3),
  TRANSPOSE_CONV: perInput(3),
  CONV_3D_TRANSPOSE: perInput(4),
  FULLY_CONNECTED: perOutput(0),
  BATCH_MATMUL: ({ operator, input, output }) => {
    const options = operator.builtin_options;
    const transposed = options?.type === 'BatchMatMulOptions' && options.value.adj_x;
    return size(output(0)) * dim(input(0), transposed ? -2 : -1);
  },
  UNIDIRECTIONAL_SEQUENCE_LSTM: eachStep,
  UNIDIRECTIONAL_SEQUENCE_RNN: eachStep,
  BIDIRECTIONAL_SEQUENCE_LSTM: eachStep,
  BIDIRECTIONAL_SEQUENCE_RNN: eachStep,
  LSTM: oneStep,
  RNN: oneStep,
  SVDF: oneStep,
};

export interface MacCount {
  /** Multiply-accumulate operations of one run with every unknown dimension as 1; bodies of loops count once. */
  readonly total: number;
  /** By operator name, only those that have any; the greatest first. */
  readonly byOperator: readonly { readonly name: string; readonly macs: number }[];
}

/** Counts the multiply-accumulate operations of convolutions, matrix products and recurrent layers. */
export function countMacs(model: ModelRecord): MacCount {
  const byOperator = new Map<string, number>();
  for (const subgraph of model.subgraphs) {
    for (const operator of subgraph.operators) {
      const name = operatorName(model.operator_codes[operator.opcode_index] as OperatorCodeRecord);
      const macs = rules[name]?.(operandsOf(subgraph, operator)) ?? 0;
      if (macs > 0) byOperator.set(name, (byOperator.get(name) ?? 0) + macs);
    }
  }
  return {
    total: [...byOperator.values()].reduce((sum, macs) => sum + macs, 0),
    byOperator: [...byOperator].map(([name, macs]) => ({ name, macs })).sort((a, b) => b.macs - a.macs),
  };
}

function operandsOf({ tensors }: SubGraphRecord, operator: OperatorRecord): Operands {
  return {
    operator,
    input: (index) => tensors[operator.inputs[index] ?? -1],
    output: (index) => tensors[operator.outputs[index] ?? -1],
  };
}
