import { Op } from '#ir/graph.js';
import { type TensorType, tensorType } from '#ir/type.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import { isTflOp } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { affineOf, perTensor, rangeOf } from '../affine.js';
import { goesToLoops } from '../plan/loop-products.js';
import { isAnchor } from '../plan/op-roles.js';
import { loopDepth } from '../plan/places.js';

/**
 * A product with weights in 8 bits that a loop takes in 16, like the part of a recurrent layer that the inputs of all
 * steps make up, is computed twice in front of the loop: once for what is below zero, once for what is above. Each half
 * saturates at zero, so the sum is the product, and its steps are half as large. The weights are the same.
 */
export const splitRanges: Pass = definePass({
  name: 'split-ranges',
  summary: 'Computes 8-bit products that a loop takes in 16 bits in two halves, which have a bit more.',
  run(module, context) {
    for (const op of module.ops()) {
      const form = splittable(op);
      if (typeof form === 'string') context.explain(op, form);
      else if (form) split(op, form, context);
    }
  },
});

interface Form {
  /** Of the product in 8 bits. */
  readonly type: TensorType;
  readonly quantize: Op;
}

/** The product in 8 bits and the QUANTIZE behind it; undefined for other ops, why not for others of this kind. */
function splittable(op: Op): Form | string | undefined {
  const { definition } = op;
  if (!isTflOp(definition) || !isAnchor(definition) || op.results.length !== 1) return undefined;
  const { type, users } = op.result();
  const [quantize, ...others] = users;
  if (type.kind !== 'tensor' || type.dtype !== 'int8' || !quantize?.is(tfl.Quantize)) return undefined;
  const wide = quantize.result().type;
  if (wide.kind !== 'tensor' || wide.dtype !== 'int16') return undefined;
  if (others.length > 0 || !op.result().hasOneUse) return 'others take it in 8 bits';
  if (loopDepth(op.region) > 0) return 'it is computed in a loop, where it would cost more than it gains';
  if (!goesToLoops(quantize.result())) return 'no loop takes it';
  if (op.attributes['fused_activation_function'] !== 'NONE') return 'an activation is fused';
  return { type, quantize: quantize as unknown as Op };
}

function split(op: Op, { type, quantize }: Form, { editor }: PassContext): void {
  const [scale = 1] = type.quantization?.scale ?? [];
  const [zeroPoint = 0] = type.quantization?.zeroPoint ?? [];
  const { min, max } = rangeOf({ scale, zeroPoint }, 'int8');
  const { region } = op;
  if (!region || min >= 0 || max <= 0) return;
  const halfType = (range: { min: number; max: number }) =>
    tensorType('int8', type.shape, perTensor(affineOf(range, 'int8')));
  const behind = { region, before: quantize.next };
  const wide = quantize.result();
  const create = { types: [halfType({ min: 0, max })] };
  const upper = editor.create(
    { region, before: op.next },
    op.definition,
    op.operands,
    op.attributes,
    op.location,
    create,
  );
  editor.setType(op.result(), halfType({ min, max: 0 }));
  const wideUpper = editor.create(behind, tfl.Quantize, [upper.result()], {}, op.location, { types: [wide.type] });
  const options = { ...tfl.Add.options, pot_scale_int16: false };
  const uses = wide.uses;
  const sum = editor.create(behind, tfl.Add, [wide, wideUpper.result()], options, op.location, { types: [wide.type] });
  for (const { user, index } of uses) {
    if (user instanceof Op) editor.setOperand(user, index, sum.result());
    else user.setOutput(index, sum.result());
  }
}
