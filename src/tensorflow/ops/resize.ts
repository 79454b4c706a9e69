import { attr } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { type Dim, isStatic, type Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { knownShape } from './support/known-integers.js';
import { cast } from './support/lower-elementwise.js';
import { asInt32 } from './support/lower-shape.js';
import { shapeOfRank } from './support/operands.js';
import { constantIntegers, dtypeOf } from './support/types.js';

interface ResizeAttributes {
  readonly align_corners: boolean;
  readonly half_pixel_centers: boolean;
}

const attributes = { align_corners: attr.bool(false), half_pixel_centers: attr.bool(false) };

function resizedShape(op: Pick<Op, 'operands' | 'operand'>): Shape {
  const [batch, , , channels] = shapeOfRank(op, 0, 4, 'the images');
  const size = knownShape(op.operands[1]) ?? [null, null];
  if (size.length !== 2) throw new InferenceError(`size has ${size.length} entries, not 2`);
  return [batch as Dim, ...size, channels as Dim];
}

function unlessPlaceable({ align_corners, half_pixel_centers }: ResizeAttributes): Unsupported | undefined {
  if (!align_corners || !half_pixel_centers) return undefined;
  return unsupported(
    '`align_corners` and `half_pixel_centers` exclude each other',
    'Keep `half_pixel_centers=True`, which is what `tf.image.resize` does.',
  );
}

export const ResizeBilinear = defineTfOp({
  name: 'ResizeBilinear',
  summary: 'Images of another size, bilinear',
  operands: ['images', 'size'],
  results: ['resized_images'],
  attributes,
  infer: (op): readonly Type[] => [tensorType('float32', resizedShape(op))],
  lower: (op, build) => {
    const images = op.operand(0);
    const { dtype } = tensorTypeOf(images);
    if (dtype.startsWith('complex') || dtype === 'string') return unsupported(`images cannot be ${dtype}`);
    return (
      unlessPlaceable(op.attributes) ??
      build.value(tfl.ResizeBilinear, [cast(build, images, 'float32'), asInt32(build, op.operand(1))], op.attributes)
    );
  },
});

/** Types that float32 holds exactly, and to which the kernel's own list does not extend. */
const exactAsFloat: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'float16', 'bfloat16'];

export const ResizeNearestNeighbor = defineTfOp({
  name: 'ResizeNearestNeighbor',
  summary: 'Images of another size, by the nearest pixel',
  operands: ['images', 'size'],
  results: ['resized_images'],
  attributes,
  infer: (op): readonly Type[] => {
    const dtype = dtypeOf(op.operands[0]);
    return [dtype ? tensorType(dtype, resizedShape(op)) : unknownType];
  },
  lower: (op, build) => {
    const problem = unlessPlaceable(op.attributes);
    if (problem) return problem;
    const images = op.operand(0);
    const { dtype } = tensorTypeOf(images);
    if (dtype === 'float32' || exactAsFloat.includes(dtype)) {
      const operands = [cast(build, images, 'float32'), asInt32(build, op.operand(1))];
      return cast(build, build.value(tfl.ResizeNearestNeighbor, operands, op.attributes), dtype);
    }
    return gatherNearest(op.operand(0), op.operand(1), op.attributes, build);
  },
});

/** Rows and columns picked one after the other, for types that the kernel does not take. */
function gatherNearest(
  images: Value,
  size: Value,
  resize: ResizeAttributes,
  build: LoweringBuilder,
): Value | Unsupported {
  const { dtype, shape } = tensorTypeOf(images);
  const from = shape?.slice(1, 3) ?? null;
  const to = constantIntegers(size);
  if (!isStatic(from) || !to || (dtype !== 'int32' && dtype !== 'int64')) {
    return unsupported(
      `RESIZE_NEAREST_NEIGHBOR takes float32, not ${dtype}`,
      'Put `tf.cast(x, tf.float32)` in front of it, and cast the result back.',
    );
  }
  let result = images;
  for (const [i, axis] of [1, 2].entries()) {
    const picks = nearest(from[i] as number, to[i] as number, resize);
    result = build.value(tfl.Gather, [result, build.constant(Tensor.int32(picks))], { axis });
  }
  return result;
}

/** The source index for each place of the result, computed in float32 as TensorFlow's kernel does. */
function nearest(from: number, to: number, { align_corners, half_pixel_centers }: ResizeAttributes): number[] {
  const { fround } = Math;
  const scale = align_corners && to > 1 ? fround((from - 1) / (to - 1)) : fround(from / to);
  return Array.from({ length: to }, (_, i) => {
    const at = half_pixel_centers ? fround(fround(i + 0.5) * scale) : fround(i * scale);
    const index = align_corners ? Math.round(at) : Math.floor(at);
    return Math.max(Math.min(index, from - 1), 0);
  });
}
