import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, type Unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { scalar } from './support/elementwise-rows.js';
import { cast, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { reshapeTo } from './support/lower-shape.js';
import { constantInteger, type OpView, typeOf } from './support/types.js';

/** Every score is above it. */
const NO_THRESHOLD = Number.NEGATIVE_INFINITY;

interface Suppression {
  readonly boxes: Value;
  readonly scores: Value;
  readonly count: Value;
  readonly overlap: Value;
  readonly threshold: Value;
}

/** The operands as the kernel takes them: float32 and a scalar int32. */
function suppression(op: OpView, build: LoweringBuilder): Suppression | Unsupported {
  const { dtype } = tensorTypeOf(op.operand(0));
  if (dtype !== 'float32' && dtype !== 'float16') return unsupportedType(dtype, ['float32']);
  const wide = (index: number, fallback: number): Value => {
    const value = op.operands[index];
    return value ? cast(build, value, 'float32') : scalar(build, 'float32', fallback);
  };
  return {
    boxes: wide(0, 0),
    scores: wide(1, 0),
    count: int32(build, op.operand(2)),
    overlap: wide(3, Number(op.attributes['iou_threshold'] ?? 0.5)),
    threshold: wide(4, NO_THRESHOLD),
  };
}

/** Indices of the chosen boxes, filled up with zeros, and their number. */
export function suppress(
  build: LoweringBuilder,
  { boxes, scores, count, overlap, threshold }: Suppression,
): readonly Value[] {
  return build.op(tfl.NonMaxSuppressionV4, [boxes, scores, count, overlap, threshold]).results;
}

/** The first elements of a vector, as many as a scalar says. */
function firstOf(build: LoweringBuilder, vector: Value, count: Value): Value {
  const type = tensorType(tensorTypeOf(vector).dtype, [null]);
  return build.value(tfl.Slice, [vector, build.ints([0]), reshapeTo(build, count, [1])], {}, [type]);
}

function defineSuppression(name: string, operands: readonly string[], summary: string, overlap = false) {
  return defineTfOp({
    name,
    summary,
    operands,
    results: ['selected_indices'],
    ...(overlap ? { attributes: { iou_threshold: attr.float(0.5) } } : {}),
    infer: () => [tensorType('int32', [null])],
    lower: (op, build): Lowered => {
      const parts = suppression(op, build);
      if ('reason' in parts) return parts;
      const [indices, count] = suppress(build, parts) as [Value, Value];
      return firstOf(build, indices, count);
    },
  });
}

const best = 'Indices of the best boxes that do not overlap';
const limits = ['boxes', 'scores', 'max_output_size'] as const;
const thresholds = [...limits, 'iou_threshold', 'score_threshold'] as const;

export const NonMaxSuppression = defineSuppression('NonMaxSuppression', limits, best, true);
export const NonMaxSuppressionV2 = defineSuppression('NonMaxSuppressionV2', [...limits, 'iou_threshold'], best);
export const NonMaxSuppressionV3 = defineSuppression('NonMaxSuppressionV3', thresholds, `${best}, above a score`);

const padded = { T: attr.dtype('float32'), pad_to_max_output_size: attr.bool(false) };

/** As many as may be chosen, where they are padded to that number. */
function chosen(op: OpView): Dim {
  return op.attributes['pad_to_max_output_size'] ? (constantInteger(op.operand(2)) ?? null) : null;
}

export const NonMaxSuppressionV4 = defineTfOp({
  name: 'NonMaxSuppressionV4',
  summary: `${best}, perhaps padded, and their number`,
  operands: thresholds,
  results: ['selected_indices', 'valid_outputs'],
  attributes: padded,
  infer: (op) => [tensorType('int32', [chosen(op)]), tensorType('int32', [])],
  lower: (op, build): Lowered => {
    const parts = suppression(op, build);
    if ('reason' in parts) return parts;
    const [indices, count] = suppress(build, parts) as [Value, Value];
    return [op.attributes.pad_to_max_output_size ? indices : firstOf(build, indices, count), count];
  },
});

export const NonMaxSuppressionV5 = defineTfOp({
  name: 'NonMaxSuppressionV5',
  summary: `${best}, with scores that overlaps soften, perhaps padded, and their number`,
  operands: [...thresholds, 'soft_nms_sigma'],
  results: ['selected_indices', 'selected_scores', 'valid_outputs'],
  attributes: padded,
  infer: (op) => [tensorType('int32', [chosen(op)]), typeOf(op.attributes.T, [chosen(op)]), tensorType('int32', [])],
  lower: (op, build): Lowered => {
    const parts = suppression(op, build);
    if ('reason' in parts) return parts;
    const { boxes, scores, count, overlap, threshold } = parts;
    const sigma = cast(build, op.operand(5), 'float32');
    const operands = [boxes, scores, count, softOverlap(build, overlap, sigma), threshold, sigma];
    const [indices, softened, valid] = build.op(tfl.NonMaxSuppressionV5, operands).results as [Value, Value, Value];
    const kept = [indices, softened].map((each) =>
      op.attributes.pad_to_max_output_size ? each : firstOf(build, each, valid),
    ) as [Value, Value];
    return [kept[0], cast(build, kept[1], tensorTypeOf(op.operand(1)).dtype), valid];
  },
});

/** What softens scores does not also drop boxes: the kernel would, of any overlap that can be. */
function softOverlap(build: LoweringBuilder, overlap: Value, sigma: Value): Value {
  const never = scalar(build, 'float32', 2);
  const known = build.constantOf(sigma)?.data[0];
  if (known !== undefined) return Number(known) > 0 ? never : overlap;
  const soft = build.value(tfl.Greater, [sigma, scalar(build, 'float32', 0)]);
  return build.value(tfl.SelectV2, [soft, never, overlap]);
}
