import { tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, type HasOperands, shapeOfRank, tensorAt } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';

const options = { align_corners: false, half_pixel_centers: false };
const sameScale = [{ kind: 'sameScale' }] as const;

function resized(op: HasOperands) {
  const [batch = null, , , channels = null] = shapeOfRank(op, 0, 4);
  const [height = null, width = null] = knownIntegers(op.operands[1]) ?? [];
  return [tensorType(tensorAt(op, 0).dtype, [batch, height, width, channels])];
}

export const ResizeBilinear = defineTflOp({
  name: 'resize_bilinear',
  builtin: 'RESIZE_BILINEAR',
  summary: '[N, H, W, C] to `size` [2], bilinear',
  options,
  operands: ['input', 'size'],
  infer: resized,
  version(op) {
    if (dtypeAt(op, 0) === 'int16') return 4;
    if (op.attributes.half_pixel_centers) return 3;
    return dtypeAt(op, 0) === 'int8' ? 2 : 1;
  },
  kernels: ['float32', 'uint8', 'int8', 'int16'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'] },
  quantization: sameScale,
});

export const ResizeNearestNeighbor = defineTflOp({
  name: 'resize_nearest_neighbor',
  builtin: 'RESIZE_NEAREST_NEIGHBOR',
  summary: '[N, H, W, C] to `size` [2], by the nearest element',
  options,
  operands: ['input', 'size'],
  infer: resized,
  version(op) {
    if (dtypeAt(op, 0) === 'int16') return 4;
    if (op.attributes.half_pixel_centers || op.attributes.align_corners) return 3;
    return dtypeAt(op, 0) === 'int8' ? 2 : 1;
  },
  kernels: ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'] },
  quantization: sameScale,
});
