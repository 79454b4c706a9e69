import { Const, constantOf } from '#ir/constant.js';
import { controlOps, loopOf } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { repeatedElement } from '#ir/tensor-elements.js';
import { evaluateRegion } from './evaluate-region.js';
import { definePass, type PassContext } from './pass.js';

/** Ops that only arrange elements: of equal elements they make equal elements. */
const arranges = /\.(Reshape|ExpandDims|Squeeze|Transpose|reshape|expand_dims|squeeze|transpose)$/;

/**
 * What each round computes only of what it gives anyway, and no round looks at, is computed once, of what the last
 * round gave. Where there may be no round, what comes in must be that, too.
 */
export const moveWorkBehindLoops = definePass({
  name: 'move-work-behind-loops',
  summary: 'Computes behind a loop what only its last round is asked for.',
  run(module, context) {
    for (const op of controlOps(module)) if (op.definition.control === 'loop' && op.region) moveFrom(op, context);
  },
});

function moveFrom(loop: Op, { editor, explain }: PassContext): void {
  const { condition, body } = loopOf(loop);
  loop.results.forEach((result, i) => {
    const work = body.outputs[i]?.producer;
    if (!result.isUsed || !work || isUsedIn(condition, i) || isUsedIn(body, i)) return;
    const { sideEffects, readsState } = work.definition;
    if (sideEffects || readsState || work.regions.length > 0 || work.results.length !== 1 || work.is(Const)) return;
    const places = work.operands.map((operand) =>
      operand && !constantOf(operand) ? body.outputs.indexOf(operand) : undefined,
    );
    if (places.some((place) => place === -1 || place === i) || places.every((place) => place === undefined)) return;
    if (!runsOnce(loop) && !startsSo(loop, i, work, places)) {
      explain(work, 'there may be no round at all');
      return;
    }
    const at = { region: loop.region as Region, before: loop.next };
    const operands = work.operands.map((operand, k) => {
      const place = places[k];
      const constant = constantOf(operand);
      if (place !== undefined) return loop.result(place);
      return constant && editor.constant(at, constant, work.location);
    });
    const types = { types: [work.result().type] };
    const moved = editor.create(at, work.definition, operands, work.attributes, work.location, types);
    editor.replaceAllUses(result, moved.result());
  });
}

function isUsedIn(region: Region, index: number): boolean {
  return region.args[index]?.isUsed === true;
}

/** Whether there certainly is a round. */
function runsOnce(loop: Op): boolean {
  const start = loop.operands.map((operand) => constantOf(operand));
  const [first] = evaluateRegion(loopOf(loop).condition, start);
  return first !== undefined && Boolean(first.data[0]);
}

/** Whether the value comes in as what the work makes of the others that come in. */
function startsSo(loop: Op, index: number, work: Op, places: readonly (number | undefined)[]): boolean {
  const [place] = places;
  if (!arranges.test(work.name) || place === undefined) return false;
  const [own, other] = [elementOf(loop.operand(index)), elementOf(loop.operand(place))];
  return own !== undefined && Object.is(own, other);
}

/** The one element that all are equal to. */
function elementOf(value: Value): unknown {
  const { producer } = value;
  const constant =
    constantOf(value) ?? (/\.(F|f)ill$/.test(producer?.name ?? '') ? constantOf(producer?.operands[1]) : undefined);
  return constant && constant.dtype !== 'string' ? repeatedElement(constant) : undefined;
}
