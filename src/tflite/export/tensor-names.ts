import { Const } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { isTflOp } from '../define-op.js';

/** Hands out names that are unique within a subgraph. */
class UniqueNames {
  readonly #counts = new Map<string, number>();

  take(wanted: string): string {
    const count = this.#counts.get(wanted);
    if (count === undefined) {
      this.#counts.set(wanted, 1);
      return wanted;
    }
    this.#counts.set(wanted, count + 1);
    return this.take(`${wanted}_${count}`);
  }

  isFree(name: string): boolean {
    return !this.#counts.has(name);
  }
}

export interface BoundaryNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Names for all values of a region: those of the boundary as they are given, results after the node that they come
 * from, weights after their variable or their first user's operand, parameters (`perm`, `axes`) and what is quantized
 * after the operand, which they share.
 * Names take part in the file's size, so they are no longer than it takes to find a tensor.
 */
export function nameValues(region: Region, boundary: BoundaryNames): ReadonlyMap<Value, string> {
  const unique = new UniqueNames();
  const names = new Map<Value, string>();
  region.args.forEach((arg, i) => {
    names.set(arg, unique.take(boundary.inputs[i] ?? `arg${i}`));
  });
  region.outputs.forEach((output, i) => {
    const given = boundary.outputs[i];
    if (given !== undefined && !names.has(output)) names.set(output, unique.take(given));
  });
  const constants: Op[] = [];
  // From last to first: of several ops that stand for one node, the last one gives what the node gave.
  for (const op of region.opsReversed()) {
    if (op.is(Const)) constants.push(op as unknown as Op);
    else nameResults(op, names, unique);
  }
  const shared = new Map<string, string>();
  for (const op of constants.reverse()) {
    const result = op.result();
    if (!names.has(result)) names.set(result, constantName(op, unique, shared));
  }
  return names;
}

function nameResults(op: Op, names: Map<Value, string>, unique: UniqueNames): void {
  const base = op.location.node ?? op.name.slice(op.name.indexOf('.') + 1);
  op.results.forEach((result, i) => {
    if (!names.has(result)) names.set(result, unique.take(i === 0 ? base : `${base}:${i}`));
  });
}

/**
 * Constants of at most one dimension that hold integers are parameters of ops, like axes or shapes. These and quantized
 * constants share their operand's name, which says what they are, as the op's result does whose: a name of its own
 * would cost a small model more than a scale.
 */
function constantName(op: Op, unique: UniqueNames, shared: Map<string, string>): string {
  const { type } = op.result();
  const use = op.result().uses[0];
  const user = use && 'definition' in use.user ? use.user : undefined;
  const operand =
    user && isTflOp(user.definition) ? operandName(user.definition.operandNames, use?.index ?? 0) : 'value';
  const isParameter = type.kind === 'tensor' && type.dtype.startsWith('int') && (type.shape?.length ?? 0) <= 1;
  if (isParameter || (type.kind === 'tensor' && type.quantization)) {
    const name = shared.get(operand) ?? unique.take(operand);
    shared.set(operand, name);
    return name;
  }
  const { node } = op.location;
  if (node !== undefined && unique.isFree(node)) return unique.take(node);
  return unique.take(user?.location.node === undefined ? operand : `${user.location.node}/${operand}`);
}

function operandName(names: readonly string[], index: number): string {
  const name = names[index] ?? names.at(-1) ?? 'value';
  return name.replace(/[?*]$/, '');
}
