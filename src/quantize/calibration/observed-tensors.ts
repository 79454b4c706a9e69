import type { Signature } from '#runtime/describe-signatures.js';
import { computedFromConstants } from '#runtime/prepared-tensors.js';
import type { ModelRecord, OperatorRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';

/** A tensor whose range is looked for. */
export interface ObservedTensor {
  readonly subgraph: number;
  /** Index in the subgraph. */
  readonly tensor: number;
  /** The tensor's name, made unique within the subgraph. */
  readonly name: string;
  /** Its values are looked at, not only their extent. */
  readonly valued: boolean;
}

/** A tensor of which rows are wanted, seen as a matrix of so many columns. */
export interface SampledTensor {
  readonly subgraph: number;
  /** Index in the subgraph. */
  readonly tensor: number;
  readonly columns: number;
  /** Which rows; undefined for all. */
  readonly rows: readonly number[] | undefined;
}

/** Subgraphs that an operator hands its inputs to and that give its outputs: a loop's body, branches. */
export interface Bodies {
  readonly bodies: readonly number[];
  /** It takes the same inputs, and gives nothing but whether to go on. */
  readonly condition?: number;
}

/** The subgraphs of a control flow operator; undefined for others. */
export function bodiesOf(model: ModelRecord, { opcode_index, builtin_options }: OperatorRecord): Bodies | undefined {
  const builtin = model.operator_codes[opcode_index]?.builtin_code;
  if (builtin === 'WHILE' && builtin_options?.type === 'WhileOptions') {
    const { body_subgraph_index: body, cond_subgraph_index: condition } = builtin_options.value;
    return { bodies: [body], condition };
  }
  if (builtin === 'IF' && builtin_options?.type === 'IfOptions') {
    const { then_subgraph_index, else_subgraph_index } = builtin_options.value;
    return { bodies: [then_subgraph_index, else_subgraph_index] };
  }
  return undefined;
}

/**
 * The bodies that are run for a subgraph, each once, in the order in which they are met; those within the conditions of
 * loops, which can give nothing, are left out.
 */
export function bodiesWithin(model: ModelRecord, subgraph: number): readonly number[] {
  const found = new Set<number>();
  const visit = (index: number) => {
    for (const operator of model.subgraphs[index]?.operators ?? []) {
      for (const body of bodiesOf(model, operator)?.bodies ?? []) {
        if (found.has(body)) continue;
        found.add(body);
        visit(body);
      }
    }
  };
  visit(subgraph);
  return [...found];
}

/**
 * Float tensors that a signature's subgraph and the bodies of its loops and branches are given, or compute from what
 * they are given, in the order of computation. What a loop hands on unchanged counts once, where it comes from.
 */
export function observableTensors(model: ModelRecord, signature: Signature): Omit<ObservedTensor, 'valued'>[] {
  const inputs = signature.inputs.map(({ tensor }) => tensor);
  const main = tensorsOf(model, signature.subgraph, inputs);
  const bodies = bodiesWithin(model, signature.subgraph).flatMap((index) => {
    const { inputs, outputs } = model.subgraphs[index] as SubGraphRecord;
    return tensorsOf(
      model,
      index,
      inputs.filter((input, i) => outputs[i] !== input),
    );
  });
  return [...main, ...bodies];
}

function tensorsOf(
  model: ModelRecord,
  index: number,
  inputs: readonly number[],
): readonly Omit<ObservedTensor, 'valued'>[] {
  const subgraph = model.subgraphs[index] as SubGraphRecord;
  const constant = computedFromConstants(model, subgraph);
  const names = new Set<string>();
  const found: Omit<ObservedTensor, 'valued'>[] = [];
  for (const tensor of new Set([...inputs, ...subgraph.operators.flatMap((op) => op.outputs)])) {
    const record = subgraph.tensors[tensor] as TensorRecord;
    if (record.type !== 'FLOAT32' || record.is_variable || constant.has(tensor)) continue;
    const own = record.name ?? '';
    const name = names.has(own) ? `${own};${tensor}` : own;
    names.add(name);
    found.push({ subgraph: index, tensor, name });
  }
  return found;
}
