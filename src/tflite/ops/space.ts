import { InferenceError } from '#ir/graph.js';
import type { Dim } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, type HasOperands, moved, product, shapeOfRank, tensorAt } from './infer.js';
import { plainTypes, quantizedBytes, quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { rankAt, versionByDtype } from './versions.js';

const sameScale = [{ kind: 'sameScale' }] as const;

function blockVersion(op: HasOperands): number {
  if (dtypeAt(op, 0) === 'int16') return 4;
  if (rankAt(op, 0) !== 4) return 3;
  return dtypeAt(op, 0) === 'int8' ? 2 : 1;
}

function blockLimit(op: HasOperands): string | undefined {
  const rank = tensorAt(op, 0).shape?.length ?? 4;
  return rank !== 3 && rank !== 4 ? 'it takes 3 or 4 dimensions' : undefined;
}

function divided(size: Dim, by: Dim): Dim {
  if (size === null || by === null) return null;
  if (size % by !== 0) throw new InferenceError(`${size} is no multiple of ${by}`);
  return size / by;
}

export const SpaceToBatchNd = defineTflOp({
  name: 'space_to_batch_nd',
  builtin: 'SPACE_TO_BATCH_ND',
  summary: 'Pads, then moves blocks of the spatial dimensions into the batch',
  options: {},
  operands: ['input', 'block_shape', 'paddings'],
  infer(op) {
    const input = tensorAt(op, 0);
    if (input.shape === null) return [moved(input, null)];
    const [batch = null, ...rest] = input.shape;
    const block = knownIntegers(op.operands[1]);
    const pads = knownIntegers(op.operands[2]);
    const count = tensorAt(op, 1).shape?.[0] ?? null;
    const dims = rest.map((dim, i): Dim => {
      if (count !== null && i >= count) return dim;
      const before = pads?.[2 * i] ?? null;
      const behind = pads?.[2 * i + 1] ?? null;
      if (dim === null || before === null || behind === null) return null;
      return divided(dim + before + behind, block?.[i] ?? null);
    });
    return [moved(input, [product([batch, ...(block ?? [null])]), ...dims])];
  },
  version: blockVersion,
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'], 2: ['int32'] },
  kernelLimit: blockLimit,
  quantization: sameScale,
});

export const BatchToSpaceNd = defineTflOp({
  name: 'batch_to_space_nd',
  builtin: 'BATCH_TO_SPACE_ND',
  summary: 'Moves blocks of the batch into the spatial dimensions, then crops',
  options: {},
  operands: ['input', 'block_shape', 'crops'],
  infer(op) {
    const input = tensorAt(op, 0);
    if (input.shape === null) return [moved(input, null)];
    const [batch = null, ...rest] = input.shape;
    const block = knownIntegers(op.operands[1]);
    const crops = knownIntegers(op.operands[2]);
    const count = tensorAt(op, 1).shape?.[0] ?? null;
    const dims = rest.map((dim, i): Dim => {
      if (count !== null && i >= count) return dim;
      const before = crops?.[2 * i] ?? null;
      const behind = crops?.[2 * i + 1] ?? null;
      const whole = product([dim, block?.[i] ?? null]);
      return whole === null || before === null || behind === null ? null : whole - before - behind;
    });
    return [moved(input, [divided(batch, block ? product(block) : null), ...dims])];
  },
  version: blockVersion,
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'], 2: ['int32'] },
  kernelLimit: blockLimit,
  quantization: sameScale,
});

export const SpaceToDepth = defineTflOp({
  name: 'space_to_depth',
  builtin: 'SPACE_TO_DEPTH',
  summary: 'Moves blocks of height and width into the channels',
  options: { block_size: 2 },
  operands: ['input'],
  infer(op) {
    const { block_size: block } = op.attributes;
    const [batch = null, height = null, width = null, channels = null] = shapeOfRank(op, 0, 4);
    const shape = [batch, divided(height, block), divided(width, block), product([channels, block, block])];
    return [moved(tensorAt(op, 0), shape)];
  },
  version: versionByDtype({ int8: 2 }),
  kernels: ['float32', 'uint8', 'int8', 'int32', 'int64'],
  quantizedKernels: quantizedBytes,
  quantization: sameScale,
});

export const DepthToSpace = defineTflOp({
  name: 'depth_to_space',
  builtin: 'DEPTH_TO_SPACE',
  summary: 'Moves blocks of the channels into height and width',
  options: { block_size: 2 },
  operands: ['input'],
  infer(op) {
    const { block_size: block } = op.attributes;
    const [batch = null, height = null, width = null, channels = null] = shapeOfRank(op, 0, 4);
    const shape = [batch, product([height, block]), product([width, block]), divided(channels, block * block)];
    return [moved(tensorAt(op, 0), shape)];
  },
  version: versionByDtype({ int8: 2 }),
  kernels: ['float32', 'uint8', 'int8', 'int32', 'int64'],
  quantizedKernels: quantizedBytes,
  quantization: sameScale,
});
