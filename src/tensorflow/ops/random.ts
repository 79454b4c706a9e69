import { attr, type TfDType } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { normalQuantile } from './special-functions.js';
import { Formula } from './support/formula.js';
import { knownShape } from './support/known-integers.js';
import { cast, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { constantInteger, type OpView, shapeOf, typeOf, unknownDims, vectorLength } from './support/types.js';

const seeds = { seed: attr.int(0), seed2: attr.int(0) };

function statedShape(op: OpView): ReturnType<typeof knownShape> {
  return knownShape(op.operand(0)) ?? unknownDims(vectorLength(op.operand(0)));
}

/** Random float32 numbers of the stated shape. */
function draw(op: OpView, build: LoweringBuilder, definition: TflOpDefinition): Value {
  const options = { seed: Number(op.attributes['seed']), seed2: Number(op.attributes['seed2']) };
  const type = tensorType('float32', shapeOf(op.result()));
  return build.value(definition, [int32(build, op.operand(0))], options, [type]);
}

function random(name: string, summary: string, definition: TflOpDefinition) {
  return defineTfOp({
    name,
    summary,
    operands: ['shape'],
    attributes: { ...seeds, dtype: attr.dtype(), T: attr.dtype() },
    sideEffects: true,
    infer: (op) => [typeOf(op.attributes.dtype, statedShape(op))],
    lower: (op, build): Lowered => {
      const { dtype } = op.attributes;
      const exact: readonly TfDType[] = ['float32', 'float16', 'bfloat16'];
      if (!exact.includes(dtype)) return unsupportedType(dtype as 'float64', ['float32']);
      return cast(build, draw(op, build, definition), dtype as 'float32');
    },
  });
}

export const RandomUniform = random('RandomUniform', 'Evenly distributed numbers from 0 up to 1', tfl.RandomUniform);

export const RandomStandardNormal = random(
  'RandomStandardNormal',
  'Normally distributed numbers of mean 0 and deviation 1',
  tfl.RandomStandardNormal,
);

export const RandomUniformInt = defineTfOp({
  name: 'RandomUniformInt',
  summary: 'Evenly distributed whole numbers from minval up to maxval',
  operands: ['shape', 'minval', 'maxval'],
  attributes: { ...seeds, Tout: attr.dtype(), T: attr.dtype() },
  sideEffects: true,
  infer: (op) => [typeOf(op.attributes.Tout, statedShape(op))],
  lower: (op, build) => {
    const [, low, high] = op.operands as [Value, Value, Value];
    const { dtype } = tensorTypeOf(low);
    if (dtype !== 'int32') return unsupportedType(dtype, ['int32']);
    const span = cast(build, build.value(tfl.Sub, [high, low]), 'float32');
    const drawn = build.value(tfl.Mul, [draw(op, build, tfl.RandomUniform), span]);
    return build.value(tfl.Add, [cast(build, drawn, 'int32'), low]);
  },
});

/** Φ(2), between whose mirror images two deviations on either side of the mean lie. */
const WITHIN_TWO = 0.9772498680518208;

export const TruncatedNormal = defineTfOp({
  name: 'TruncatedNormal',
  summary: 'Normally distributed numbers of mean 0 and deviation 1, none beyond two deviations',
  operands: ['shape'],
  attributes: { ...seeds, dtype: attr.dtype(), T: attr.dtype() },
  sideEffects: true,
  infer: (op) => [typeOf(op.attributes.dtype, statedShape(op))],
  lower: (op, build): Lowered => {
    const { dtype } = op.attributes;
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') {
      return unsupportedType(dtype as 'float64', ['float32']);
    }
    const f = new Formula(build);
    // Evenly distributed probabilities between those of the two ends.
    const even = f.mul(draw(op, build, tfl.RandomUniform), f.number(2 * WITHIN_TWO - 1));
    return cast(build, normalQuantile(f.add(even, f.number(1 - WITHIN_TWO)), f), dtype);
  },
});

export const Multinomial = defineTfOp({
  name: 'Multinomial',
  summary: 'Classes drawn by unnormalized log-probabilities',
  operands: ['logits', 'num_samples'],
  attributes: { ...seeds, T: attr.dtype(), output_dtype: attr.dtype('int64') },
  sideEffects: true,
  infer: (op) => {
    const rows = shapeOf(op.operand(0))?.[0] ?? null;
    return [typeOf(op.attributes.output_dtype, [rows, constantInteger(op.operand(1)) ?? null])];
  },
  lower: (op, build): Lowered => {
    const [logits, count] = op.operands as [Value, Value];
    const { dtype } = tensorTypeOf(logits);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    const { seed, seed2 } = op.attributes;
    const operands = [cast(build, logits, 'float32'), int32(build, count)];
    return build.value(tfl.Multinomial, operands, { seed, seed2 }, [op.result().type]);
  },
});
