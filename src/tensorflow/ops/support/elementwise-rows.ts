import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type DType, isInteger } from '#tensor/dtype.js';
import { type BinaryKernel, mapBinary, mapUnary, type UnaryKernel } from '#tensor/kernels/map.js';
import { zeros } from '#tensor/kernels/sequence.js';
import { isStatic, sameShape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import { defineTfOp, type Lowered, type TfOpDefinition } from '../../define-op.js';
import type { LoweringBuilder } from '../../lowering-builder.js';
import { allKnown, worthFolding } from './folding.js';
import { type KernelLimits, lowerElementwise } from './lower-elementwise.js';
import { broadcastOf, type OpView, shapeOf, typeOf } from './types.js';

type Attributes = { readonly T: NonNullable<(typeof attributes.T)['default']> };

const attributes = { T: attr.dtype() };

type Lower = (op: OpView, build: LoweringBuilder) => Lowered;

/** One TFLite op, within its kernel's limits. */
export function by(definition: TflOpDefinition, ...limits: readonly (DType | number)[]): Lower {
  const dtypes = limits.filter((limit) => typeof limit === 'string');
  const rank = limits.find((limit) => typeof limit === 'number');
  const kernel: KernelLimits = rank === undefined ? { dtypes } : { dtypes, rank };
  return (op, build) => lowerElementwise(op, build, definition, kernel);
}

interface UnaryRow {
  readonly summary: string;
  /** Computes it on constants. Where it is absent they are left to the model. */
  readonly kernel?: UnaryKernel;
  readonly lower: Lower;
  /** The dtype of the result where it is not the operand's. */
  readonly result?: DType;
  /** What it is for integers: nothing, as rounding. */
  readonly keepsIntegers?: boolean;
}

/** A function of one tensor, element by element. */
export function unary(name: string, row: UnaryRow): TfOpDefinition<Attributes> {
  return defineTfOp({
    name,
    summary: row.summary,
    operands: ['x'],
    results: ['y'],
    attributes,
    infer: (op) => [typeOf(row.result ?? op.attributes.T, shapeOf(op.operand(0)))],
    fold: (op, operands) => {
      if (row.keepsIntegers && isIntegerType(op.attributes.T)) return [op.operand(0)];
      if (!row.kernel || !allKnown(operands)) return undefined;
      const [x] = operands as readonly [Tensor];
      return results(mapUnary(row.kernel, x, row.result));
    },
    lower: (op, build) => {
      if (row.keepsIntegers && isIntegerType(op.attributes.T)) return [op.operand(0)];
      return row.lower(op, build);
    },
  });
}

interface BinaryRow {
  readonly summary: string;
  readonly kernel: BinaryKernel;
  readonly lower: Lower;
  readonly operands?: readonly string[];
  readonly result?: DType;
  /** Value of the second operand (of either, where it commutes) that leaves the other one unchanged. */
  readonly neutral?: number;
  readonly commutes?: boolean;
  /** An operand of zeros makes zeros of all finite numbers. */
  readonly zeroAbsorbs?: boolean;
  /** TensorFlow refuses 0 as second operand of integers, so nothing is computed from it. */
  readonly divides?: boolean;
}

/** A function of two tensors that broadcast, element by element. */
export function binary(name: string, row: BinaryRow): TfOpDefinition<Attributes> {
  return defineTfOp({
    name,
    summary: row.summary,
    operands: row.operands ?? ['x', 'y'],
    results: ['z'],
    attributes,
    infer: (op) => [typeOf(row.result ?? op.attributes.T, broadcastOf(op.operand(0), op.operand(1)))],
    fold: (op, operands) => {
      if (allKnown(operands)) return foldPair(row, operands[0] as Tensor, operands[1] as Tensor);
      if (row.zeroAbsorbs) {
        const result = absorbed(op, operands);
        if (result) return [result];
      }
      if (row.neutral === undefined) return undefined;
      return withoutNeutral(op, operands, row.neutral, row.commutes ?? false);
    },
    lower: (op, build) => row.lower(op, build),
  });
}

function foldPair(row: BinaryRow, x: Tensor, y: Tensor): readonly Tensor[] | undefined {
  if (row.divides && isInteger(y.dtype) && hasZero(y)) return undefined;
  const shape = broadcastOf({ type: typeOf(x.dtype, x.shape) } as Value, { type: typeOf(y.dtype, y.shape) } as Value);
  if (!worthFolding(row.result ?? x.dtype, shape as readonly number[], [x, y])) return undefined;
  return results(mapBinary(row.kernel, x, y, row.result ?? x.dtype));
}

/** x + 0, x × 1 and the like where the shape stays: TensorFlow, too, drops them before it runs a model. */
function withoutNeutral(
  op: OpView,
  operands: readonly (Tensor | undefined)[],
  neutral: number,
  commutes: boolean,
): readonly Value[] | undefined {
  const shape = shapeOf(op.result());
  const keeps = (kept: number, constant: Tensor | undefined): boolean => {
    const own = shapeOf(op.operand(kept));
    if (!constant || own === null || !sameShape(own, shape)) return false;
    const lead = own.length - constant.rank;
    return (
      lead >= 0 && constant.shape.every((dim, i) => dim === 1 || dim === own[lead + i]) && isAll(constant, neutral)
    );
  };
  if (keeps(0, operands[1])) return [op.operand(0)];
  if (commutes && keeps(1, operands[0])) return [op.operand(1)];
  return undefined;
}

/** Functions that have a finite value for every number. */
const BOUNDED = new Set(['tf.Sigmoid', 'tf.Tanh', 'tf.Softmax']);
/** Ops that move elements, with the operand that they take them from. */
const MOVES = new Map([
  ['tf.Split', 1],
  ['tf.SplitV', 0],
  ['tf.Unpack', 0],
  ['tf.StridedSlice', 0],
  ['tf.Reshape', 0],
]);

function isBounded(value: Value): boolean {
  for (let op = value.producer; op; ) {
    if (BOUNDED.has(op.name)) return true;
    const from = MOVES.get(op.name);
    op = from === undefined ? undefined : op.operand(from).producer;
  }
  return false;
}

/** Zeros of the result's shape, where one operand has only those and the other one cannot be infinite. */
function absorbed(op: OpView, operands: readonly (Tensor | undefined)[]): Tensor | undefined {
  const { type } = op.result();
  if (type.kind !== 'tensor' || !isStatic(type.shape)) return undefined;
  for (const [i, constant] of operands.entries()) {
    if (!constant || !isAll(constant, 0)) continue;
    if (!isInteger(constant.dtype) && !isBounded(op.operand(1 - i))) continue;
    if (worthFolding(constant.dtype, type.shape, [constant])) {
      return zeros(constant.dtype, type.shape);
    }
  }
  return undefined;
}

function isAll(tensor: Tensor, value: number): boolean {
  if (tensor.dtype === 'string' || tensor.dtype === 'int4' || tensor.dtype.startsWith('complex')) return false;
  // Bits of 16-bit floats are told apart by hand: there is no array of them.
  if (tensor.dtype === 'float16') return tensor.data.every((bits) => bits === (value === 1 ? 0x3c00 : 0));
  if (tensor.dtype === 'bfloat16') return tensor.data.every((bits) => bits === (value === 1 ? 0x3f80 : 0));
  return (tensor.data as Float32Array).every((each: number | bigint) => Number(each) === value);
}

function hasZero(tensor: Tensor): boolean {
  return (tensor.data as Int32Array).some((each: number | bigint) => Number(each) === 0);
}

function results(tensor: Tensor | undefined): readonly Tensor[] | undefined {
  return tensor && [tensor];
}

export function isIntegerType(dtype: string): boolean {
  return isInteger(dtype as DType);
}

/** A scalar constant of the dtype of a float or integer op. */
export function scalar(build: LoweringBuilder, dtype: DType, value: number): Value {
  switch (dtype) {
    case 'float32':
      return build.constant(Tensor.float32([value], []));
    case 'int32':
      return build.int(value);
    case 'int64':
      return build.constant(Tensor.from('int64', [], BigInt64Array.of(BigInt(value))));
    default:
      throw new Error(`no scalar of ${dtype} is made here`);
  }
}
