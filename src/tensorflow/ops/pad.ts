import { attr } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { mirrorPad, pad } from '#tensor/kernels/join.js';
import { type Dim, formatShape, type Shape } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { worthFolding } from './support/folding.js';
import { index, lowerMovedValue } from './support/lower-moved.js';
import { constantIntegers, type OpView, shapeOf, staticShapeOf, typeOf, unknownDims } from './support/types.js';

type Paddings = readonly (readonly [number, number])[];

/** The paddings of each dimension, where they are constant. */
function paddingsOf(value: Value | undefined): Paddings | undefined {
  const flat = constantIntegers(value);
  if (!flat) return undefined;
  return Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k] as number, flat[2 * k + 1] as number]);
}

function paddedShape(op: OpView): Shape {
  const shape = shapeOf(op.operand(0));
  const paddings = paddingsOf(op.operand(1));
  const rank = shape?.length ?? paddings?.length ?? shapeOf(op.operand(1))?.[0];
  if (!paddings) return unknownDims(rank);
  if (shape !== null && paddings.length !== shape.length) {
    throw new InferenceError(`${paddings.length} paddings for the dimensions of ${formatShape(shape)}`);
  }
  return paddings.map(([before, after], k): Dim => {
    const dim = shape?.[k] ?? null;
    return dim === null ? null : dim + before + after;
  });
}

/** No padding at all: the operand itself. */
function unpadded(op: OpView): readonly Value[] | undefined {
  const paddings = paddingsOf(op.operand(1));
  return paddings?.every(([before, after]) => before === 0 && after === 0) ? [op.operand(0)] : undefined;
}

const attributes = { T: attr.dtype(), Tpaddings: attr.dtype('int32') };

export const Pad = defineTfOp({
  name: 'Pad',
  summary: 'Surrounded with zeros',
  operands: ['input', 'paddings'],
  attributes,
  infer: (op) => [typeOf(op.attributes.T, paddedShape(op))],
  fold: (op, [input]) => {
    const same = unpadded(op);
    if (same) return same;
    const paddings = paddingsOf(op.operand(1));
    const shape = staticShapeOf(op.result());
    if (!input || !paddings || !shape || !worthFolding(input.dtype, shape, [input])) return undefined;
    return [pad(input, paddings)];
  },
  lower: (op, build) => lowerPad(op, build),
});

function lowerPad(op: OpView, build: LoweringBuilder): Lowered {
  const [input, paddings] = op.operands as [Value, Value];
  return lowerMovedValue(op, build, { definition: tfl.Pad, operands: [input, index(build, paddings)] });
}

export const PadV2 = defineTfOp({
  name: 'PadV2',
  summary: 'Surrounded with a value',
  operands: ['input', 'paddings', 'constant_values'],
  attributes,
  infer: (op) => [typeOf(op.attributes.T, paddedShape(op))],
  fold: (op, [input, , value]) => {
    const same = unpadded(op);
    if (same) return same;
    const paddings = paddingsOf(op.operand(1));
    const shape = staticShapeOf(op.result());
    if (!input || !value || !paddings || !shape || !worthFolding(input.dtype, shape, [input])) return undefined;
    return [pad(input, paddings, value)];
  },
  lower: (op, build) => {
    const [input, paddings, value] = op.operands as [Value, Value, Value];
    const constant = constantOf(value);
    // All bytes zero: PAD does the same with one operand less.
    if (constant?.bytes.every((byte) => byte === 0) && constant.dtype !== 'string') return lowerPad(op, build);
    return lowerMovedValue(op, build, {
      definition: tfl.PadV2,
      operands: [input, index(build, paddings), value],
      data: [0, 2],
    });
  },
});

export const MirrorPad = defineTfOp({
  name: 'MirrorPad',
  summary: 'Surrounded with its mirror images',
  operands: ['input', 'paddings'],
  attributes: { ...attributes, mode: attr.string() },
  infer: (op) => [typeOf(op.attributes.T, paddedShape(op))],
  fold: (op, [input]) => {
    const same = unpadded(op);
    if (same) return same;
    const paddings = paddingsOf(op.operand(1));
    return input && paddings && [mirrorPad(input, paddings, op.attributes.mode === 'SYMMETRIC')];
  },
  lower: (op, build) => {
    const [input, paddings] = op.operands as [Value, Value];
    const mode = op.attributes.mode === 'SYMMETRIC' ? 'SYMMETRIC' : 'REFLECT';
    return lowerMovedValue(op, build, {
      definition: tfl.MirrorPad,
      operands: [input, index(build, paddings)],
      options: { mode },
    });
  },
});
