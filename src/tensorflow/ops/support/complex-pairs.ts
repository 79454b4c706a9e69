import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import type { Lowered } from '../../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { Formula } from './formula.js';
import type { OpView } from './types.js';

type Lower = (op: OpView, build: LoweringBuilder) => Lowered;

// Few kernels compute with complex numbers, but a complex64 is two float32 in a row: BITCAST changes between them.

/** [...] of complex64 as [..., 2] of float32: real and imaginary parts. */
export function toPairs(build: LoweringBuilder, value: Value): Value {
  const { shape } = tensorTypeOf(value);
  return build.value(tfl.Bitcast, [value], {}, [tensorType('float32', shape && [...shape, 2])]);
}

/** [..., 2] of float32 as [...] of complex64. */
export function fromPairs(build: LoweringBuilder, pairs: Value): Value {
  const { shape } = tensorTypeOf(pairs);
  return build.value(tfl.Bitcast, [pairs], {}, [tensorType('complex64', shape?.slice(0, -1) ?? null)]);
}

interface Parts {
  readonly real: Value;
  readonly imaginary: Value;
}

export function partsOf(build: LoweringBuilder, value: Value): Parts {
  return { real: build.value(tfl.Real, [value]), imaginary: build.value(tfl.Imag, [value]) };
}

/** Two float32 tensors of one shape as one of complex64. */
export function fromParts(build: LoweringBuilder, { real, imaginary }: Parts): Value {
  const { shape } = tensorTypeOf(real);
  const options = { axis: shape ? shape.length : -1, values_count: 2 };
  return fromPairs(build, build.value(tfl.Pack, [real, imaginary], options));
}

/** Applies an op that treats both parts alike. */
export function onPairs(build: LoweringBuilder, values: readonly Value[], apply: (pairs: readonly Value[]) => Value) {
  return fromPairs(build, apply(values.map((value) => toPairs(build, value))));
}

/** The lowering of an op that treats both parts alike, for complex numbers by their pairs. */
export function onComplexPairs(definition: TflOpDefinition, other: Lower): Lower {
  return (op, build) => {
    const values = op.operands as readonly Value[];
    if (tensorTypeOf(values[0] as Value).dtype !== 'complex64') return other(op, build);
    return onPairs(build, values, (pairs) => build.value(definition, pairs));
  };
}

/** x ÷ y, multiplied out with the conjugate of y. */
export function quotient(build: LoweringBuilder, x: Value, y: Value): Value {
  const f = new Formula(build);
  const [{ real: a, imaginary: b }, { real: c, imaginary: d }] = [partsOf(build, x), partsOf(build, y)];
  const size = f.add(f.mul(c, c), f.mul(d, d));
  return fromParts(build, {
    real: f.div(f.add(f.mul(a, c), f.mul(b, d)), size),
    imaginary: f.div(f.sub(f.mul(b, c), f.mul(a, d)), size),
  });
}

/** e to the power x. */
export function exponential(build: LoweringBuilder, x: Value): Value {
  const f = new Formula(build);
  const { real, imaginary } = partsOf(build, x);
  const size = f.apply(tfl.Exp, real);
  return fromParts(build, {
    real: f.mul(size, f.apply(tfl.Cos, imaginary)),
    imaginary: f.mul(size, f.apply(tfl.Sin, imaginary)),
  });
}
