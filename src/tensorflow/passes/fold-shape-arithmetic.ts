import { constantOf } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import { knownSizes, SymbolicShapes } from '../symbolic/analysis.js';
import { type Dimension, knownSize, sameDimension } from '../symbolic/dimension.js';

/** Gives results the sizes that the analysis found and the types lack. */
function refineType(value: Value, sizes: readonly (number | null)[] | undefined, editor: Editor): void {
  const { type } = value;
  if (type.kind !== 'tensor' || !sizes) return;
  const shape = type.shape ?? sizes.map(() => null);
  const refined = shape.map((size, i) => size ?? sizes[i] ?? null);
  if (type.shape === null || refined.some((size, i) => size !== shape[i])) {
    editor.setType(value, tensorType(type.dtype, refined, type.quantization));
  }
}

/** A vector of the dtype of `like`, in front of `op`. */
function vector(editor: Editor, op: Op, like: Value, values: readonly number[]): Value | undefined {
  const { region } = op;
  const { type } = like;
  if (!region || type.kind !== 'tensor') return undefined;
  const shape = type.shape?.length === 0 ? [] : [values.length];
  if (type.dtype === 'int32') return editor.constant({ region, before: op }, Tensor.int32(values, shape), op.location);
  if (type.dtype !== 'int64') return undefined;
  const tensor = Tensor.from('int64', shape, BigInt64Array.from(values, BigInt));
  return editor.constant({ region, before: op }, tensor, op.location);
}

/** Replaces operand `index` by constants, `-1` standing for the one entry that only run time tells. */
function makeConstant(op: Op, index: number, entries: readonly (number | undefined)[], context: PassContext): boolean {
  const operand = op.operand(index);
  if (constantOf(operand)) return false;
  const open = entries.filter((entry) => entry === undefined).length;
  if (open > 1 || (open === 1 && entries.includes(0))) {
    context.explain(op, open > 1 ? `${open} of its sizes are known at run time only` : 'one of its sizes is 0');
    return false;
  }
  const constant = vector(
    context.editor,
    op,
    operand,
    entries.map((entry) => entry ?? -1),
  );
  if (!constant) return false;
  context.editor.setOperand(op, index, constant);
  if (operand.producer) context.editor.eraseDead(operand.producer);
  return true;
}

function sameShapes(a: readonly Dimension[] | undefined, b: readonly Dimension[] | undefined): boolean {
  return a !== undefined && a.length === b?.length && a.every((dimension, i) => sameDimension(dimension, b[i]));
}

/** Sizes of a Slice: `-1` (to the end) where the whole dimension is taken. */
function sliceSizes(op: Op, facts: SymbolicShapes): readonly (number | undefined)[] | undefined {
  const content = facts.contentOf(op.operands[2]);
  const shape = facts.shapeOf(op.operands[0]);
  const begin = facts.integersOf(op.operands[1]);
  if (!content || !shape || !begin) return undefined;
  const sizes = content.map((dimension, i) =>
    begin[i] === 0 && sameDimension(dimension, shape[i]) && knownSize(dimension) === undefined
      ? -1
      : knownSize(dimension),
  );
  return sizes.includes(undefined) ? undefined : sizes;
}

/** Points the users of a result at a constant where all its elements are known. */
function replaceKnown(op: Op, result: Value, facts: SymbolicShapes, editor: Editor): void {
  const sizes = facts.contentOf(result)?.map(knownSize);
  if (!result.isUsed || !sizes?.every((size) => size !== undefined)) return;
  const constant = vector(editor, op, result, sizes);
  if (constant) editor.replaceAllUses(result, constant);
}

/** Values that are computed already, by what they certainly are: the batch, say, is taken from one shape only. */
class KnownValues {
  readonly #values = new Map<string, Value>();

  /** An earlier value that is the same as this one at every run; this one is remembered where there is none. */
  earlier(value: Value, facts: SymbolicShapes): Value | undefined {
    const content = facts.contentOf(value);
    const { type } = value;
    if (type.kind !== 'tensor' || !content?.every((element) => element !== undefined)) return undefined;
    const key = JSON.stringify([
      type.dtype,
      type.shape,
      content.map(({ coefficient, symbols }) => [coefficient, symbols]),
    ]);
    const known = this.#values.get(key);
    // What made it may have become dead since.
    const stands = known && (!known.producer || known.producer.region);
    if (!stands) this.#values.set(key, value);
    return stands ? known : undefined;
  }
}

function foldIn(region: Region, facts: SymbolicShapes, context: PassContext): void {
  const { editor } = context;
  const known = new KnownValues();
  for (const op of region.ops()) {
    for (const result of op.results) refineType(result, knownSizes(facts.shapeOf(result)), editor);
    const [result] = op.results;
    if (!result || constantOf(result)) continue;
    for (const each of op.results) replaceKnown(op, each, facts, editor);
    if (!op.isUsed) {
      editor.eraseDead(op);
      continue;
    }
    if (op.regions.length > 0) continue;
    const same = known.earlier(result, facts);
    if (same && op.results.length === 1) {
      editor.replace(op, [same]);
      continue;
    }
    if (op.name === 'tf.Reshape' || op.name === 'tf.BroadcastTo') {
      if (sameShapes(facts.shapeOf(op.operand(0)), facts.shapeOf(result))) {
        editor.replace(op, [op.operand(0)]);
        continue;
      }
    }
    if (op.name === 'tf.XlaDynamicUpdateSlice') {
      // It writes over everything.
      if (sameShapes(facts.shapeOf(op.operand(0)), facts.shapeOf(op.operand(1)))) editor.replace(op, [op.operand(1)]);
      continue;
    }
    if (op.name === 'tf.Reshape') {
      const content = facts.contentOf(op.operands[1]);
      if (content) makeConstant(op, 1, content.map(knownSize), context);
    } else if (op.name === 'tf.Slice') {
      const wanted = sliceSizes(op, facts);
      if (wanted) makeConstant(op, 2, wanted, context);
    }
  }
}

function foldWithNested(region: Region, facts: SymbolicShapes, context: PassContext): void {
  for (const arg of region.parent ? region.args : []) refineType(arg, knownSizes(facts.shapeOf(arg)), context.editor);
  foldIn(region, facts, context);
  for (const op of region.ops()) for (const nested of op.regions) foldWithNested(nested, facts, context);
}

/**
 * Sizes computed at run time (chains of Shape, StridedSlice, Prod, Pack … that Keras writes around a free batch)
 * become constants wherever they are certain; in a Reshape one free size is written as `-1`. What stays is computed once.
 */
export const foldShapeArithmetic = definePass({
  name: 'fold-shape-arithmetic',
  summary: 'Replaces sizes that the model computes from its own shapes by constants, with -1 for a free one.',
  run(module, context) {
    for (const { region } of module.signatures) foldWithNested(region, new SymbolicShapes(region), context);
  },
});
