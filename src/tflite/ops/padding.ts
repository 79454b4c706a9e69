import { tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, type HasOperands, moved, tensorAt } from './infer.js';
import { indexTypes, plainTypes, quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { rankAt, versionByDtype } from './versions.js';

const sameScale = [{ kind: 'sameScale' }] as const;
const types: readonly DType[] = ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool'];

/** The input's type with the sizes of its padding [rank, 2] added. */
function padded(op: HasOperands) {
  const input = tensorAt(op, 0);
  const pads = knownIntegers(op.operands[1]);
  const rank = input.shape?.length ?? (pads ? pads.length / 2 : undefined);
  if (rank === undefined) return [moved(input, null)];
  const dims = Array.from({ length: rank }, (_, i): Dim => {
    const parts = [input.shape?.[i] ?? null, pads?.[2 * i] ?? null, pads?.[2 * i + 1] ?? null];
    return parts.includes(null) ? null : parts.reduce<number>((total, part) => total + (part as number), 0);
  });
  return [moved(input, dims)];
}

function version(op: HasOperands): number {
  if (dtypeAt(op, 0) === 'bool') return 5;
  if (rankAt(op, 0) > 4) return 4;
  return versionByDtype({ int16: 3, int8: 2 })(op);
}

function limit(op: HasOperands): string | undefined {
  return rankAt(op, 0) > 5 ? 'it takes at most 5 dimensions' : undefined;
}

export const Pad = defineTflOp({
  name: 'pad',
  builtin: 'PAD',
  summary: 'Zeros around, `paddings` [rank, 2] of them before and behind each dimension',
  options: {},
  operands: ['input', 'paddings'],
  infer: padded,
  version,
  kernels: types,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes },
  kernelLimit: limit,
  quantization: sameScale,
});

export const PadV2 = defineTflOp({
  name: 'padv2',
  builtin: 'PADV2',
  summary: 'As PAD, with a stated value in place of zeros',
  options: {},
  operands: ['input', 'paddings', 'value'],
  infer: padded,
  version,
  kernels: types,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes, 2: types },
  kernelLimit: limit,
  quantization: sameScale,
});

export const MirrorPad = defineTflOp({
  name: 'mirror_pad',
  builtin: 'MIRROR_PAD',
  summary: 'The mirrored content around, with (SYMMETRIC) or without (REFLECT) the border itself',
  options: { mode: 'REFLECT' },
  operands: ['input', 'paddings'],
  infer: padded,
  version: versionByDtype({ int16: 3, int8: 2 }),
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes },
  quantization: sameScale,
});

export const Dilate = defineTflOp({
  name: 'dilate',
  builtin: 'DILATE',
  summary: '`padding_value` between the elements, `dilations[i] − 1` of it along dimension i',
  options: {},
  operands: ['input', 'dilations', 'padding_value'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    const factors = knownIntegers(op.operands[1]);
    const dims = shape?.map((dim, i): Dim => {
      const factor = factors?.[i] ?? null;
      return dim === null || factor === null ? null : (dim - 1) * factor + 1;
    });
    return [tensorType(dtype, dims ?? null)];
  },
  kernels: [...plainTypes, 'int4'],
  operandKernels: { 1: ['int32'] },
});
