import { Const } from '#ir/constant.js';
import { type Op, Value } from '#ir/graph.js';
import { definePass } from '#passes/pass.js';
import { isTfOp, type TfOpDefinition, Unsupported, unsupported } from '../define-op.js';
import { LoweringBuilder } from '../lowering-builder.js';
import { ReadVariableOp, ResourceGather, VarHandleOp } from '../ops/variables.js';
import { adviceFor } from '../unsupported-advice.js';

function lowered(op: Op, definition: TfOpDefinition, build: LoweringBuilder): readonly Value[] | Unsupported {
  if (!definition.lower) return unsupported('TFLite has no op for it');
  const result = definition.lower(op, build);
  return result instanceof Value ? [result] : result;
}

/**
 * Replaces every `tf.*` op by `tfl.*` ops. Ops are visited in order, so operands are lowered before their users; types
 * of results that the lowering made more precise flow on.
 */
export const lowerToTflite = definePass({
  name: 'lower-to-tflite',
  summary: 'Replaces TensorFlow ops by TFLite ops, collecting every op that has no equivalent.',
  run(module, { editor, collector }) {
    const skipped: Op[] = [];
    for (const op of module.ops()) {
      if (op.is(Const) || op.name.startsWith('tfl.')) continue;
      const { definition } = op;
      // It uses what an op without an equivalent gives: that one is reported, this one may well be fine.
      if (isTfOp(definition) && op.operands.some((operand) => operand?.type.kind === 'unknown')) {
        skipped.push(op);
        continue;
      }
      const result = isTfOp(definition)
        ? lowered(op, definition, new LoweringBuilder(editor, op))
        : unsupported('TFLite has no op for it');
      if (!(result instanceof Unsupported)) {
        editor.replace(op, result);
        continue;
      }
      // A variable that is not frozen is used by an op that cannot be converted: that one is reported.
      if (op.isOneOf(VarHandleOp, ReadVariableOp, ResourceGather)) {
        skipped.push(op);
        continue;
      }
      collector.add('unsupported-op', {
        op: op.name.replace(/^tf\./, ''),
        detail: result.reason,
        locations: [op.location],
        help: result.help.length > 0 ? result.help : adviceFor(op),
      });
    }
    const [first] = skipped;
    if (first && !collector.hasErrors)
      throw new Error(`${first.name} depends on nothing that was reported, yet is not lowered`);
  },
});
