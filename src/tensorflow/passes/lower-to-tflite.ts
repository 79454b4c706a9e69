import type { Collector } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import { Const } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import { type Op, Value } from '#ir/graph.js';
import { definePass } from '#passes/pass.js';
import { missingKernel } from '#tflite/kernel-exists.js';
import { isTfOp, Unsupported, unsupported } from '../define-op.js';
import { type ForeignKernels, type ForeignLowering, lowerForeign } from '../flex/foreign-ops.js';
import { joinedByHandles } from '../flex/join-handles.js';
import { type ForeignOp, reportForeignOps } from '../flex/report-foreign-ops.js';
import { LoweringBuilder } from '../lowering-builder.js';
import { HashTableV2 } from '../ops/tables.js';
import { ReadVariableOp, ResourceGather, VarHandleOp } from '../ops/variables.js';
import { adviceFor } from '../unsupported-advice.js';

/**
 * Replaces every `tf.*` op by `tfl.*` ops. Ops are visited in order, so operands are lowered before their users; types
 * of results that the lowering made more precise flow on. Ops that LiteRT cannot compute go to the foreign kernels that
 * the application is said to have.
 */
export function lowerToTfliteWith(foreign?: ForeignKernels) {
  return definePass({
    name: 'lower-to-tflite',
    summary: 'Replaces TensorFlow ops by TFLite ops, collecting every op that has no equivalent.',
    run(module, { editor, collector }) {
      const skipped: Op[] = [];
      const foreigners: ForeignOp[] = [];
      const joined = foreign?.flex
        ? joinedByHandles(module, (op) => isTfOp(op.definition) && !hasKernels(op, editor))
        : undefined;
      for (const op of module.ops()) {
        if (op.is(Const) || op.name.startsWith('tfl.')) continue;
        // It uses what an op without an equivalent gives: that one is reported, this one may well be fine.
        if (isTfOp(op.definition) && op.operands.some((operand) => operand?.type.kind === 'unknown')) {
          skipped.push(op);
          continue;
        }
        const own = joined?.has(op)
          ? unsupported('it shares a handle with an op that TFLite lacks')
          : attempt(op, editor, foreign?.flex);
        const other = foreign && own instanceof Unsupported ? elsewhere(op, editor, foreign, own) : undefined;
        if (other && !(other instanceof Unsupported)) {
          foreigners.push({ op, code: other.code });
          editor.replace(op, other.results);
          continue;
        }
        if (!(own instanceof Unsupported)) {
          editor.replace(op, own);
          continue;
        }
        // A variable or table is used by an op that cannot be converted: that one is reported.
        if (!joined?.has(op) && op.isOneOf(VarHandleOp, ReadVariableOp, ResourceGather, HashTableV2)) {
          skipped.push(op);
          continue;
        }
        report(op, other ?? own, collector);
      }
      reportForeignOps(foreigners, collector);
      const [first] = skipped;
      if (first && !collector.hasErrors)
        throw new Error(`${first.name} depends on nothing that was reported, yet is not lowered`);
    },
  });
}

/** With LiteRT's own kernels alone. */
export const lowerToTflite = lowerToTfliteWith();

/** The op in TFLite; with `checked` only where LiteRT has kernels for all that it becomes, else nothing is left of it. */
function attempt(op: Op, editor: Editor, checked = false): readonly Value[] | Unsupported {
  const { definition, previous } = op;
  if (!isTfOp(definition) || !definition.lower) return unsupported('TFLite has no op for it');
  const result = definition.lower(op, new LoweringBuilder(editor, op));
  // Bodies belong to the new op by now.
  if (checked && op.regions.length === 0) {
    const missing = opsBetween(previous, op)
      .map(missingKernel)
      .find((each) => each !== undefined);
    if (missing || result instanceof Unsupported) eraseBetween(previous, op, editor);
    if (missing && !(result instanceof Unsupported)) return unsupported(missing.reason, ...missing.help);
  }
  return result instanceof Value ? [result] : result;
}

/** Whether LiteRT has kernels for what an op would become. */
function hasKernels(op: Op, editor: Editor): boolean {
  const { previous } = op;
  const result = attempt(op, editor, true);
  eraseBetween(previous, op, editor);
  return !(result instanceof Unsupported);
}

/** What stands between two ops, the last one first. */
function opsBetween(before: Op | undefined, end: Op): Op[] {
  const made: Op[] = [];
  for (let op = end.previous; op && op !== before; op = op.previous) made.push(op);
  return made;
}

function eraseBetween(before: Op | undefined, end: Op, editor: Editor): void {
  for (const op of opsBetween(before, end)) editor.erase(op);
}

/** What neither LiteRT nor a foreign kernel computes is reported with both reasons. */
function elsewhere(op: Op, editor: Editor, foreign: ForeignKernels, own: Unsupported): ForeignLowering | Unsupported {
  const result = lowerForeign(op, new LoweringBuilder(editor, op), foreign);
  if (!(result instanceof Unsupported)) return result;
  return result.reason === own.reason ? own : unsupported(`${own.reason}; ${result.reason}`, ...own.help);
}

function report(op: Op, { reason, help }: Unsupported, collector: Collector): void {
  collector.add('unsupported-op', {
    op: op.name.replace(/^tf\./, ''),
    detail: reason,
    locations: placesOf(op.location),
    help: adviceFor(op, help),
  });
}

/** An op that does the work of several equal ones stands at the place of each. */
function placesOf({ fused = [], ...own }: Location): Location[] {
  return [own, ...fused];
}
