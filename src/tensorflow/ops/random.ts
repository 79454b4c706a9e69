import { attr, type TfDType } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { knownShape } from './support/known-integers.js';
import { cast, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { type OpView, shapeOf, typeOf, unknownDims, vectorLength } from './support/types.js';

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
