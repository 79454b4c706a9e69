import type { Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import { dtypeAt, type HasOperands } from './infer.js';

/** The version is decided by the element type of operand `index`; 1 for those not named. */
export function versionByDtype(versions: Partial<Record<DType, number>>, index = 0): (op: HasOperands) => number {
  return (op) => {
    const dtype = dtypeAt(op, index);
    return (dtype && versions[dtype]) ?? 1;
  };
}

export function rankAt(op: HasOperands, index: number): number {
  const type = op.operands[index]?.type;
  return type?.kind === 'tensor' && type.shape !== null ? type.shape.length : 0;
}

export function isQuantized(value: Value | undefined): boolean {
  return value?.type.kind === 'tensor' && value.type.quantization !== undefined;
}

/** Quantized with a scale of its own for each slice along an axis. */
export function isPerChannel(value: Value | undefined): boolean {
  return value?.type.kind === 'tensor' && value.type.quantization?.axis !== undefined;
}

/** Whether two operands of unequal shape meet in more than four dimensions; unknown dimensions count as 1. */
export function broadcastsBeyondFour(op: HasOperands): boolean {
  const shapes = op.operands
    .slice(0, 2)
    .map((value) => (value?.type.kind === 'tensor' ? (value.type.shape ?? []) : []));
  const [a = [], b = []] = shapes;
  if (Math.max(a.length, b.length) <= 4) return false;
  return a.length !== b.length || a.some((dim, i) => (dim ?? 1) !== (b[i] ?? 1));
}
