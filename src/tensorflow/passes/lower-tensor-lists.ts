import { constantOf } from '#ir/constant.js';
import { InferenceError, type Op, type Region, type Value } from '#ir/graph.js';
import { sameAttribute } from '#ir/same-attribute.js';
import { type Type, tensorType } from '#ir/type.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { type Dim, refineShape, type Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { GraphBuilder } from '../graph-builder.js';
import { type ListElements, listOps } from '../lists/list-ops.js';
import { findListWebs, type ListWeb } from '../lists/list-webs.js';
import { shapeOf } from '../ops/support/types.js';
import { elementShape } from '../ops/tensor-list.js';
import { SymbolicShapes } from '../symbolic/analysis.js';
import { type Dimension, knownSize, sameDimension } from '../symbolic/dimension.js';

/**
 * A list whose elements have one shape is a tensor with one dimension more. The sizes of an element are those of what
 * is put into it, also where only run time tells them: then they are taken from another value of that size.
 */
export const lowerTensorLists = definePass({
  name: 'lower-tensor-lists',
  summary: 'Replaces lists of tensors, which loops fill and read, by tensors.',
  run(module, context) {
    const webs = findListWebs(module);
    if (webs.length === 0) return;
    for (const { region } of module.signatures) {
      const own = webs.filter((web) => web.values.some((value) => isWithin(value, region)));
      if (own.length === 0) continue;
      const facts = new SymbolicShapes(region);
      for (const web of own) new WebLowering(web, facts, context).run();
    }
  },
});

function isWithin(value: Value, region: Region): boolean {
  let at: Region | undefined = value.producer ? value.producer.region : (value.owner as Region);
  while (at && at !== region) at = at.parent?.region;
  return at === region;
}

class WebLowering {
  readonly #web: ListWeb;
  readonly #facts: SymbolicShapes;
  readonly #context: PassContext;
  readonly #found: (readonly Dimension[])[] = [];

  constructor(web: ListWeb, facts: SymbolicShapes, context: PassContext) {
    this.#web = web;
    this.#facts = facts;
    this.#context = context;
  }

  run(): void {
    const { values, ops } = this.#web;
    const elements = this.#web.problem ?? this.#elements();
    const problem = typeof elements === 'string' ? elements : this.#makers(elements);
    if (typeof elements === 'string' || typeof problem === 'string') {
      for (const op of ops) this.#context.explain(op, String(problem));
      return;
    }
    const { editor } = this.#context;
    const stated = this.#stated();
    const type = tensorType(elements.dtype, [null, ...elements.shape]);
    // What list ops give goes with them.
    for (const value of values) if (!value.producer || !listOps.has(value.producer.name)) editor.setType(value, type);
    for (const op of ops) {
      const { region } = op;
      if (!region) continue;
      const build = new GraphBuilder(editor, { region, before: op }, op.location);
      const sizes = (): Value => this.#sizes(op, elements, build);
      const results = (listOps.get(op.name) as NonNullable<ReturnType<typeof listOps.get>>).lower(op, {
        build,
        elements,
        sizes,
        stated,
      });
      op.results.forEach((result, i) => {
        this.#keepType(results[i] as Value, result.type);
      });
      editor.replace(op, results);
    }
  }

  /** The shape of an element as all ops that make the list state it. */
  #stated(): Tensor | undefined {
    const stated = this.#web.ops.flatMap((op) => {
      const { shape } = listOps.get(op.name) ?? {};
      const makes = shape !== undefined && op.operands[0]?.type.kind !== 'variant';
      return makes ? [constantOf(op.operand(shape))] : [];
    });
    const [first, ...others] = stated;
    return others.every((other) => first && other && sameAttribute(first, other)) ? first : undefined;
  }

  /** What TensorFlow knew of a result holds for what stands for it. */
  #keepType(value: Value, known: Type): void {
    if (known.kind !== 'tensor' || value.type.kind !== 'tensor') return;
    const shape = refineShape(value.type.shape, known.shape);
    if (shape && value.producer) this.#context.editor.setType(value, tensorType(known.dtype, shape));
  }

  /** Element type and the sizes that are known now; or why there are none. */
  #elements(): ListElements | string {
    let dtype: unknown;
    let shape: Shape = null;
    try {
      for (const op of this.#web.ops) {
        dtype ??= op.attributes['element_dtype'];
        for (const known of statedShapes(op)) {
          const both = refineShape(shape, known);
          if (both === undefined) throw new InferenceError('its elements have different shapes');
          shape = both;
        }
      }
    } catch (error) {
      if (error instanceof InferenceError) return error.message;
      throw error;
    }
    if (typeof dtype !== 'string' || !(dtype in dtypes)) return `its elements are ${String(dtype)}`;
    if (shape === null) return 'the number of dimensions of its elements is not known';
    return { dtype: dtype as DType, shape: shape as readonly Dim[] };
  }

  /** Why a list cannot be made where an op makes it; undefined where all can. */
  #makers(elements: ListElements): string | undefined {
    if (!elements.shape.includes(null)) return undefined;
    for (const op of this.#web.ops) {
      if (!listOps.get(op.name)?.makes) continue;
      const open = elements.shape.findIndex((size, axis) => size === null && !this.#source(op, axis));
      if (open >= 0) return `size ${open} of its elements is not known where it is made`;
    }
    return undefined;
  }

  #sizes(op: Op, elements: ListElements, build: GraphBuilder): Value {
    const parts: Value[] = [];
    for (let axis = 0; axis < elements.shape.length; ) {
      const known: number[] = [];
      for (let size = elements.shape[axis]; typeof size === 'number'; size = elements.shape[axis]) {
        known.push(size);
        axis++;
      }
      if (known.length > 0) parts.push(build.ints(known));
      if (axis >= elements.shape.length) break;
      const source = this.#source(op, axis++);
      if (source === undefined) throw new Error('the size of an element has no source');
      parts.push(typeof source === 'number' ? build.ints([source]) : build.size(source.value, source.axis));
    }
    return parts.length === 0 ? build.ints([]) : build.join(parts);
  }

  /** Size `axis` of the elements: a number, or a dimension of a value that stands before the op. */
  #source(op: Op, axis: number): number | { readonly value: Value; readonly axis: number } | undefined {
    for (const candidate of this.#candidates(axis)) {
      const known = knownSize(candidate);
      if (known !== undefined) return known;
      const { region } = op;
      for (const value of region ? valuesBefore(region, op) : []) {
        const at = this.#facts.shapeOf(value)?.findIndex((dimension) => sameDimension(dimension, candidate)) ?? -1;
        if (at >= 0 && value.type.kind === 'tensor') return { value, axis: at };
      }
    }
    return undefined;
  }

  /** What size `axis` is symbolically; nothing where elements may differ in it. Found before ops are replaced. */
  #candidates(axis: number): readonly Dimension[] {
    this.#found[axis] ??= this.#findCandidates(axis);
    return this.#found[axis];
  }

  #findCandidates(axis: number): readonly Dimension[] {
    const found: (Dimension | undefined)[] = [];
    let uniform = false;
    for (const op of this.#web.ops) {
      const rule = listOps.get(op.name);
      uniform ||= rule?.uniform === true;
      if (rule?.one !== undefined) found.push(this.#facts.shapeOf(op.operand(rule.one))?.[axis]);
      if (rule?.rows !== undefined) found.push(this.#facts.shapeOf(op.operand(rule.rows))?.[axis + 1]);
      if (rule?.shape !== undefined) {
        const stated = this.#facts.contentOf(op.operand(rule.shape))?.[axis];
        if (stated) found.push(stated);
      }
    }
    const known = found.filter((dimension) => dimension !== undefined);
    const same = known.length === found.length && known.every((dimension) => sameDimension(dimension, known[0]));
    return same || uniform ? known : [];
  }
}

/** What an op says of the shape of an element. */
function statedShapes(op: Op): readonly Shape[] {
  const rule = listOps.get(op.name);
  const shapes: Shape[] = [];
  if (rule?.shape !== undefined) shapes.push(elementShape(op.operand(rule.shape)));
  if (rule?.one !== undefined) shapes.push(shapeOf(op.operand(rule.one)));
  if (rule?.rows !== undefined) shapes.push(shapeOf(op.operand(rule.rows))?.slice(1) ?? null);
  return shapes;
}

function* valuesBefore(region: Region, op: Op): Iterable<Value> {
  yield* region.args;
  for (const other of region.ops()) {
    if (other === op) return;
    yield* other.results;
  }
}
