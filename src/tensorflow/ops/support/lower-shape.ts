import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { cast } from './lower-elementwise.js';
import { constantIntegers, productOf } from './types.js';

/** A dimension of the result of a reshape: a size, dimension `axis` of the value `of`, or a product of such. */
export type Target = number | DimOf | readonly Target[];

interface DimOf {
  readonly of: Value;
  readonly axis: number;
}

/** An integer operand as int32, which is all that many kernels take; a constant is converted here. */
export function asInt32(build: LoweringBuilder, value: Value): Value {
  const { dtype, shape } = tensorTypeOf(value);
  if (dtype === 'int32') return value;
  const constant = constantIntegers(value);
  if (!constant) return cast(build, value, 'int32');
  return shape?.length === 0 ? build.int(constant[0] as number) : build.ints(constant);
}

/** The value with its axes in another order; itself where nothing moves. */
export function permute(build: LoweringBuilder, value: Value, perm: readonly number[]): Value {
  if (perm.every((axis, i) => axis === i)) return value;
  return build.value(tfl.Transpose, [value, build.ints(perm)]);
}

/** The size where it is known now. */
function known(target: Target): Dim {
  if (typeof target === 'number') return target;
  if ('of' in target) return tensorTypeOf(target.of).shape?.[target.axis] ?? null;
  return productOf(target.map(known));
}

function isAxis(target: Target | undefined, value: Value, axis: number): boolean {
  return typeof target === 'object' && 'of' in target && target.of === value && target.axis === axis;
}

/**
 * A reshape to sizes that may be dimensions of other values. One of those that are not known now is left to RESHAPE;
 * the shape is computed at run time only where there are more.
 */
export function reshapeTo(build: LoweringBuilder, value: Value, targets: readonly Target[]): Value {
  const sizes = targets.map(known);
  const { dtype, shape } = tensorTypeOf(value);
  const stays = (size: Dim, i: number): boolean => (size === null ? isAxis(targets[i], value, i) : size === shape?.[i]);
  if (shape?.length === sizes.length && sizes.every(stays)) return value;
  const open = sizes.filter((size) => size === null).length;
  const inferable = open === 0 || (open === 1 && !sizes.includes(0));
  const wanted = inferable ? build.ints(sizes.map((size) => size ?? -1)) : runtimeSizes(build, targets, sizes);
  return build.value(tfl.Reshape, [value, wanted], {}, [tensorType(dtype, sizes)]);
}

/** The sizes as an int32 vector, made with one SHAPE for each value that they come from. */
function runtimeSizes(build: LoweringBuilder, targets: readonly Target[], sizes: readonly Dim[]): Value {
  const shapes = new Map<Value, Value>();
  const entries = ({ of, axis }: DimOf, count: number): Value => {
    const whole = shapes.get(of) ?? build.value(tfl.Shape, [of], { out_type: 'INT32' });
    shapes.set(of, whole);
    const [begin, end, step] = [axis, axis + count, 1].map((n) => build.ints([n]));
    return build.value(tfl.StridedSlice, [whole, begin, end, step]);
  };
  const one = (target: Target): Value => {
    if (typeof target === 'number') return build.ints([target]);
    if ('of' in target) return entries(target, 1);
    const factors = build.value(tfl.Concatenation, target.map(one), { axis: 0 });
    return build.value(tfl.ReduceProd, [factors, build.ints([0])], { keep_dims: true });
  };
  const parts: Value[] = [];
  for (let i = 0; i < targets.length; ) {
    const target = targets[i] as Target;
    if (sizes[i] !== null) {
      const run: number[] = [];
      for (; i < targets.length && sizes[i] !== null; i++) run.push(sizes[i] as number);
      parts.push(build.ints(run));
    } else if (typeof target === 'object' && 'of' in target) {
      // Neighbours that stay neighbours are taken together.
      let count = 1;
      while (sizes[i + count] === null && isAxis(targets[i + count], target.of, target.axis + count)) count++;
      parts.push(entries(target, count));
      i += count;
    } else {
      parts.push(one(target));
      i++;
    }
  }
  const [first] = parts;
  return first && parts.length === 1 ? first : build.value(tfl.Concatenation, parts, { axis: 0 });
}
