import { isTflOp } from '#tflite/define-op.js';
import { constantOf } from '#ir/constant.js';
import type { Op, OpDefinition } from '#ir/graph.js';
import { parseModule } from '#ir/parse.js';
import { printRegion } from '#ir/print.js';
import { type Type, formatType } from '#ir/type.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Tensor } from '#tensor/tensor.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { tflDialect } from '../../support/dialects.js';

/** Definitions of one or more families, as `import * as` gives them. */
export type Family = Readonly<Record<string, unknown>>;

function registry(...families: readonly Family[]): (name: string) => OpDefinition | undefined {
  const byName = new Map<string, OpDefinition>();
  for (const family of families) {
    for (const definition of Object.values(family)) {
      if (typeof definition === 'object' && definition !== null && 'tfName' in definition) {
        byName.set((definition as OpDefinition).name, definition as OpDefinition);
      }
    }
  }
  return (name) => byName.get(name) ?? tflDialect(name);
}

/** A signature around the body: arguments and ops, of which `%y` is the result. */
function signature(args: string, body: string): string {
  return `signature "s" (${args}) -> ("y") { ${body} return %y }`;
}

/** The op that gives the result of the body. */
export function resultOp(family: Family, args: string, body: string): Op {
  const module = parseModule(signature(args, body), registry(family));
  const op = module.signatures[0]?.region.outputs[0]?.producer;
  if (!op) throw new Error('the result has no op');
  return op;
}

/** The type that inference gives the result of the body. */
export function inferred(family: Family, args: string, body: string): string {
  return formatType(resultOp(family, args, body).result().type as Type);
}

/** The constant to which the op that gives the result folds; undefined where it does not. */
export function folded(family: Family, body: string): Tensor | undefined {
  const op = resultOp(family, '', body);
  const [result] = op.definition.fold?.(op, op.operands.map((operand) => constantOf(operand))) ?? [];
  return result && 'bytes' in result ? result : undefined;
}

/** The body in TFLite, a line for each op; throws where something is left that is no TFLite op. */
export function lowered(family: Family, args: string, body: string): string {
  const module = parseModule(signature(args, body), registry(family));
  runPasses(module, [lowerToTflite, removeDeadOps], [verifyObserver()]);
  const region = module.signatures[0]?.region;
  if (!region) throw new Error('the module has no signature');
  for (const op of region.ops()) if (!isTflOp(op.definition) && op.name !== 'const') throw new Error(`${op.name} is left`);
  return printRegion(region, { locations: false });
}

/** Names of the ops of the body in TFLite, constants left out. */
export function loweredOps(family: Family, args: string, body: string): string[] {
  return [...lowered(family, args, body).matchAll(/= tfl\.(\w+)/g)].map(([, name]) => name as string);
}

/** Why the body cannot be lowered, with the help that goes with it. */
export function refusal(family: Family, args: string, body: string): { reason: string; help: readonly string[] } {
  const collector = new Collector();
  try {
    runPasses(parseModule(signature(args, body), registry(family)), [lowerToTflite], [], collector);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  const [diagnostic, ...more] = collector.diagnostics;
  if (!diagnostic || more.length > 0) throw new Error(`${more.length} diagnostics besides one`);
  return { reason: diagnostic.detail, help: diagnostic.help };
}
