import { Collector, fail } from '#diagnostics/diagnostic.js';
import type {
  ModelRecord,
  ModelToWrite,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';
import { dtypeOf, type Signature } from './describe-signatures.js';
import type { RuntimeKind } from './worker-client.js';

/** Custom ops with a kernel in the runtime: tflite/core/kernels/register.cc. */
const CUSTOM_KERNELS = new Set([
  'NumericVerify',
  'Mfcc',
  'AudioSpectrogram',
  'TFLite_Detection_PostProcess',
  'aeq.hadamard_rotation',
]);

const FLEX = 'Flex';

interface Finding {
  readonly detail: string;
  readonly help: string;
  readonly op?: string;
  readonly nodes: string[];
}

/**
 * Throws a DiagnosticError (`run-failed`) that names everything for which LiteRT's CompiledModel has no way: TensorFlow
 * (Flex) and custom ops, ops that keep state in variable or intermediate tensors, weights in other files; and more weights,
 * or text as input or output, than the runtime at hand takes. The model may well run elsewhere.
 */
export function refuseUnrunnable(
  model: ModelRecord,
  signature: Signature,
  kind: RuntimeKind,
  file: string | undefined,
): void {
  const findings = new Map<string, Finding>();
  const add = (key: string, node: string | undefined, finding: Omit<Finding, 'nodes'>) => {
    const known = findings.get(key) ?? { ...finding, nodes: [] };
    findings.set(key, known);
    if (node) known.nodes.push(node);
  };

  const size = tooLarge(model, kind);
  if (size !== undefined) add(size.detail, undefined, size);
  for (const subgraph of model.subgraphs) findInSubgraph(model, subgraph, add);
  const main = model.subgraphs[signature.subgraph] as SubGraphRecord;
  const ends = [
    ...signature.inputs.map((info) => ({ ...info, end: 'input' })),
    ...signature.outputs.map((info) => ({ ...info, end: 'output' })),
  ];
  for (const { tensor, name, end } of ends) {
    const record = main.tensors[tensor];
    const dtype = record && dtypeOf(record);
    const isText = record?.type === 'STRING';
    if (isText ? kind.takesText : dtype !== undefined && dtype !== 'int4') continue;
    add(`${end} ${name}`, undefined, {
      detail: `${end} '${name}' is of type ${record?.type.toLowerCase()}, which cannot be ${end === 'input' ? 'given to' : 'read from'} ${kind.name}.`,
      help: isText
        ? `Run the model in LiteRT's native library, \`runtime: native\`, or take the part that handles '${name}' out of it.`
        : `Run the model in another runtime, or take the part that handles '${name}' out of it.`,
    });
  }

  const collector = new Collector();
  for (const { detail, help, op, nodes } of findings.values()) {
    const places = nodes.slice(0, 5).map((node) => ({ node, ...(file === undefined ? {} : { file }) }));
    collector.add('run-failed', {
      detail: nodes.length > 1 ? `${detail} It is used ${nodes.length} times.` : detail,
      help: [help],
      locations: places.length > 0 || file === undefined ? places : [{ file }],
      ...(op === undefined ? {} : { op }),
    });
  }
  collector.throwIfErrors();
}

/** Throws a DiagnosticError (`run-failed`) for a model that is too large, before anything of it is made for a run. */
export function refuseTooLarge(
  model: Pick<ModelToWrite, 'buffers'>,
  kind: RuntimeKind,
  file: string | undefined,
): void {
  const reason = tooLarge(model, kind);
  if (reason === undefined) return;
  const { detail, help } = reason;
  fail('run-failed', { detail, help: [help], locations: file === undefined ? [] : [{ file }] });
}

function tooLarge({ buffers }: Pick<ModelToWrite, 'buffers'>, kind: RuntimeKind): Reason | undefined {
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes < kind.tooLarge) return undefined;
  return {
    detail: `Its weights take ${(bytes / 1e9).toFixed(2)} GB, and ${kind.name} has 4 GB for the file and its copies of it: the model is verified by its structure, not run.`,
    help: "Run it by its path where memory does not end at 4 GB: `Interpreter(model_path=…)` in Python's ai-edge-litert.",
  };
}

type Add = (key: string, node: string | undefined, finding: Omit<Finding, 'nodes'>) => void;

/** Mirrors what litert/core/model refuses to load. */
function findInSubgraph(model: ModelRecord, subgraph: SubGraphRecord, add: Add): void {
  const variables = new Set<number>();
  subgraph.tensors.forEach((tensor, i) => {
    if (tensor.is_variable) variables.add(i);
    const unknown = unknownKind(tensor);
    if (unknown !== undefined) {
      add(unknown.detail, tensor.name, unknown);
    }
  });
  for (const operator of subgraph.operators) {
    const code = model.operator_codes[operator.opcode_index];
    if (code === undefined) continue;
    const op = code.builtin_code === 'CUSTOM' ? code.custom_code || 'CUSTOM' : code.builtin_code;
    const finding =
      code.builtin_code === 'CUSTOM' && !CUSTOM_KERNELS.has(op)
        ? withoutKernel(op)
        : withoutInterpreter(op, operator, variables);
    if (finding !== undefined) add(op, subgraph.tensors[operator.outputs[0] ?? -1]?.name, { ...finding, op });
  }
}

type Reason = Pick<Finding, 'detail' | 'help'>;

function unknownKind(tensor: TensorRecord): Reason | undefined {
  const dense = 'Convert the model without it.';
  if (tensor.external_buffer > 0) {
    return { detail: 'The model keeps weights in another file.', help: 'Put the weights into the .tflite file.' };
  }
  if (tensor.sparsity !== undefined) return { detail: 'Sparse weights cannot be loaded by LiteRT.', help: dense };
  if (tensor.type === 'COMPLEX128' || tensor.type === 'VARIANT') {
    return { detail: `Tensors of type ${tensor.type.toLowerCase()} cannot be loaded by LiteRT.`, help: dense };
  }
  return undefined;
}

function withoutKernel(op: string): Reason {
  if (!op.startsWith(FLEX)) {
    return {
      detail: `The custom op ${op} has no kernel in the runtime.`,
      help: 'Express the op in TensorFlow ops that have TFLite equivalents.',
    };
  }
  return {
    detail: `${op} is a TensorFlow (Flex) op; only runtimes that are built with TensorFlow's kernels have it.`,
    help: 'Convert the model without `SELECT_TF_OPS`.',
  };
}

function withoutInterpreter(op: string, operator: OperatorRecord, variables: ReadonlySet<number>): Reason | undefined {
  const intermediate = operator.intermediates.length > 0;
  if (
    intermediate ||
    operator.mutating_variable_inputs.includes(true) ||
    operator.inputs.some((i) => variables.has(i))
  ) {
    return {
      detail: `${op} keeps its state in ${intermediate ? 'intermediate' : 'variable'} tensors, which LiteRT's CompiledModel refuses.`,
      help: 'Only the older Interpreter interface runs it; a recurrent layer that is converted to WHILE runs in both.',
    };
  }
  if (operator.large_custom_options_size > 0) {
    return {
      detail: `${op} has its options outside of the flatbuffer, which LiteRT refuses.`,
      help: 'Make them smaller.',
    };
  }
  return undefined;
}
