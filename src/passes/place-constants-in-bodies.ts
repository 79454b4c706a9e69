import { controlOps, keepBranchValues, keepCarried, loopOf, regionInputs } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { definePass, type PassContext } from './pass.js';

/**
 * What a region takes is made in it where that costs nothing: constants, handles. Bodies share the tensors of
 * constants, and see their values. A value that a loop hands on unchanged is, behind the loop, what came in.
 */
export const placeConstantsInBodies = definePass({
  name: 'place-constants-in-bodies',
  summary: 'Makes constants within the bodies of loops and branches, where they were handed in.',
  run(module, context) {
    for (const op of controlOps(module)) {
      if (op.definition.control === 'loop') placeInLoop(op, context);
      else placeInBranches(op, context);
    }
  },
});

/** An op without operands or effects: making it again gives the same. */
function sourceOf(value: Value | undefined): Op | undefined {
  const op = value?.producer;
  return op && op.operands.length === 0 && op.regions.length === 0 && !op.definition.sideEffects ? op : undefined;
}

function placeInLoop(op: Op, { editor }: PassContext): void {
  const { body } = loopOf(op);
  const placed = new Set<number>();
  op.operands.forEach((operand, i) => {
    const arg = body.args[i];
    if (!operand || !arg || body.outputs[i] !== arg) return;
    const result = op.result(i);
    if (result.isUsed) editor.replaceAllUses(result, operand);
    const source = sourceOf(operand);
    if (!source) return;
    for (const region of op.regions) placeIn(region, i, source, operand.index);
    placed.add(i);
  });
  keepCarried(editor, op, (i) => !placed.has(i));

  function placeIn(region: Region, index: number, source: Op, result: number): void {
    const arg = region.args[index] as Value;
    if (arg.isUsed) editor.replaceAllUses(arg, copyInto(region, source, editor).result(result));
  }
}

function copyInto(region: Region, source: Op, editor: PassContext['editor']): Op {
  return editor.create({ region, before: region.first }, source.definition, [], source.attributes, source.location, {
    types: source.results.map(({ type }) => type),
  });
}

function placeInBranches(op: Op, { editor }: PassContext): void {
  const inputs = regionInputs(op);
  const placed = new Set<number>();
  inputs.forEach((operand, i) => {
    const source = sourceOf(operand);
    if (!source || !operand) return;
    for (const region of op.regions) {
      const arg = region.args[i] as Value;
      if (arg.isUsed) editor.replaceAllUses(arg, copyInto(region, source, editor).result(operand.index));
    }
    placed.add(i);
  });
  op.results.forEach((result, i) => {
    const [first, ...others] = op.regions.map((region) => region.outputs[i]);
    const handed = first && !first.producer ? inputs[first.index] : undefined;
    const same = handed && others.every((output) => output && !output.producer && output.index === first?.index);
    if (same && result.isUsed) editor.replaceAllUses(result, handed);
  });
  keepBranchValues(
    editor,
    op,
    (i) => !placed.has(i),
    () => true,
  );
}
