import { attr } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { type Layout, layoutOf, unlessFloat32 } from './convolution-layout.js';
import { fullyConnected } from './matmul.js';
import { Formula } from './support/formula.js';
import { reshapeTo } from './support/lower-shape.js';
import { likeFirst } from './support/operands.js';
import { dtypeOf, productOf, rankOf, shapeOf, staticShapeOf } from './support/types.js';

export const BiasAdd = defineTfOp({
  name: 'BiasAdd',
  summary: 'Adds one number to each channel',
  operands: ['value', 'bias'],
  attributes: { data_format: attr.string('NHWC') },
  infer: (op) => {
    const shape = shapeOf(op.operands[0]);
    const bias = shapeOf(op.operands[1])?.[0];
    const axis = channelAxis(op.attributes.data_format, shape?.length);
    const channels = axis === undefined ? undefined : shape?.[axis];
    if (typeof bias === 'number' && typeof channels === 'number' && bias !== channels) {
      throw new InferenceError(`${bias} biases do not fit ${channels} channels`);
    }
    return likeFirst(op);
  },
  lower: (op, build) => {
    const rank = rankOf(op.operand(0));
    const axis = channelAxis(op.attributes.data_format, rank);
    const bias = op.operand(1);
    if (axis === undefined || rank === undefined) {
      if (op.attributes.data_format !== 'NCHW') return build.value(tfl.Add, [op.operand(0), bias]);
      return unsupported('its channels come second in a tensor of unknown rank', 'Use `data_format="NHWC"`.');
    }
    return build.value(tfl.Add, [op.operand(0), along(build, bias, axis, rank)]);
  },
});

/** Where `NHWC` and `NCHW` have the channels, whatever the rank: last, or second. */
export function channelAxis(format: string, rank: number | undefined): number | undefined {
  if (rank === undefined) return undefined;
  return format === 'NCHW' ? 1 : rank - 1;
}

/** A vector that broadcasts along one axis of a tensor of `rank` dimensions. */
function along(build: LoweringBuilder, vector: Value, axis: number, rank: number): Value {
  if (axis === rank - 1) return vector;
  const behind = new Array<number>(rank - axis - 1).fill(1);
  const constant = build.constantOf(vector);
  if (constant) return build.constant(constant.reshape([constant.size, ...behind]));
  return reshapeTo(build, vector, [{ of: vector, axis: 0 }, ...behind]);
}

const batchNormAttributes = {
  epsilon: attr.float(0.0001),
  exponential_avg_factor: attr.float(1),
  data_format: attr.string('NHWC'),
  is_training: attr.bool(true),
};

interface BatchNormAttributes {
  readonly epsilon: number;
  readonly exponential_avg_factor: number;
  readonly data_format: string;
  readonly is_training: boolean;
}

function inferBatchNorm(op: Pick<Op, 'operands'>, { data_format }: BatchNormAttributes, statistics: number): Type[] {
  const dtype = dtypeOf(op.operands[0]);
  const shape = shapeOf(op.operands[0]);
  const { channel, rank } = layoutOf(data_format);
  if (shape !== null && shape.length !== rank) {
    throw new InferenceError(`the input has ${shape.length} dimensions, not the ${rank} of ${data_format}`);
  }
  const channels = (shape?.[channel] ?? shapeOf(op.operands[1])?.[0] ?? null) as Dim;
  const scale = dtypeOf(op.operands[1]);
  const vector = scale ? tensorType(scale, [channels]) : unknownType;
  return [dtype ? tensorType(dtype, shape) : unknownType, ...new Array<Type>(statistics).fill(vector)];
}

/** The three versions differ in the number of results for the gradient, which no inference reads. */
function defineBatchNorm(name: string, results: readonly string[]) {
  return defineTfOp({
    name,
    summary: 'Batch normalization',
    operands: ['x', 'scale', 'offset', 'mean', 'variance'],
    results,
    attributes: batchNormAttributes,
    infer: (op) => inferBatchNorm(op, op.attributes, results.length - 1),
    lower: (op, build) => lowerBatchNorm(op as unknown as Op, op.attributes, build),
  });
}

const common = ['y', 'batch_mean', 'batch_variance'];
export const FusedBatchNorm = defineBatchNorm('FusedBatchNorm', [...common, 'reserve_space_1', 'reserve_space_2']);
export const FusedBatchNormV2 = defineBatchNorm('FusedBatchNormV2', [...common, 'reserve_space_1', 'reserve_space_2']);
export const FusedBatchNormV3 = defineBatchNorm('FusedBatchNormV3', [
  ...common,
  'reserve_space_1',
  'reserve_space_2',
  'reserve_space_3',
]);

export const BatchNormWithGlobalNormalization = defineTfOp({
  name: 'BatchNormWithGlobalNormalization',
  summary: 'Batch normalization as of old, of channels that come last',
  operands: ['t', 'm', 'v', 'beta', 'gamma'],
  results: ['result'],
  attributes: { T: attr.dtype(), variance_epsilon: attr.float(), scale_after_normalization: attr.bool() },
  infer: likeFirst,
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const [x, mean, variance, offset, gamma] = op.operands as [Value, Value, Value, Value, Value];
    const { variance_epsilon, scale_after_normalization } = op.attributes;
    const ones = build.constant(Tensor.float32(new Float32Array(shapeOf(variance)?.[0] ?? 1).fill(1)));
    const scale = scale_after_normalization ? gamma : ones;
    return normalize(build, x, variance_epsilon, [scale, offset, mean, variance]);
  },
});

interface Normalized {
  readonly y: Value;
  /** Of the result's own shape where they are used. */
  readonly mean: Value;
  readonly variance: Value;
}

function lowerBatchNorm(op: Op, attributes: BatchNormAttributes, build: LoweringBuilder): Lowered {
  const problem = unlessFloat32(op);
  if (problem) return problem;
  const layout = layoutOf(attributes.data_format);
  const { is_training, exponential_avg_factor } = attributes;
  if (op.results.slice(3).some((result) => result.isUsed)) {
    return unsupported(
      'what it keeps for its gradient is used',
      'Export the model for inference: call it with `training=False`.',
    );
  }
  if (!is_training) {
    const [x, ...vectors] = op.operands as [Value, ...Value[]];
    const spread = (vector: Value): Value => along(build, vector, layout.channel, layout.rank);
    return [normalize(build, x, attributes.epsilon, vectors, spread), op.operand(3), op.operand(4)];
  }
  if (exponential_avg_factor !== 1 && op.results.slice(1).some((result) => result.isUsed)) {
    return unsupported(
      'it updates moving averages in training',
      'Export the model for inference: call it with `training=False`.',
    );
  }
  const normalized = normalizeByBatch(build, op, layout, attributes.epsilon);
  if ('reason' in normalized) return normalized;
  return [normalized.y, normalized.mean, normalized.variance];
}

/**
 * x × a + b, with a and b from scale, offset, mean and variance: constants where those are, so that they can be folded
 * into weights. `spread` makes vectors broadcast along the channels.
 */
function normalize(
  build: LoweringBuilder,
  x: Value,
  epsilon: number,
  vectors: readonly Value[],
  spread = (vector: Value) => vector,
): Value {
  const constants = vectors.map((value) => build.constantOf(value)?.data as Float32Array | undefined);
  const [gamma, beta, mu, sigma2] = constants;
  if (gamma && beta && mu && sigma2) {
    const factors = Float64Array.from(gamma, (value, i) => value / Math.sqrt((sigma2[i] as number) + epsilon));
    const terms = Float64Array.from(beta, (value, i) => value - (mu[i] as number) * (factors[i] as number));
    const scaled = build.value(tfl.Mul, [x, spread(build.constant(Tensor.float32(factors)))]);
    return build.value(tfl.Add, [scaled, spread(build.constant(Tensor.float32(terms)))]);
  }
  return scaleAndShift(build, x, epsilon, vectors.map(spread));
}

/** The same from moments that are computed, all of them in a shape that broadcasts. */
function scaleAndShift(build: LoweringBuilder, x: Value, epsilon: number, parts: readonly Value[]): Value {
  const [scale, offset, mean, variance] = parts as [Value, Value, Value, Value];
  const shifted = build.value(tfl.Add, [variance, build.constant(Tensor.float32([epsilon], []))]);
  const factor = build.value(tfl.Mul, [build.value(tfl.Rsqrt, [shifted]), scale]);
  const term = build.value(tfl.Sub, [offset, build.value(tfl.Mul, [mean, factor])]);
  return build.value(tfl.Add, [build.value(tfl.Mul, [x, factor]), term]);
}

/** As in training: with the moments of the batch itself. The variance that is handed out is the unbiased one. */
function normalizeByBatch(build: LoweringBuilder, op: Op, layout: Layout, epsilon: number): Normalized | Unsupported {
  const x = op.operand(0);
  const axes = build.ints([0, ...layout.spatial]);
  const mean = build.value(tfl.Mean, [x, axes], { keep_dims: true });
  const variance = build.value(tfl.Mean, [build.value(tfl.SquaredDifference, [x, mean]), axes], { keep_dims: true });
  const spread = [op.operand(1), op.operand(2)].map((vector) => along(build, vector, layout.channel, layout.rank));
  const y = scaleAndShift(build, x, epsilon, [...spread, mean, variance]);
  const vector = (moment: Value): Value => reshapeTo(build, moment, [{ of: moment, axis: layout.channel }]);
  const result = { y, mean: op.result(1).isUsed ? vector(mean) : mean, variance };
  if (!op.result(2).isUsed) return result;
  const shape = tensorTypeOf(x).shape ?? [];
  const count = productOf([0, ...layout.spatial].map((axis) => shape[axis] ?? null));
  if (count === null) {
    return unsupported(
      'its unbiased variance is used, and the number of elements is not known',
      'Export the model for inference: call it with `training=False`, or give the input a static shape.',
    );
  }
  const correction = build.constant(Tensor.float32([count / Math.max(count - 1, 1)], []));
  return { ...result, variance: build.value(tfl.Mul, [vector(variance), correction]) };
}

export const LRN = defineTfOp({
  name: 'LRN',
  summary: 'Local response normalization over neighbouring channels',
  operands: ['input'],
  attributes: {
    depth_radius: attr.int(5),
    bias: attr.float(1),
    alpha: attr.float(1),
    beta: attr.float(0.5),
  },
  infer: likeFirst,
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const { depth_radius: radius, bias, alpha, beta } = op.attributes;
    if ((bias < 0 || alpha < 0) && beta !== 1 && beta !== 0.5) return byRoots(build, op.operand(0), op.attributes);
    return build.value(tfl.LocalResponseNormalization, [op.operand(0)], { radius, bias, alpha, beta });
  },
});

/** x ÷ (bias + α × the sum of squares of neighbouring channels)^β, and no number where that base is negative. */
function byRoots(
  build: LoweringBuilder,
  x: Value,
  attributes: { readonly depth_radius: number; readonly bias: number; readonly alpha: number; readonly beta: number },
): Value | Unsupported {
  const { depth_radius: radius, bias, alpha, beta } = attributes;
  const channels = shapeOf(x)?.at(-1);
  if (typeof channels !== 'number') {
    return unsupported('its base may be negative, and the number of channels is not known', 'Fix the channels.');
  }
  const f = new Formula(build);
  const near = (row: number, column: number): number => (Math.abs(row - column) <= radius ? alpha : 0);
  const band = Float32Array.from({ length: channels ** 2 }, (_, i) => near(Math.floor(i / channels), i % channels));
  const sums = fullyConnected(build, f.mul(x, x), Tensor.float32(band, [channels, channels]));
  // The kernel's own powers of negative numbers are finite; their roots are not numbers.
  const roots = f.apply(tfl.Sqrt, f.add(sums, f.number(bias)));
  return f.mul(x, f.apply(tfl.Pow, roots, f.number(-2 * beta)));
}

export const L2Loss = defineTfOp({
  name: 'L2Loss',
  summary: 'Half the sum of squares',
  operands: ['t'],
  infer: (op) => {
    const dtype = dtypeOf(op.operands[0]);
    return [dtype ? tensorType(dtype, []) : unknownType];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const rank = rankOf(op.operand(0));
    if (rank === undefined) {
      return unsupported(
        'the rank of its operand is not known',
        'Give the operand a known rank with `tf.ensure_shape`.',
      );
    }
    const squares = build.value(tfl.Square, [op.operand(0)]);
    const axes = build.ints(Array.from({ length: rank }, (_, axis) => axis));
    const sum = rank === 0 ? squares : build.value(tfl.Sum, [squares, axes], { keep_dims: false });
    return build.value(tfl.Mul, [sum, build.constant(Tensor.float32([0.5], []))]);
  },
});

function defineSoftmax(name: string, summary: string, definition: typeof tfl.Softmax | typeof tfl.LogSoftmax) {
  return defineTfOp({
    name,
    summary,
    operands: ['logits'],
    results: [name.toLowerCase()],
    infer: likeFirst,
    lower: (op, build) => {
      const problem = unlessFloat32(op);
      if (problem) return problem;
      const logits = op.operand(0);
      const shape = staticShapeOf(logits);
      if (shape?.length === 0) return unsupported('its operand is a scalar', 'Give it one dimension or more.');
      return build.value(definition as typeof tfl.Softmax, [logits]);
    },
  });
}

export const Softmax = defineSoftmax('Softmax', 'Exponentials over their sum along the last axis', tfl.Softmax);
export const LogSoftmax = defineSoftmax('LogSoftmax', 'Logarithm of the softmax', tfl.LogSoftmax);
