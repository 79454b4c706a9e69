import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { printRegion } from '#ir/print.js';
import { formatType } from '#ir/type.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import type { Tensor } from '#tensor/tensor.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
import { isTflOp } from '#tflite/define-op.js';
import { parse } from '../../support/dialects.js';

/** A signature around the body: arguments and ops, of which `%y` is the result. */
function signature(args: string, body: string): string {
  return `signature "s" (${args}) -> ("y") { ${body} return %y }`;
}

/** The op that gives the result of the body. */
function resultOp(args: string, body: string): Op {
  const op = parse(signature(args, body)).signatures[0]?.region.outputs[0]?.producer;
  if (!op) throw new Error('the result has no op');
  return op;
}

/** The type that inference gives the result of the body. */
export function inferred(args: string, body: string): string {
  return formatType(resultOp(args, body).result().type);
}

/** What the op that gives the result is folded to: a tensor, one of its operands, or undefined. */
export function folded(args: string, body: string): Tensor | number | undefined {
  const op = resultOp(args, body);
  const [result] =
    op.definition.fold?.(
      op,
      op.operands.map((operand) => constantOf(operand)),
    ) ?? [];
  return result && 'owner' in result ? op.operands.indexOf(result) : result;
}

/** The body in TFLite, a line for each op; throws where something is left that is no TFLite op. */
export function lowered(args: string, body: string): string {
  const module = parse(signature(args, body));
  runPasses(module, [lowerToTflite, removeDeadOps], [verifyObserver()]);
  const region = module.signatures[0]?.region;
  if (!region) throw new Error('the module has no signature');
  for (const op of region.ops()) {
    if (!isTflOp(op.definition) && op.name !== 'const') throw new Error(`${op.name} is left`);
  }
  return printRegion(region, { locations: false });
}

/** Names of the ops of the body in TFLite, in order, constants left out. */
export function loweredOps(args: string, body: string): string[] {
  return [...lowered(args, body).matchAll(/= tfl\.(\w+)/g)].map(([, name]) => name as string);
}

/** Why the body cannot be lowered, with the help that goes with it. */
export function refusal(args: string, body: string): { reason: string; help: readonly string[] } {
  const collector = new Collector();
  try {
    runPasses(parse(signature(args, body)), [lowerToTflite], [], collector);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  const [diagnostic, ...more] = collector.diagnostics;
  if (!diagnostic || more.length > 0) throw new Error(`${collector.diagnostics.length} findings, not one`);
  return { reason: diagnostic.detail, help: diagnostic.help };
}
