import type { Value } from '#ir/graph.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import type { Lowered } from '../../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { scalar } from './elementwise-rows.js';
import { broadcast, cast, unsupportedType } from './lower-elementwise.js';
import { type OpView, shapeOf } from './types.js';

/** Writes float32 arithmetic down as TFLite ops. */
export class Formula {
  readonly build: LoweringBuilder;

  constructor(build: LoweringBuilder) {
    this.build = build;
  }

  number(value: number): Value {
    return scalar(this.build, 'float32', value);
  }

  apply(definition: TflOpDefinition, ...operands: readonly Value[]): Value {
    return this.build.value(definition, operands);
  }

  add(x: Value, y: Value): Value {
    return this.build.value(tfl.Add, [x, y]);
  }

  sub(x: Value, y: Value): Value {
    return this.build.value(tfl.Sub, [x, y]);
  }

  mul(x: Value, y: Value): Value {
    return this.build.value(tfl.Mul, [x, y]);
  }

  div(x: Value, y: Value): Value {
    return this.build.value(tfl.Div, [x, y]);
  }

  /** `yes` where the condition holds, else `no`. */
  select(condition: Value, yes: Value, no: Value): Value {
    return this.build.value(tfl.SelectV2, [condition, yes, no]);
  }

  /** The polynomial in x with these coefficients, lowest power first, by Horner's scheme. */
  polynomial(x: Value, coefficients: readonly number[]): Value {
    const [highest, ...rest] = coefficients.toReversed() as [number, ...number[]];
    return rest.reduce((sum, each) => this.add(this.mul(x, sum), this.number(each)), this.number(highest));
  }
}

/** Lowers a function of one tensor to a formula in float32; 16-bit floats are computed in float32 as well. */
export function composed(write: (x: Value, formula: Formula) => Value) {
  return composedPair((x, _, formula) => write(x as Value, formula));
}

/** The same for a function of two tensors, which are broadcast beforehand where kernels could not. */
export function composedPair(write: (x: Value, y: Value, formula: Formula) => Value) {
  return (op: OpView, build: LoweringBuilder): Lowered => {
    const operands = op.operands as readonly Value[];
    const { dtype } = tensorTypeOf(operands[0] as Value);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    const wide = operands.map((operand) => cast(build, operand, 'float32'));
    const [x, y] = broadcast(build, wide, 4, shapeOf(op.result()));
    const result = write(x as Value, y as Value, new Formula(build));
    return tensorTypeOf(result).dtype === 'float32' ? cast(build, result, dtype) : result;
  };
}

/** A formula of two tensors that is 0 wherever operand `zero` is, whatever the other one is. */
export function guarded(zero: 0 | 1, write: (x: Value, y: Value, formula: Formula) => Value) {
  return composedPair((x, y, formula) => {
    const { build } = formula;
    const isZero = build.value(tfl.Equal, [zero === 0 ? x : y, formula.number(0)]);
    return build.value(tfl.SelectV2, [isZero, formula.number(0), write(x, y, formula)]);
  });
}
