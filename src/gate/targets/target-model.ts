import { declaredShape } from '#runtime/describe-signatures.js';
import { constantContent } from '#runtime/prepared-tensors.js';
import { operatorName } from '#tflite/file/describe.js';
import type {
  ModelRecord,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';

/** A tensor as tables of targets ask about it. */
export interface TargetTensor {
  readonly name: string;
  /** `float32`, `int8`, `resource` … */
  readonly type: string;
  /** With free dimensions as the 1 that a runtime starts with. */
  readonly shape: readonly number[];
  /** Whether a dimension is only known at run time. */
  readonly free: boolean;
  /** Which ones are; undefined where not even their number is known. */
  readonly freeDims: readonly number[] | undefined;
  readonly constant: boolean;
  /** Of a constant; zeros, or undefined, where it is large. */
  readonly bytes: Uint8Array | undefined;
  readonly scales: number;
  readonly zeroPoints: readonly (bigint | number)[];
  readonly sparse: boolean;
  readonly variable: boolean;
}

/** An op with its tensors and options. */
export interface TargetOp {
  /** `CONV_2D`, or the custom op's own name. */
  readonly name: string;
  readonly custom: boolean;
  readonly version: number;
  /** Fields of the options table by the schema's names; enum values as their names. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Undefined for optional ones that are left out. */
  readonly inputs: readonly (TargetTensor | undefined)[];
  readonly outputs: readonly TargetTensor[];
  /** Where it is: the name of its first output. */
  readonly place: string;
  readonly intermediates: boolean;
}

export interface TargetModel {
  readonly ops: readonly TargetOp[];
  /** Of all signatures, or of the first subgraph where there are none. */
  readonly inputs: readonly TargetTensor[];
  readonly outputs: readonly TargetTensor[];
  readonly entries: readonly number[];
}

/** Something of a model that the target cannot do. */
export interface Misfit {
  /** Name of the op, or `input` and `output` of the model. */
  readonly op: string;
  readonly reason: string;
  /** The name of the tensor concerned; undefined for what is nowhere in particular. */
  readonly place: string | undefined;
}

/** What a target asks of a model. */
export interface TargetTable {
  /** Which table of ops, of which date. */
  readonly source: string;
  check(model: TargetModel): Misfit[];
}

/** Gives the model in the form in which targets look at it. */
export function targetModel(model: ModelRecord): TargetModel {
  const tensors = model.subgraphs.map((subgraph) => subgraph.tensors.map((tensor) => describe(model, tensor)));
  const ops = model.subgraphs.flatMap(({ operators }, subgraph) =>
    operators.map((operator) => describeOp(model, operator, tensors[subgraph] as TargetTensor[])),
  );
  const signatures = model.signature_defs.map(({ subgraph_index }) => subgraph_index);
  const entries = [...new Set(signatures.length > 0 ? signatures : [0])];
  const ends = (side: 'inputs' | 'outputs') =>
    entries.flatMap((entry) =>
      (model.subgraphs[entry] as SubGraphRecord)[side].map((index) => tensors[entry]?.[index] as TargetTensor),
    );
  return { ops, inputs: ends('inputs'), outputs: ends('outputs'), entries };
}

function describe(model: ModelRecord, tensor: TensorRecord): TargetTensor {
  const content = constantContent(model, tensor);
  const freeDims = declaredShape(tensor)?.flatMap((dim, axis) => (dim === null ? [axis] : []));
  const { scale, zero_point } = tensor.quantization ?? {};
  return {
    name: tensor.name,
    type: tensor.type.toLowerCase(),
    shape: tensor.shape.map(Math.abs),
    free: freeDims !== undefined && freeDims.length > 0,
    freeDims,
    constant: content !== undefined,
    bytes: content instanceof Uint8Array ? content : undefined,
    scales: scale?.length ?? 0,
    zeroPoints: zero_point ?? [],
    sparse: tensor.sparsity !== undefined,
    variable: tensor.is_variable,
  };
}

function describeOp(
  model: ModelRecord,
  { opcode_index, inputs, outputs, builtin_options, builtin_options_2, intermediates }: OperatorRecord,
  tensors: readonly TargetTensor[],
): TargetOp {
  const code = model.operator_codes[opcode_index] as OperatorCodeRecord;
  const results = outputs.flatMap((index) => tensors[index] ?? []);
  return {
    name: operatorName(code),
    custom: code.builtin_code === 'CUSTOM',
    version: code.version,
    options: { ...builtin_options?.value, ...builtin_options_2?.value },
    inputs: inputs.map((index) => tensors[index]),
    outputs: results,
    place: results[0]?.name ?? '',
    intermediates: intermediates.length > 0,
  };
}

/** Number of elements, with free dimensions as 1. */
export function elements({ shape }: TargetTensor): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** The values of a small int32 constant; undefined for anything else. */
export function integers(tensor: TargetTensor | undefined): number[] | undefined {
  if (tensor?.bytes === undefined || tensor.type !== 'int32') return undefined;
  const { buffer, byteOffset, byteLength } = tensor.bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength >> 2 }, (_, i) => view.getInt32(i * 4, true));
}

/** The options field `name` as a number; 0, the schema's default, where it is not there. */
export function numberOption({ options }: TargetOp, name: string): number {
  const value = options[name];
  return typeof value === 'number' ? value : 0;
}
