import { loopOf } from '#ir/control-flow.js';
import { Op, type Region, type Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { isTflOp } from '#tflite/define-op.js';
import { AssignVariable, ReadVariable, VarHandle } from '#tflite/ops/index.js';
import { floatType } from '../job.js';
import { hasOneScale } from './op-roles.js';

/**
 * Ops in bodies of loops whose results depend on their own results in an earlier run, in circles of which some op
 * computes: what rounding adds to such a result comes back to it. Circles of ops that only move elements, such as those
 * that fill a list, round nothing and are left out, and so are circles that go through loops or branches in the body.
 */
export function recurrentOps(module: Module): ReadonlySet<Op> {
  const found = new Set<Op>();
  for (const op of module.ops()) {
    if (op.definition.control !== 'loop') continue;
    const { body } = loopOf(op);
    for (const circle of circlesOf([...body.ops()], takersOf)) {
      if (circle.some((member) => !onlyMoves(member))) for (const member of circle) found.add(member);
    }
  }
  return found;
}

/**
 * Ops whose results depend on their own results in an earlier run of the model, by a variable that they are kept in. Of
 * each region by itself.
 */
export function opsAroundVariables(module: Module): ReadonlySet<Op> {
  const found = new Set<Op>();
  for (const region of module.regions()) {
    const readers = readersOf(region);
    if (readers.size === 0) continue;
    const takers = (op: Op): Op[] => {
      if (op.isOneOf(AssignVariable)) return [...(readers.get(variableOf(op)) ?? [])];
      return op.results.filter(floatType).flatMap(({ users }) => users);
    };
    for (const circle of circlesOf([...region.ops()], takers)) for (const member of circle) found.add(member);
  }
  return found;
}

/** What reads a variable, by its name. */
function readersOf(region: Region): ReadonlyMap<string | undefined, readonly Op[]> {
  const readers = new Map<string | undefined, Op[]>();
  for (const op of region.ops()) {
    const variable = op.is(ReadVariable) ? variableOf(op as unknown as Op) : undefined;
    if (variable !== undefined) readers.set(variable, [...(readers.get(variable) ?? []), op]);
  }
  return readers;
}

function variableOf(op: Op): string | undefined {
  const handle = op.operand(0).producer;
  return handle?.is(VarHandle) ? JSON.stringify(handle.attributes) : undefined;
}

function onlyMoves({ definition }: Op): boolean {
  return isTflOp(definition) && hasOneScale(definition, 'int8');
}

/** Ops of the same body that take a float32 result, in this run or, as what is carried, in the next one. */
function takersOf(op: Op): Op[] {
  const takers: Op[] = [];
  const seen = new Set<Value>();
  const pending = op.results.filter(floatType);
  for (let value = pending.pop(); value; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const { user, index } of value.uses) {
      if (user instanceof Op) takers.push(user);
      else if (user.args[index]) pending.push(user.args[index]);
    }
  }
  return takers;
}

/** Groups of ops that depend on each other or on themselves: strongly connected components, as R. Tarjan (1972) finds them. */
function circlesOf(ops: readonly Op[], takersOf: (op: Op) => Op[]): Op[][] {
  const orders = new Map<Op, number>();
  const lowest = new Map<Op, number>();
  const stack: Op[] = [];
  const onStack = new Set<Op>();
  const circles: Op[][] = [];
  for (const start of ops) {
    if (orders.has(start)) continue;
    const path: { readonly op: Op; readonly takers: Op[] }[] = [];
    const enter = (op: Op) => {
      orders.set(op, orders.size);
      lowest.set(op, orders.get(op) as number);
      stack.push(op);
      onStack.add(op);
      path.push({ op, takers: takersOf(op) });
    };
    enter(start);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { op, takers } = step;
      const taker = takers.pop();
      if (taker && !orders.has(taker)) {
        enter(taker);
      } else if (taker) {
        if (onStack.has(taker)) lower(op, orders.get(taker) as number);
      } else {
        path.pop();
        const above = path.at(-1)?.op;
        if (above) lower(above, lowest.get(op) as number);
        if (lowest.get(op) === orders.get(op)) close(op);
      }
    }
  }
  return circles;

  function lower(op: Op, to: number): void {
    lowest.set(op, Math.min(lowest.get(op) as number, to));
  }

  function close(root: Op): void {
    const members: Op[] = [];
    for (let op = stack.pop(); op; op = stack.pop()) {
      onStack.delete(op);
      members.push(op);
      if (op === root) break;
    }
    if (members.length > 1 || takersOf(root).includes(root)) circles.push(members);
  }
}
