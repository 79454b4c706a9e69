import { meetShape } from '#tensor/shape.js';
import type { Editor } from './editor.js';
import { InferenceError, type Op, Region, type Value } from './graph.js';
import type { Module } from './module.js';
import { sameType, type TensorType, type Type, tensorType } from './type.js';

/** The most precise type that both values fit; throws an InferenceError where there is none. */
export function meetTypes(a: Type, b: Type): Type {
  if (a === b || sameType(a, b)) return a;
  if (a.kind === 'unknown' || b.kind === 'unknown') return a.kind === 'unknown' ? a : b;
  if (a.kind === 'tensor' && b.kind === 'tensor') return meetTensors(a, b);
  if (a.kind !== b.kind) throw new InferenceError(`${a.kind} and ${b.kind} take the same place`);
  return { kind: a.kind } as Type;
}

function meetTensors(a: TensorType, b: TensorType): TensorType {
  if (a.dtype !== b.dtype) throw new InferenceError(`${a.dtype} and ${b.dtype} take the same place`);
  return tensorType(a.dtype, meetShape(a.shape, b.shape), a.quantization);
}

/** Place by place; throws where the lists differ in length. */
function meetAll(a: readonly Type[], b: readonly Type[]): Type[] {
  if (a.length !== b.length) throw new InferenceError(`${a.length} values against ${b.length}`);
  return a.map((type, i) => meetTypes(type, b[i] as Type));
}

export interface Loop {
  readonly condition: Region;
  readonly body: Region;
}

/** The regions of a loop; throws an InferenceError where they are not two. */
export function loopOf(op: Pick<Op, 'regions'>): Loop {
  const [condition, body] = op.regions;
  if (!condition || !body) throw new InferenceError('a body is missing');
  return { condition, body };
}

function typesOf(values: readonly (Value | undefined)[]): Type[] {
  return values.map((value, i) => {
    if (!value) throw new InferenceError(`operand ${i} is missing`);
    return value.type;
  });
}

/** Types of the results of a loop: what the operands, and what the body gives, have in common. */
export function inferLoop(op: Pick<Op, 'operands' | 'regions'>): readonly Type[] {
  return meetAll(typesOf(op.operands), typesOf(loopOf(op).body.outputs));
}

/** Types of the results of branches: what all regions give. */
export function inferBranches(op: Pick<Op, 'regions'>): readonly Type[] {
  const [first, ...rest] = op.regions;
  if (!first) throw new InferenceError('a body is missing');
  return rest.reduce((types, region) => meetAll(types, typesOf(region.outputs)), typesOf(first.outputs));
}

/** What is wrong with the regions of an op with `control`, in number or in what they take and give. */
export function verifyControl(op: Op): string | undefined {
  const { definition, regions, results } = op;
  const inputs = regionInputs(op);
  if (definition.control === 'loop' && regions.length !== 2) return `it has ${regions.length} bodies, not 2`;
  for (const [i, region] of regions.entries()) {
    if (region.args.length !== inputs.length) {
      return `body ${i} takes ${region.args.length} values, not ${inputs.length}`;
    }
    const wanted = definition.control === 'loop' && i === 0 ? 1 : results.length;
    if (region.outputs.length !== wanted) return `body ${i} gives ${region.outputs.length} values, not ${wanted}`;
  }
  return undefined;
}

/**
 * The loop without the carried values for which `keep` does not hold, in its place; the loop itself where all are kept.
 * The others' arguments and results must not be used any more.
 */
export function keepCarried(editor: Editor, op: Op, keep: (index: number) => boolean): Op {
  const kept = op.operands.flatMap((_, i) => (keep(i) ? [i] : []));
  if (kept.length === op.operands.length) return op;
  const { condition, body } = loopOf(op);
  body.setOutputs(kept.map((i) => body.outputs[i] as Value));
  const stays = new Set(kept);
  for (const region of [condition, body]) region.filterArgs((arg) => stays.has(arg.index));
  return remade(
    editor,
    op,
    kept.map((i) => op.operands[i]),
    kept,
  );
}

/** Branches without the operands (0 is the first behind the condition) and results for which the tests do not hold. */
export function keepBranchValues(
  editor: Editor,
  op: Op,
  keepOperand: (index: number) => boolean,
  keepResult: (index: number) => boolean,
): Op {
  const [choice, ...inputs] = op.operands;
  const stays = new Set(inputs.flatMap((_, i) => (keepOperand(i) ? [i] : [])));
  const operands = inputs.filter((_, i) => stays.has(i));
  const results = op.results.flatMap((_, i) => (keepResult(i) ? [i] : []));
  if (operands.length === inputs.length && results.length === op.results.length) return op;
  for (const region of op.regions) {
    region.setOutputs(results.map((i) => region.outputs[i] as Value));
    region.filterArgs((arg) => stays.has(arg.index));
  }
  return remade(editor, op, [choice, ...operands], results);
}

/** An op like this one, with its regions, other operands, and of its results those at `results`. */
function remade(editor: Editor, op: Op, operands: readonly (Value | undefined)[], results: readonly number[]): Op {
  const { region } = op;
  if (!region) throw new Error(`${op.name} is not placed`);
  const fresh = editor.create({ region, before: op }, op.definition, operands, op.attributes, op.location, {
    regions: op.regions,
    types: results.map((i) => op.result(i).type),
  });
  const values = new Array<Value | undefined>(op.results.length).fill(undefined);
  results.forEach((from, to) => {
    values[from] = fresh.result(to);
  });
  editor.replace(op, values);
  return fresh;
}

/** The ops of a region, placed before `at` with `args` for its arguments; gives what stands for its outputs. */
export function inlineRegion(editor: Editor, region: Region, args: readonly Value[], at: Op): readonly Value[] {
  const { region: target } = at;
  if (!target) throw new Error(`${at.name} is not placed`);
  return copyOps(editor, region, args, { region: target, before: at });
}

/** Copies of all ops of a region, nested ones included. */
function copyOps(
  editor: Editor,
  from: Region,
  args: readonly Value[],
  at: { readonly region: Region; readonly before?: Op },
): readonly Value[] {
  const values = new Map<Value, Value>();
  from.args.forEach((arg, i) => {
    values.set(arg, args[i] as Value);
  });
  const copyOf = (value: Value): Value => {
    const copy = values.get(value);
    if (!copy) throw new Error('a region captures a value');
    return copy;
  };
  for (const op of from.ops()) {
    const copy = editor.create(
      at,
      op.definition,
      op.operands.map((operand) => operand && copyOf(operand)),
      op.attributes,
      op.location,
      { types: op.results.map(({ type }) => type), regions: op.regions.map((nested) => copyRegion(editor, nested)) },
    );
    op.results.forEach((result, i) => {
      values.set(result, copy.result(i));
    });
  }
  return from.outputs.map(copyOf);
}

/** A region of its own that does the same. */
export function copyRegion(editor: Editor, region: Region): Region {
  const copy = new Region(region.args.map(({ type }) => type));
  copy.setOutputs(copyOps(editor, region, copy.args, { region: copy }));
  return copy;
}

/** The ops with `control`, outer ones first; a list, so that they may be replaced. Most modules have none. */
export function controlOps(module: Module): readonly Op[] {
  const found: Op[] = [];
  for (const op of module.ops()) if (op.definition.control) found.push(op);
  return found;
}

/** The operands that the regions take, in the order of their arguments. */
export function regionInputs(op: Op): readonly (Value | undefined)[] {
  return op.definition.control === 'loop' ? op.operands : op.operands.slice(1);
}

/** The loop, in its place, with further values that it hands on unchanged; the last arguments of its regions are they. */
export function withInvariants(editor: Editor, op: Op, values: readonly Value[]): Op {
  const { condition, body } = loopOf(op);
  for (const { type } of values) condition.addArg(type);
  const handedOn = values.map(({ type }) => body.addArg(type));
  body.setOutputs([...body.outputs, ...handedOn]);
  const { region } = op;
  if (!region) throw new Error(`${op.name} is not placed`);
  const fresh = editor.create(
    { region, before: op },
    op.definition,
    [...op.operands, ...values],
    op.attributes,
    op.location,
    {
      regions: op.regions,
      types: [...op.results.map(({ type }) => type), ...values.map(({ type }) => type)],
    },
  );
  editor.replace(op, fresh.results.slice(0, op.results.length));
  return fresh;
}
