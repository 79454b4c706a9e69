import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import { refineShape, type Shape } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { unlessFloat32 } from './convolution-layout.js';
import { scalar } from './support/elementwise-rows.js';
import { runtimeShape } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { broadcastOf, dtypeOf, type OpView, shapeOf } from './support/types.js';

/** A loss for each row, and a gradient for each logit. */
function lossTypes(op: OpView, shape: Shape): readonly Type[] {
  if (shape !== null && shape.length !== 2)
    throw new InferenceError(`the logits have ${shape.length} dimensions, not 2`);
  const dtype = dtypeOf(op.operand(0));
  if (!dtype) return [unknownType, unknownType];
  return [tensorType(dtype, [shape?.[0] ?? null]), tensorType(dtype, shape ?? [null, null])];
}

/** The cross-entropy from each label's probability times the logarithm that the logits give. */
function crossEntropy(build: LoweringBuilder, logits: Value, labels: Value, products: Value): Lowered {
  const sum = build.value(tfl.Sum, [products, build.ints([1])], { keep_dims: false });
  return [build.value(tfl.Neg, [sum]), build.value(tfl.Sub, [build.value(tfl.Softmax, [logits]), labels])];
}

export const SoftmaxCrossEntropyWithLogits = defineTfOp({
  name: 'SoftmaxCrossEntropyWithLogits',
  summary: 'The cross-entropy of each row of logits with its labels, and its gradient',
  operands: ['features', 'labels'],
  results: ['loss', 'backprop'],
  attributes: { T: attr.dtype() },
  infer: (op) => lossTypes(op, broadcastOf(op.operand(0), op.operand(1))),
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const [logits, labels] = op.operands as [Value, Value];
    return crossEntropy(build, logits, labels, build.value(tfl.Mul, [labels, build.value(tfl.LogSoftmax, [logits])]));
  },
});

export const SparseSoftmaxCrossEntropyWithLogits = defineTfOp({
  name: 'SparseSoftmaxCrossEntropyWithLogits',
  summary: 'The cross-entropy of each row of logits with the number of its class, and its gradient',
  operands: ['features', 'labels'],
  results: ['loss', 'backprop'],
  attributes: { T: attr.dtype(), Tlabels: attr.dtype('int64') },
  infer: (op) => {
    const [logits, labels] = [shapeOf(op.operand(0)), shapeOf(op.operand(1))];
    const rows = labels === null ? null : [...labels, logits?.[1] ?? null];
    const shape = refineShape(logits, rows);
    if (shape === undefined) throw new InferenceError('labels and logits differ in the number of rows');
    return lossTypes(op, shape);
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const [logits, labels] = op.operands as [Value, Value];
    const hot = oneHot(build, labels, logits);
    // A class that cannot be has a logarithm of −∞, which the 0 of another class must not meet.
    const logarithms = build.value(tfl.LogSoftmax, [logits]);
    const chosen = build.value(tfl.Equal, [hot, scalar(build, 'float32', 1)]);
    return crossEntropy(
      build,
      logits,
      hot,
      build.value(tfl.SelectV2, [chosen, logarithms, scalar(build, 'float32', 0)]),
    );
  },
});

/** A row for each class number, 1 at its place and 0 elsewhere, as wide as the logits. */
function oneHot(build: LoweringBuilder, labels: Value, logits: Value): Value {
  const classes = shapeOf(logits)?.[1] ?? null;
  const width =
    classes === null
      ? build.value(tfl.Gather, [runtimeShape(build, logits), build.int(1)], { axis: 0 })
      : build.int(classes);
  const operands = [int32(build, labels), width, scalar(build, 'float32', 1), scalar(build, 'float32', 0)];
  return build.value(tfl.OneHot, operands, { axis: -1 }, [
    tensorType('float32', [tensorTypeOf(labels).shape?.[0] ?? null, classes]),
  ]);
}
