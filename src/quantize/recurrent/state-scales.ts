import type { Op } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';
import type { StateConstraint, TflOpDefinition } from '#tflite/define-op.js';
import { type Affine, type Range, storedScale } from '../affine.js';
import { quantizeConstant } from '../weights/quantize-constant.js';
import type { QuantizedConstant } from '../weights/quantize-weights.js';

/** Why an op that keeps a state cannot have integers as its data; undefined where it can, or keeps none. */
export function refusedState(op: Op, definition: TflOpDefinition, dtype: 'int8' | 'int16'): string | undefined {
  const { stateOperands, quantization, operandNames, builtin } = definition;
  const described = stateOperands.every((operand) =>
    quantization.some((each) => each.kind === 'state' && each.operand === operand && each.dtype === dtype),
  );
  if (!described) return `how LiteRT's ${builtin} stores its state as ${dtype} is not described here`;
  for (const constraint of quantization) {
    if (constraint.kind !== 'undescribed') continue;
    const { operands, attributes } = constraint;
    const found =
      operands.flatMap((operand) => (op.operands[operand] ? [operandNames[operand]?.replace('?', '')] : []))[0] ??
      attributes.find((name) => op.attributes[name]);
    if (found) return `how LiteRT's ${builtin} stores integers with \`${found}\` is not described here`;
  }
  return undefined;
}

/** The bits of an int16 number whose value they are. */
const VALUE_BITS = 15;

/** Scale of a state that is stored at a power of two: the least that holds the range; undefined where none does. */
export function powerOfTwo({ min, max }: Range, { integerBits = VALUE_BITS }: StateConstraint): Affine | undefined {
  const greatest = Math.max(Math.abs(min), Math.abs(max));
  const bits = Math.max(0, Math.ceil(Math.log2(greatest)));
  return bits > integerBits ? undefined : { scale: storedScale(2 ** (bits - VALUE_BITS)), zeroPoint: 0 };
}

/** The state that a layer starts with, of the scale of its result, or of a power of two that holds the range of its cells. */
export function quantizeState(
  tensor: Tensor,
  constraint: StateConstraint,
  result: Affine | undefined,
  cells: Range | undefined,
): QuantizedConstant {
  const affine = constraint.stored === 'as-result' ? result : cells && powerOfTwo(cells, constraint);
  if (!affine) throw new Error('a state is quantized whose range is not known');
  return quantizeConstant(tensor, affine, constraint.stored === 'as-result' ? 'int8' : 'int16');
}
