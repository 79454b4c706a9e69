import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import {
  constantDimension,
  type Dimension,
  divideExactly,
  knownSize,
  multiply,
  product,
  sameDimension,
} from './dimension.js';
import type { Facts } from './facts.js';

type Shape = readonly (Dimension | undefined)[] | undefined;

/** The shapes of an op's results as far as its operands tell; the types fill in the rest. */
type ShapeRule = (op: Op, facts: Facts) => readonly Shape[];

const sameAsFirst: ShapeRule = (op, facts) => [facts.shapeOf(op.operands[0])];

/** One dimension of a broadcast; undefined where it is not certain which side gives it. */
function broadcastDimension(a: Dimension, b: Dimension): Dimension | undefined {
  if (sameDimension(a, b) || knownSize(b) === 1) return a;
  if (knownSize(a) === 1) return b;
  return undefined;
}

function broadcast(a: Shape, b: Shape): Shape {
  if (!a || !b) return undefined;
  const rank = Math.max(a.length, b.length);
  const one = constantDimension(1);
  return Array.from({ length: rank }, (_, i) => {
    const x = i < rank - a.length ? one : a[i - rank + a.length];
    const y = i < rank - b.length ? one : b[i - rank + b.length];
    return x && y && broadcastDimension(x, y);
  });
}

const broadcasting: ShapeRule = (op, facts) => {
  const shapes = op.operands.map((operand) => facts.shapeOf(operand) as Shape);
  return [shapes.slice(1).reduce<Shape>((all, shape) => broadcast(all, shape), shapes[0])];
};

/** The two values are of one shape; the condition may be a vector that chooses rows. */
const select: ShapeRule = (op, facts) => [facts.shapeOf(op.operands[1])];

/** The batch, which stands first, is kept. */
const sameBatch: ShapeRule = (op, facts) => {
  const [batch] = facts.shapeOf(op.operands[0]) ?? [];
  const { type } = op.result();
  return [type.kind === 'tensor' && type.shape ? type.shape.map((_, i) => (i === 0 ? batch : undefined)) : undefined];
};

function wrap(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const reduction: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const axes = facts.integersOf(op.operands[1]);
  if (!shape || !axes) return [undefined];
  const reduced = new Set(axes.map((axis) => wrap(axis, shape.length)));
  if (op.attributes['keep_dims'] === true) return [shape.map((d, i) => (reduced.has(i) ? constantDimension(1) : d))];
  return [shape.filter((_, i) => !reduced.has(i))];
};

const withoutAxis: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const [axis] = facts.integersOf(op.operands[1]) ?? [];
  if (!shape || axis === undefined) return [undefined];
  return [shape.filter((_, i) => i !== wrap(axis, shape.length))];
};

const transpose: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const permutation = facts.integersOf(op.operands[1]);
  return [shape && permutation?.map((from) => shape[from])];
};

/** A Reshape's target: its one `-1` is what the other entries leave of the operand's size. */
const reshape: ShapeRule = (op, facts) => {
  const target = facts.contentOf(op.operands[1]);
  if (!target) return [undefined];
  const open = target.indexOf(undefined);
  const shape = facts.shapeOf(op.operands[0]);
  if (open < 0 || open !== target.lastIndexOf(undefined) || !shape) return [target];
  const others = product(target.filter((dimension) => dimension !== undefined));
  return [target.map((dimension, i) => (i === open ? divideExactly(product(shape), others) : dimension))];
};

const asContent =
  (operand: number): ShapeRule =>
  (op, facts) => [facts.contentOf(op.operands[operand])];

const expandDims: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const [axis] = facts.integersOf(op.operands[1]) ?? [];
  return [
    shape && axis !== undefined ? shape.toSpliced(wrap(axis, shape.length + 1), 0, constantDimension(1)) : undefined,
  ];
};

const squeeze: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const axes = op.attributes['squeeze_dims'];
  if (!shape || !Array.isArray(axes) || axes.length === 0) return [undefined];
  const removed = new Set(axes.map((axis) => wrap(Number(axis), shape.length)));
  return [shape.filter((_, i) => !removed.has(i))];
};

const pack: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const axis = Number(op.attributes['axis'] ?? 0);
  return [shape?.toSpliced(wrap(axis, shape.length + 1), 0, constantDimension(op.operands.length))];
};

const unpack: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const axis = Number(op.attributes['axis'] ?? 0);
  const rest = shape?.toSpliced(wrap(axis, shape.length), 1);
  return op.results.map(() => rest);
};

/** All dimensions but the axis are those of one of the joined tensors. */
const concat: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const [axis] = facts.integersOf(op.operands.at(-1)) ?? [];
  if (!shape || axis === undefined) return [undefined];
  return [shape.map((dimension, i) => (i === wrap(axis, shape.length) ? undefined : dimension))];
};

const splitAlong =
  (input: number, axisOperand: number): ShapeRule =>
  (op, facts) => {
    const shape = facts.shapeOf(op.operands[input]);
    const [axis] = facts.integersOf(op.operands[axisOperand]) ?? [];
    if (!shape || axis === undefined) return [];
    const part = shape.map((dimension, i) => (i === wrap(axis, shape.length) ? undefined : dimension));
    return op.results.map(() => part);
  };

const gather: ShapeRule = (op, facts) => {
  const table = facts.shapeOf(op.operands[0]);
  const indices = facts.shapeOf(op.operands[1]);
  const [axis] = op.operands.length > 2 ? (facts.integersOf(op.operands[2]) ?? []) : [0];
  const batch = Number(op.attributes['batch_dims'] ?? 0);
  if (!table || !indices || axis === undefined || batch < 0) return [undefined];
  const at = wrap(axis, table.length);
  return [[...table.slice(0, at), ...indices.slice(batch), ...table.slice(at + 1)]];
};

const matMul: ShapeRule = (op, facts) => {
  const a = facts.shapeOf(op.operands[0]);
  const b = facts.shapeOf(op.operands[1]);
  return [[a?.[op.attributes['transpose_a'] ? 1 : 0], b?.[op.attributes['transpose_b'] ? 0 : 1]]];
};

const batchMatMul: ShapeRule = (op, facts) => {
  const a = facts.shapeOf(op.operands[0]);
  const b = facts.shapeOf(op.operands[1]);
  if (!a || !b) return [undefined];
  const leading = broadcast(a.slice(0, -2), b.slice(0, -2)) ?? [];
  return [[...leading, a.at(op.attributes['adj_x'] ? -1 : -2), b.at(op.attributes['adj_y'] ? -2 : -1)]];
};

const einsum: ShapeRule = (op, facts) => {
  const [inputs = '', output] = String(op.attributes['equation']).replaceAll(' ', '').split('->');
  if (output === undefined || inputs.includes('.') || output.includes('.')) return [undefined];
  const sizes = new Map<string, Dimension>();
  inputs.split(',').forEach((labels, i) => {
    const shape = facts.shapeOf(op.operands[i]);
    [...labels].forEach((label, axis) => {
      const size = shape?.[axis];
      if (size && !sizes.has(label)) sizes.set(label, size);
    });
  });
  return [[...output].map((label) => sizes.get(label))];
};

const oneHot: ShapeRule = (op, facts) => {
  const indices = facts.shapeOf(op.operands[0]);
  const depth = facts.contentOf(op.operands[1])?.[0];
  const axis = Number(op.attributes['axis'] ?? -1);
  return [(indices as Shape)?.toSpliced(axis < 0 ? (indices?.length ?? 0) : axis, 0, depth)];
};

const tile: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const multiples = facts.contentOf(op.operands[1]);
  return [shape?.map((dimension, i) => (multiples?.[i] ? multiply(dimension, multiples[i]) : undefined))];
};

/** A constant matrix of integers, row by row. */
function pairs(value: Value | undefined): readonly number[] | undefined {
  const tensor = constantOf(value);
  return tensor && Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Dimensions that are not padded stay. */
const pad: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const amounts = pairs(op.operands[1]);
  if (!shape || !amounts) return [undefined];
  return [shape.map((dimension, i) => (amounts[2 * i] === 0 && amounts[2 * i + 1] === 0 ? dimension : undefined))];
};

function blockSize(op: Op, facts: Facts): Dimension | undefined {
  const block = facts.integersOf(op.operands[1]);
  return block && constantDimension(block.reduce((all, size) => all * size, 1));
}

function withBatch(op: Op, facts: Facts, batch: Dimension | undefined): readonly Shape[] {
  const shape = facts.shapeOf(op.operands[0]);
  const spatial = facts.integersOf(op.operands[1])?.length ?? 0;
  return [shape?.map((dimension, i) => (i === 0 ? batch : i <= spatial ? undefined : dimension))];
}

const spaceToBatch: ShapeRule = (op, facts) => {
  const [batch] = facts.shapeOf(op.operands[0]) ?? [];
  const block = blockSize(op, facts);
  return withBatch(op, facts, batch && block && multiply(batch, block));
};

const batchToSpace: ShapeRule = (op, facts) => {
  const [batch] = facts.shapeOf(op.operands[0]) ?? [];
  const block = blockSize(op, facts);
  return withBatch(op, facts, batch && block && divideExactly(batch, block));
};

/** Dimensions that are taken from 0 to their end stay. */
const slice: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const begin = facts.integersOf(op.operands[1]);
  const sizes = facts.contentOf(op.operands[2]);
  const constantSizes = facts.integersOf(op.operands[2]);
  if (!shape || !begin) return [undefined];
  return [shape.map((dimension, i) => (constantSizes?.[i] === -1 && begin[i] === 0 ? dimension : sizes?.[i]))];
};

const stridedSlice: ShapeRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  const begin = facts.integersOf(op.operands[1]);
  const strides = facts.integersOf(op.operands[3]);
  const mask = (name: string): number => Number(op.attributes[name] ?? 0);
  if (!shape || !begin || !strides || mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0) return [undefined];
  const result: (Dimension | undefined)[] = [];
  shape.forEach((dimension, i) => {
    if ((mask('shrink_axis_mask') >> i) & 1) return;
    const fromStart = i >= begin.length || (mask('begin_mask') >> i) & 1 || begin[i] === 0;
    const toEnd = i >= begin.length || (mask('end_mask') >> i) & 1;
    const forward = i >= strides.length || strides[i] === 1;
    result.push(fromStart && toEnd && forward ? dimension : undefined);
  });
  return [result];
};

const unaries =
  'Abs Neg Sign Square Sqrt Rsqrt Exp Expm1 Log Log1p Sin Cos Tan Floor Ceil Round Rint Reciprocal Inv Relu Relu6 Elu Selu LeakyRelu Sigmoid Tanh Softplus Softsign Erf Erfc Softmax LogSoftmax Cast Identity StopGradient PreventGradient Snapshot CheckNumerics BiasAdd ZerosLike OnesLike LogicalNot IsNan IsInf IsFinite Cumsum Cumprod LRN ReverseV2 ClipByValue FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 XlaDynamicUpdateSlice'.split(
    ' ',
  );
const binaries =
  'Add AddV2 Sub Mul Div RealDiv DivNoNan MulNoNan FloorDiv FloorMod Mod TruncateDiv Maximum Minimum Pow SquaredDifference Atan2 Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Xdivy Xlogy SelectV2 AddN'.split(
    ' ',
  );
const batchKeeping =
  'Conv2D DepthwiseConv2dNative Conv3D AvgPool MaxPool AvgPool3D MaxPool3D ResizeBilinear ResizeNearestNeighbor SpaceToDepth DepthToSpace'.split(
    ' ',
  );
const reductions = 'Sum Mean Max Min Prod All Any'.split(' ');

export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>(
  Object.entries({
    ...Object.fromEntries(unaries.map((name) => [name, sameAsFirst])),
    ...Object.fromEntries(binaries.map((name) => [name, broadcasting])),
    ...Object.fromEntries(batchKeeping.map((name) => [name, sameBatch])),
    ...Object.fromEntries(reductions.map((name) => [name, reduction])),
    Select: select,
    ArgMax: withoutAxis,
    ArgMin: withoutAxis,
    Transpose: transpose,
    Reshape: reshape,
    BroadcastTo: asContent(1),
    Fill: asContent(0),
    Conv2DBackpropInput: asContent(0),
    ExpandDims: expandDims,
    Squeeze: squeeze,
    Pack: pack,
    Unpack: unpack,
    ConcatV2: concat,
    Split: splitAlong(1, 0),
    SplitV: splitAlong(0, 2),
    Gather: gather,
    GatherV2: gather,
    MatMul: matMul,
    BatchMatMul: batchMatMul,
    BatchMatMulV2: batchMatMul,
    BatchMatMulV3: batchMatMul,
    Einsum: einsum,
    OneHot: oneHot,
    Tile: tile,
    Pad: pad,
    PadV2: pad,
    MirrorPad: pad,
    SpaceToBatchND: spaceToBatch,
    BatchToSpaceND: batchToSpace,
    Slice: slice,
    StridedSlice: stridedSlice,
  }).map(([name, rule]) => [`tf.${name}`, rule]),
);
