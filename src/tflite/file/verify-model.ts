import { fail } from '#diagnostics/diagnostic.js';
import type { TensorType } from '#wire/flatbuffers/tflite/enums.js';
import type { BufferContent, ModelRecord, SubGraphRecord, TensorRecord } from './model-record.js';

/** Bits an element; types without a fixed size are left out. */
const elementBits: Partial<Record<TensorType, number>> = {
  FLOAT32: 32,
  FLOAT16: 16,
  BFLOAT16: 16,
  FLOAT64: 64,
  FLOAT8_E4M3FN: 8,
  FLOAT8_E5M2: 8,
  INT2: 2,
  INT4: 4,
  UINT4: 4,
  INT8: 8,
  UINT8: 8,
  INT16: 16,
  UINT16: 16,
  INT32: 32,
  UINT32: 32,
  INT64: 64,
  UINT64: 64,
  BOOL: 8,
  COMPLEX64: 64,
  COMPLEX128: 128,
};

/**
 * Checks what the interpreter relies on beyond the file's structure, which reading has checked: constants have the
 * size of their type and shape, every value is made before it is used and once only, codes and signatures are
 * whole. Throws a DiagnosticError, `invalid-tflite`, with the first violation.
 */
export function verifyModel(model: ModelRecord, file?: string): void {
  const violation = firstViolation(model);
  if (violation === undefined) return;
  fail('invalid-tflite', {
    detail: `${file ?? 'The model'} is inconsistent: ${violation}.`,
    locations: file === undefined ? [] : [{ file }],
  });
}

function firstViolation(model: ModelRecord): string | undefined {
  const used = new Set(model.subgraphs.flatMap((subgraph) => subgraph.operators.map((op) => op.opcode_index)));
  for (const [i, code] of model.operator_codes.entries()) {
    if (code.builtin_code === 'CUSTOM' && code.custom_code === '')
      return `operator_codes[${i}] is custom without a name`;
    if (!used.has(i)) return `operator_codes[${i}] (${code.builtin_code}) is used by no operator`;
  }
  for (const [i, subgraph] of model.subgraphs.entries()) {
    const violation = violationInTensors(model, subgraph) ?? violationInOrder(model, subgraph);
    if (violation !== undefined) return `subgraphs[${i}].${violation}`;
  }
  return violationInSignatures(model);
}

function violationInTensors(model: ModelRecord, subgraph: SubGraphRecord): string | undefined {
  for (const [i, tensor] of subgraph.tensors.entries()) {
    const { byteLength } = model.buffers[tensor.buffer] as BufferContent;
    const expected = expectedBytes(tensor);
    if (byteLength > 0 && expected !== undefined && byteLength !== expected) {
      return `tensors[${i}] (${tensor.name}), ${tensor.type}[${tensor.shape.join(', ')}], takes ${expected} bytes, not ${byteLength}`;
    }
    if (tensor.shape_signature.length > 0 && tensor.shape_signature.length !== tensor.shape.length) {
      return `tensors[${i}] (${tensor.name}) has a signature of another rank than its shape`;
    }
  }
  return undefined;
}

/** Bytes of a constant; undefined where type or sparsity leave it open. */
function expectedBytes(tensor: TensorRecord): number | undefined {
  const bits = elementBits[tensor.type];
  if (bits === undefined || tensor.sparsity !== undefined) return undefined;
  return Math.ceil((tensor.shape.reduce((count, size) => count * size, 1) * bits) / 8);
}

function violationInOrder(model: ModelRecord, subgraph: SubGraphRecord): string | undefined {
  const made = new Set(subgraph.inputs);
  for (const [i, tensor] of subgraph.tensors.entries()) {
    const isConstant = (model.buffers[tensor.buffer] as BufferContent).byteLength > 0;
    if (isConstant || tensor.is_variable || tensor.external_buffer > 0) made.add(i);
  }
  for (const [i, operator] of subgraph.operators.entries()) {
    for (const input of operator.inputs) {
      if (input >= 0 && !made.has(input) && !isEmpty(subgraph, input))
        return `operators[${i}] uses ${nameOf(subgraph, input)} before it is made`;
    }
    for (const output of operator.outputs) {
      if (made.has(output)) return `operators[${i}] makes ${nameOf(subgraph, output)}, which something else gives`;
      made.add(output);
    }
  }
  const missing = subgraph.outputs.find((output) => !made.has(output) && !isEmpty(subgraph, output));
  return missing === undefined ? undefined : `outputs: nothing makes ${nameOf(subgraph, missing)}`;
}

/** A tensor without elements may be a constant or a result: its buffer is empty either way. */
function isEmpty(subgraph: SubGraphRecord, tensor: number): boolean {
  return subgraph.tensors[tensor]?.shape.includes(0) ?? false;
}

function violationInSignatures(model: ModelRecord): string | undefined {
  const keys = new Set<string>();
  for (const signature of model.signature_defs) {
    if (keys.has(signature.signature_key)) return `there are two signatures "${signature.signature_key}"`;
    keys.add(signature.signature_key);
    const subgraph = model.subgraphs[signature.subgraph_index] as SubGraphRecord;
    for (const side of ['inputs', 'outputs'] as const) {
      const stray = signature[side].find((entry) => !subgraph[side].includes(entry.tensor_index));
      if (stray !== undefined) {
        return `signature "${signature.signature_key}" names "${stray.name}", which is none of its subgraph's ${side}`;
      }
    }
  }
  return undefined;
}

function nameOf(subgraph: SubGraphRecord, index: number): string {
  return `tensor ${index} (${(subgraph.tensors[index] as TensorRecord).name})`;
}
