import { Const } from '#ir/constant.js';
import type { Region, Value } from '#ir/graph.js';
import { Tensor } from '#tensor/tensor.js';

/** Control depends on small numbers; larger tensors are not followed. */
const MAX_ELEMENTS = 64;

/** What a region gives, as far as it follows from those of its arguments that are known. Linear in its ops. */
export function evaluateRegion(region: Region, args: readonly (Tensor | undefined)[]): (Tensor | undefined)[] {
  const known = new Map<Value, Tensor>();
  const note = (value: Value, tensor: Tensor | undefined): void => {
    if (tensor && tensor.size <= MAX_ELEMENTS) known.set(value, tensor);
  };
  region.args.forEach((arg, i) => {
    note(arg, args[i]);
  });
  for (const op of region.ops()) {
    if (op.is(Const)) {
      note(op.result(), op.attributes.value);
      continue;
    }
    if (op.definition.sideEffects || op.definition.readsState || !op.definition.fold || op.operands.length === 0)
      continue;
    const operands = op.operands.map((operand) => operand && known.get(operand));
    if (operands.some((operand) => operand === undefined)) continue;
    op.definition.fold(op, operands)?.forEach((result, i) => {
      note(op.result(i), result instanceof Tensor ? result : known.get(result));
    });
  }
  return region.outputs.map((output) => known.get(output));
}
