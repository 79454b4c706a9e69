import type { Value } from '#ir/graph.js';
import { repeatedElement, tensorOfElements } from '#ir/tensor-elements.js';
import { tensorType } from '#ir/type.js';
import { type DType, isInteger } from '#tensor/dtype.js';
import { isStatic, type Shape, sameShape } from '#tensor/shape.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import { type Lowered, type Unsupported, unsupported } from '../../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { knownTypes, type OpView, shapeOf } from './types.js';

/** What a TFLite kernel takes as it is, without quantization. */
export interface KernelLimits {
  /** Element types of the operands that are computed as plain numbers. */
  readonly dtypes: readonly DType[];
  /** The most dimensions in which it broadcasts; more only with operands of one shape. */
  readonly rank?: number;
}

/** Types that hold every value of a type, those with the widest support first. */
const wider: Partial<Record<DType, readonly DType[]>> = {
  bool: ['int32', 'int8', 'float32'],
  int8: ['int32', 'int16', 'int64'],
  uint8: ['int32', 'int16', 'int64'],
  int16: ['int32', 'int64'],
  uint16: ['int32', 'int64'],
  uint32: ['int64'],
  float16: ['float32'],
  bfloat16: ['float32'],
};

/** The type in which a kernel that takes `dtypes` computes values of `dtype` exactly; undefined if there is none. */
export function computeType(dtype: DType, dtypes: readonly DType[]): DType | undefined {
  return dtypes.includes(dtype) ? dtype : wider[dtype]?.find((each) => dtypes.includes(each));
}

/** Says that no kernel computes in `dtype`. */
export function unsupportedType(dtype: DType, dtypes: readonly DType[]): Unsupported {
  const advice =
    dtype === 'float64'
      ? 'Compute in float32: cast the inputs with `tf.cast(x, tf.float32)`, or build the model with `keras.config.set_floatx("float32")`.'
      : dtype === 'string'
        ? 'Leave what works on texts out of the exported model, and feed the model the numbers that it computes.'
        : `Cast the operands to ${isInteger(dtype) && dtypes.includes('int32') ? 'int32' : dtypes[0]} with \`tf.cast\` before this op.`;
  return unsupported(`TFLite has no kernel for ${dtype}, only for ${dtypes.join(', ')}`, advice);
}

export function cast(build: LoweringBuilder, value: Value, dtype: DType): Value {
  const type = tensorTypeOf(value);
  if (type.dtype === dtype) return value;
  const options = { in_data_type: elementTypeName(type.dtype), out_data_type: elementTypeName(dtype) };
  return build.value(tfl.Cast, [value], options, [tensorType(dtype, type.shape)]);
}

/**
 * One elementwise TFLite op on all operands of `op`: with casts to a wider type and back where the kernel lacks the
 * dtype and that is exact, and with explicit broadcasts where it has too many dimensions for the kernel.
 */
export function lowerElementwise(
  op: OpView,
  build: LoweringBuilder,
  definition: TflOpDefinition,
  limits: KernelLimits,
): Lowered {
  return elementwise(build, definition, limits, op.operands as readonly Value[], op.result());
}

/** The same on other operands; `result` has the type that is to come out. */
export function elementwise(
  build: LoweringBuilder,
  definition: TflOpDefinition,
  limits: KernelLimits,
  operands: readonly Value[],
  result: Value,
): Value | Unsupported {
  const [first] = operands;
  if (!first) throw new Error(`${definition.name} without operands`);
  const { dtype } = tensorTypeOf(first);
  const computed = computeType(dtype, limits.dtypes);
  if (computed === undefined) return unsupportedType(dtype, limits.dtypes);
  const small = operands.map((operand, i) => withoutRepetition(build, operand, operands[1 - i], shapeOf(result)));
  const casts = new Map([...new Set(small)].map((operand) => [operand, cast(build, operand, computed)]));
  const wide = small.map((operand) => casts.get(operand) as Value);
  const ready = broadcast(build, wide, limits.rank ?? Infinity, shapeOf(result));
  const known = knownTypes([result]);
  const given = known?.[0]?.kind === 'tensor' ? known[0] : undefined;
  // A comparison gives bool from any type.
  const sameType = given === undefined || given.dtype !== dtype || computed === dtype;
  const value = build.value(definition, ready, {}, sameType ? known : [tensorType(computed, given.shape)]);
  return sameType ? value : cast(build, value, given.dtype);
}

/**
 * A constant of many equal elements as a scalar, where the other operand has the shape of the result by itself. A vector
 * stays: it belongs to channels, and later passes look for it.
 */
function withoutRepetition(build: LoweringBuilder, value: Value, other: Value | undefined, result: Shape): Value {
  const constant = other && build.constantOf(value);
  if (!constant || constant.shape.filter((dim) => dim !== 1).length < 2) return value;
  if (!isStatic(result) || !sameShape(shapeOf(other), result)) return value;
  const element = repeatedElement(constant);
  return element === undefined ? value : build.constant(tensorOfElements(constant.dtype, [], () => element));
}

/** Broadcasts operands explicitly if the result has more than `rank` dimensions and their shapes may differ. */
export function broadcast(
  build: LoweringBuilder,
  values: readonly Value[],
  rank: number,
  result: Shape,
): readonly Value[] {
  if (result === null || result.length <= rank) return values;
  const fits = (value: Value): boolean => isStatic(result) && sameShape(shapeOf(value), result);
  if (values.every(fits)) return values;
  const target = isStatic(result) ? build.ints(result) : broadcastShape(build, values);
  const full = (value: Value): boolean => {
    // An operand with all of the result's dimensions, each of which no other could stretch, is there already.
    const shape = shapeOf(value);
    return shape !== null && isStatic(shape) && sameShape(shape, result);
  };
  return values.map((value) =>
    full(value)
      ? value
      : build.value(tfl.BroadcastTo, [value, target], {}, [tensorType(tensorTypeOf(value).dtype, result)]),
  );
}

/** The shape to which all values broadcast, computed at run time: an int32 vector. */
function broadcastShape(build: LoweringBuilder, values: readonly Value[]): Value {
  const shapes = values.map((value) => runtimeShape(build, value));
  return shapes.reduce((a, b) => build.value(tfl.BroadcastArgs, [a, b]));
}

/** The shape of a value as an int32 vector: a constant where it is known. */
export function runtimeShape(build: LoweringBuilder, value: Value): Value {
  const shape = shapeOf(value);
  return isStatic(shape) ? build.ints(shape) : build.value(tfl.Shape, [value], { out_type: 'INT32' });
}
