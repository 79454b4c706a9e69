import { tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { sameShape } from '#tensor/shape.js';
import { defineTflOp, type QuantizationConstraint } from '../define-op.js';
import { broadcastOperands, dtypeAt, type HasOperands, likeOperand, tensorAt } from './infer.js';
import { isQuantized } from './versions.js';

type Version = (op: HasOperands) => number;

export interface Row {
  readonly summary: string;
  readonly kernels: readonly DType[];
  readonly quantizedKernels?: readonly DType[];
  readonly version?: Version;
  readonly quantization?: readonly QuantizationConstraint[];
  /** The element type of the result where it is not the operand's. */
  readonly result?: DType | ((operand: DType) => DType);
}

function resultType(result: Row['result'], operand: DType): DType {
  return typeof result === 'function' ? result(operand) : (result ?? operand);
}

function broadcast(result: Row['result']) {
  return (op: HasOperands) => [tensorType(resultType(result, tensorAt(op, 0).dtype), broadcastOperands(op, 0, 1))];
}

function row(builtin: string, { summary, kernels, quantizedKernels, version, quantization }: Row) {
  return {
    name: builtin.toLowerCase(),
    builtin,
    summary,
    kernels,
    ...(quantizedKernels ? { quantizedKernels } : {}),
    ...(version ? { version } : {}),
    ...(quantization ? { quantization } : {}),
  };
}

/** The kernels walk operands of unequal shape dimension by dimension, of which they foresee so many. */
const MAX_BROADCAST_RANK = 8;

function kernelLimit(op: HasOperands): string | undefined {
  const [x, y] = [tensorAt(op, 0).shape, tensorAt(op, 1).shape];
  if (x === null || y === null || Math.max(x.length, y.length) <= MAX_BROADCAST_RANK || sameShape(x, y))
    return undefined;
  return `it broadcasts in at most ${MAX_BROADCAST_RANK} dimensions`;
}

/** Two operands that broadcast, no options. */
export function binary(builtin: string, spec: Row) {
  const infer = broadcast(spec.result);
  const operandKernels = { 1: [...spec.kernels, ...(spec.quantizedKernels ?? [])] };
  return defineTflOp({ ...row(builtin, spec), options: {}, operands: ['x', 'y'], infer, operandKernels, kernelLimit });
}

/** Two operands that broadcast, and an activation behind. */
export function activated(builtin: string, spec: Row) {
  const options = { fused_activation_function: 'NONE' };
  const operandKernels = { 1: [...spec.kernels, ...(spec.quantizedKernels ?? [])] };
  return defineTflOp({
    ...row(builtin, spec),
    options,
    operands: ['x', 'y'],
    infer: broadcast(undefined),
    operandKernels,
    kernelLimit,
  });
}

/** As `activated`, with the flag of the int16 kernels that once asked for scales that are powers of two. */
export function scaled(builtin: string, spec: Row) {
  const options = { fused_activation_function: 'NONE', pot_scale_int16: true };
  const operandKernels = { 1: [...spec.kernels, ...(spec.quantizedKernels ?? [])] };
  return defineTflOp({
    ...row(builtin, spec),
    options,
    operands: ['x', 'y'],
    infer: broadcast(undefined),
    operandKernels,
    kernelLimit,
    quantization: [{ kind: 'options', dtype: 'int16', set: { pot_scale_int16: false } }],
    version: (op) => {
      const int16 = dtypeAt(op, 0) === 'int16';
      if (int16 && isQuantized(op.operands[0]) && !op.attributes.pot_scale_int16) return builtin === 'ADD' ? 3 : 5;
      return spec.version?.(op) ?? 1;
    },
  });
}

/** One operand, a result of its shape. */
export function unary(builtin: string, spec: Row) {
  const { result } = spec;
  const stated = (op: HasOperands) => {
    const { dtype, shape } = tensorAt(op, 0);
    return [tensorType(resultType(result, dtype), shape)];
  };
  const infer = result ? stated : likeOperand();
  return defineTflOp({ ...row(builtin, spec), options: {}, operands: ['x'], infer });
}
