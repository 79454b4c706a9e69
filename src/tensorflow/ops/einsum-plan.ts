import { type Equation, isBroadcast } from './einsum-equation.js';

/** Axes of a tensor as groups of labels: a group of several is merged into one axis, an empty one is an axis of size 1. */
export type Groups = readonly (readonly string[])[];

/** How two operands, freed of repeated and summed labels, are brought together. */
export interface Plan {
  readonly kind: 'batchMatMul' | 'fullyConnected' | 'multiply';
  /** Axes of the product over which it is summed then; none but after a multiplication. */
  readonly summed: readonly number[];
  /** The operand that comes first in the op: of a FULLY_CONNECTED, the input. */
  readonly first: 0 | 1;
  readonly groups: readonly [Groups, Groups];
  readonly adjoint: readonly [boolean, boolean];
  /** What the op gives, before it is brought into the order of the result. */
  readonly result: Groups;
}

const MAX_RANK = 5;

interface Parts {
  readonly batch: readonly string[];
  readonly contracted: readonly string[];
  /** Labels of one operand alone, by operand. */
  readonly free: readonly [readonly string[], readonly string[]];
}

/** Ops that bring a tensor of these labels into these groups: a TRANSPOSE, a RESHAPE, both or none. */
function effort(labels: readonly string[], groups: Groups): number {
  const order = groups.flat();
  return Number(order.some((label, i) => label !== labels[i])) + Number(groups.some((group) => group.length !== 1));
}

/**
 * The way to compute an equation of two operands that needs the fewest ops. `constant` says which operands are
 * known at conversion, where rearranging costs nothing. Undefined where none is possible.
 */
export function planEinsum(equation: Equation, constant: readonly [boolean, boolean]): Plan | undefined {
  const [a, b] = equation.inputs as readonly [readonly string[], readonly string[]];
  const { output } = equation;
  const shared = a.filter((label) => b.includes(label));
  const parts: Parts = {
    batch: shared.filter((label) => output.includes(label)),
    contracted: shared.filter((label) => !output.includes(label)),
    free: [a.filter((label) => !b.includes(label)), b.filter((label) => !a.includes(label))],
  };
  let best: Plan | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const plan of candidates(equation, parts, constant)) {
    if (plan.kind === 'batchMatMul' && plan.groups.some((groups) => groups.length > MAX_RANK)) continue;
    const cost = costOf(plan, equation, constant);
    if (cost < least) {
      best = plan;
      least = cost;
    }
  }
  return best;
}

function costOf(plan: Plan, { inputs, output }: Equation, constant: readonly [boolean, boolean]): number {
  const operands = [plan.first, 1 - plan.first] as const;
  let cost = release(plan, output) + Number(plan.summed.length > 0);
  operands.forEach((operand, i) => {
    if (!constant[operand]) cost += effort(inputs[operand] ?? [], plan.groups[i] as Groups);
  });
  // Among plans of equally many ops: weights that are constant, and operands that the kernel need not turn over.
  const turned = Number(plan.adjoint[0]) + Number(!plan.adjoint[1]);
  return cost + (plan.kind === 'fullyConnected' ? -0.5 : 0.1 * turned);
}

/** Ops behind the product: a RESHAPE that splits merged axes, a TRANSPOSE into the order of the result. */
function release(plan: Plan, output: readonly string[]): number {
  const order = plan.result.flat();
  const splits = plan.result.some((group) => group.length !== 1);
  return Number(splits) + Number(order.some((label, i) => label !== output[i]));
}

function* candidates(equation: Equation, parts: Parts, constant: readonly [boolean, boolean]): Generator<Plan> {
  if (parts.contracted.length === 0) {
    yield multiplication(equation);
    return;
  }
  for (const first of [0, 1] as const) {
    if (parts.free[1 - first]?.length === 0) yield multiplicationAndSum(equation, parts, first);
    if (constant[1 - first] && parts.batch.length === 0) yield* connections(equation, parts, first);
    yield* products(equation, parts, first);
  }
}

/** The labels each at its axis of `order`, 1 where there is none; leading ones come by broadcasting. */
function aligned(labels: readonly string[], order: readonly string[]): Groups {
  const from = order.findIndex((label) => labels.includes(label));
  return from < 0 ? [] : order.slice(from).map((label) => (labels.includes(label) ? [label] : []));
}

function multiplication({ inputs, output }: Equation): Plan {
  const groups: readonly [Groups, Groups] = [aligned(inputs[0] ?? [], output), aligned(inputs[1] ?? [], output)];
  return {
    kind: 'multiply',
    first: 0,
    groups,
    adjoint: [false, false],
    summed: [],
    result: output.map((label) => [label]),
  };
}

/** Where one operand has all labels of the other one, their product is no larger than it. */
function multiplicationAndSum({ inputs }: Equation, { contracted }: Parts, first: 0 | 1): Plan {
  const order = inputs[first] ?? [];
  return {
    kind: 'multiply',
    first,
    groups: [order.map((label) => [label]), aligned(inputs[1 - first] ?? [], order)],
    adjoint: [false, false],
    summed: order.flatMap((label, axis) => (contracted.includes(label) ? [axis] : [])),
    result: order.filter((label) => !contracted.includes(label)).map((label) => [label]),
  };
}

/** The labels in the orders that may spare a transpose: as they stand in each of the given lists. */
function orders(labels: readonly string[], ...lists: readonly (readonly string[])[]): readonly string[][] {
  const found = new Map<string, string[]>();
  for (const list of lists) {
    const order = list.filter((label) => labels.includes(label));
    if (order.length === labels.length) found.set(order.join(' '), order);
  }
  return [...found.values()];
}

function* connections(equation: Equation, parts: Parts, first: 0 | 1): Generator<Plan> {
  const { inputs, output } = equation;
  const weights = parts.free[1 - first] as readonly string[];
  for (const rows of orders(parts.free[first] as readonly string[], inputs[first] ?? [], output)) {
    for (const inner of orders(parts.contracted, inputs[first] ?? [])) {
      for (const units of orders(weights, output)) {
        const leading: Groups = rows.length === 0 ? [[]] : rows.map((label) => [label]);
        yield {
          kind: 'fullyConnected',
          first,
          groups: [
            [...leading, inner],
            [units, inner],
          ],
          adjoint: [false, false],
          summed: [],
          result: [...leading, units],
        };
      }
    }
  }
}

function* products(equation: Equation, parts: Parts, first: 0 | 1): Generator<Plan> {
  const { inputs, output } = equation;
  const [left, right] = [inputs[first] ?? [], inputs[1 - first] ?? []];
  const [rowLabels, columnLabels] = [parts.free[first] ?? [], parts.free[1 - first] ?? []];
  for (const batch of orders(parts.batch, output, left, right)) {
    for (const rows of orders(rowLabels, left, output)) {
      for (const columns of orders(columnLabels, right, output)) {
        for (const inner of orders(parts.contracted, left, right)) {
          for (const stacking of stackings(batch, rows)) {
            for (const flags of [0, 1, 2, 3])
              yield product(first, stacking, columns, inner, [flags > 1, flags % 2 === 1]);
          }
        }
      }
    }
  }
}

interface Stacking {
  readonly left: Groups;
  readonly right: Groups;
  readonly rows: readonly string[];
}

/** Leading axes of both sides. Rows but the last may be batches over which the other side is broadcast. */
function* stackings(batch: readonly string[], rows: readonly string[]): Generator<Stacking> {
  const each = batch.map((label) => [label]);
  yield { left: each, right: each, rows };
  if (batch.length > 1 && !batch.some(isBroadcast)) yield { left: [batch], right: [batch], rows };
  if (rows.length < 2) return;
  const stacked = rows.slice(0, -1).map((label) => [label]);
  yield { left: [...stacked, ...each], right: each, rows: rows.slice(-1) };
  yield { left: [...each, ...stacked], right: [...each, ...stacked.map(() => [])], rows: rows.slice(-1) };
}

function product(
  first: 0 | 1,
  { left, right, rows }: Stacking,
  columns: readonly string[],
  inner: readonly string[],
  adjoint: readonly [boolean, boolean],
): Plan {
  return {
    kind: 'batchMatMul',
    first,
    groups: [
      adjoint[0] ? [...left, inner, rows] : [...left, rows, inner],
      adjoint[1] ? [...right, columns, inner] : [...right, inner, columns],
    ],
    adjoint,
    summed: [],
    result: [...left, rows, columns],
  };
}
