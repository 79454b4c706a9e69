import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { Tensor } from '#tensor/tensor.js';
import { parse } from '../../support/dialects.js';

/** The op that gives `%y`. */
export function resultOp(args: string, body: string): Op {
  const { region } = parse(`signature "s" (${args}) -> ("y") { ${body} return %y }`).signatures[0] ?? {};
  const op = region?.outputs[0]?.producer;
  if (!op) throw new Error('the result has no op');
  return op;
}

/** The constant to which the op that gives `%y` folds; undefined where it does not fold. */
export function foldedTensor(body: string): Tensor | undefined {
  const op = resultOp('', body);
  const operands = op.operands.map((operand) => constantOf(operand));
  const [result] = op.definition.fold?.(op, operands) ?? [];
  return result instanceof Tensor ? result : undefined;
}
