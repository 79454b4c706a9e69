import { Const, constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { definePass } from '#passes/pass.js';
import { zeros } from '#tensor/kernels/sequence.js';
import { elementCount, isStatic } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';

/** Results up to this many elements are always worth storing. */
const SMALL = 1 << 16;

/** Whether storing the results costs about as much as storing the operands: folding a Tile or Fill may not. */
function isWorthStoring(op: Op): boolean {
  let before = 0;
  for (const operand of op.operands) before += constantOf(operand)?.size ?? 0;
  let after = 0;
  for (const { type } of op.results) {
    if (type.kind === 'tensor' && isStatic(type.shape)) after += elementCount(type.shape);
  }
  return after <= Math.max(SMALL, 2 * before);
}

/** Results without a single element are known, whatever the operands are. */
function emptyResults(op: Op): readonly Tensor[] | undefined {
  const tensors: Tensor[] = [];
  for (const { type } of op.results) {
    if (type.kind !== 'tensor' || !isStatic(type.shape) || !type.shape.includes(0)) return undefined;
    tensors.push(zeros(type.dtype, type.shape));
  }
  return tensors.length > 0 ? tensors : undefined;
}

/** Computes at conversion time what does not depend on the model's inputs, and drops ops that do nothing. */
export const foldConstants = definePass({
  name: 'fold-constants',
  summary: 'Computes ops on constants now, and replaces ops that change nothing by their operand.',
  run(module, { editor, explain }) {
    for (const op of module.ops()) {
      const { region, location, definition } = op;
      if (!region || definition.sideEffects || op.regions.length > 0 || op.is(Const)) continue;
      const empty = emptyResults(op);
      if (empty) {
        editor.replace(
          op,
          empty.map((tensor) => editor.constant({ region, before: op }, tensor, location)),
        );
        continue;
      }
      if (!definition.fold) continue;
      const operands = op.operands.map((operand) => constantOf(operand));
      if (operands.length > 0 && operands.every((operand) => operand !== undefined) && !isWorthStoring(op)) {
        explain(op, 'its result is much larger than its operands');
        continue;
      }
      const folded = definition.fold(op, operands);
      if (!folded) continue;
      const values = folded.map((result) =>
        result instanceof Tensor ? editor.constant({ region, before: op }, result, location) : result,
      );
      if (values.some((value, i) => value === op.results[i])) continue;
      editor.replace(op, values);
    }
  },
});
