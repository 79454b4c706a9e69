import { loopOf, meetTypes, regionInputs } from '#ir/control-flow.js';
import type { Editor } from '#ir/editor.js';
import { InferenceError, type Op, type Region, type Value } from '#ir/graph.js';
import { sameType, type Type, tensorType } from '#ir/type.js';
import { definePass } from '#passes/pass.js';
import { refineShape } from '#tensor/shape.js';

/** Whatever either description knows of a result. */
function refine(known: Type, inferred: Type): Type {
  if (known.kind === 'tensor' && inferred.kind === 'tensor') {
    if (known.dtype !== inferred.dtype)
      throw new InferenceError(`gives ${inferred.dtype} where ${known.dtype} was known`);
    const shape = refineShape(known.shape, inferred.shape);
    if (shape === undefined) throw new InferenceError('gives a shape that contradicts what was known');
    return tensorType(known.dtype, shape, known.quantization);
  }
  return known.kind === 'unknown' || inferred.kind === known.kind ? inferred : known;
}

/** The types of an op's results that its operands now allow; undefined where none became more precise. */
export function refinedTypes(op: Op): readonly Type[] | undefined {
  if (!op.definition.infer) return undefined;
  const inferred = op.definition.infer(op);
  const types = op.results.map((result, i) => refine(result.type, inferred[i] ?? result.type));
  return types.every((type, i) => sameType(type, op.results[i]?.type as Type)) ? undefined : types;
}

/**
 * Types of the arguments of regions. What a loop carries is first taken to keep the type that it comes in with; where
 * the body then gives something else, what both have in common is tried, until it holds. Types in the regions are
 * found anew each time, from what was known at first.
 */
class RegionTypes {
  readonly #first = new Map<Value, Type>();

  /** Sets the types of all values in the regions of an op, as they then hold. Leaves them alone where that fails. */
  infer(op: Op): void {
    for (const region of op.regions) this.#remember(region);
    try {
      this.#control(op);
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      for (const [value, type] of this.#first) value.type = type;
    }
  }

  /** Counts what has changed as edits. */
  commit(editor: Editor): void {
    for (const [value, first] of this.#first) {
      const { type } = value;
      value.type = first;
      if (!sameType(type, first)) editor.setType(value, type);
    }
  }

  #remember(region: Region): void {
    for (const arg of region.args) this.#first.set(arg, arg.type);
    for (const op of region.ops()) {
      for (const result of op.results) this.#first.set(result, result.type);
      for (const nested of op.regions) this.#remember(nested);
    }
  }

  #known(value: Value): Type {
    return this.#first.get(value) ?? value.type;
  }

  #control(op: Op): void {
    if (op.definition.control === 'loop') this.#loop(op);
    else {
      for (const region of op.regions) {
        const inputs = op.definition.control ? regionInputs(op) : [];
        this.#enter(
          region,
          region.args.map((arg, i) => refine(this.#known(arg), inputs[i]?.type ?? arg.type)),
        );
      }
    }
  }

  #loop(op: Op): void {
    const { condition, body } = loopOf(op);
    let assumed = body.args.map((arg, i) => refine(this.#known(arg), op.operand(i).type));
    for (;;) {
      this.#enter(body, assumed);
      const next = assumed.map((type, i) =>
        refine(this.#known(body.args[i] as Value), meetTypes(type, body.outputs[i]?.type ?? type)),
      );
      if (next.every((type, i) => sameType(type, assumed[i] as Type))) break;
      assumed = next;
    }
    this.#enter(
      condition,
      condition.args.map((arg, i) => refine(this.#known(arg), assumed[i] ?? arg.type)),
    );
  }

  /** Carries the types of arguments through a region. */
  #enter(region: Region, args: readonly Type[]): void {
    region.args.forEach((arg, i) => {
      arg.type = args[i] ?? arg.type;
    });
    for (const op of region.ops()) {
      if (op.regions.length > 0) this.#control(op);
      for (const result of op.results) result.type = this.#known(result);
      refinedTypes(op)?.forEach((type, i) => {
        op.result(i).type = type;
      });
    }
  }
}

/** Whether the operands say more of the arguments than is known of them. */
function saysMore(op: Op): boolean {
  const inputs = regionInputs(op);
  return op.regions.some((region) =>
    region.args.some((arg, i) => {
      const type = inputs[i]?.type;
      return type !== undefined && !sameType(refine(arg.type, type), arg.type);
    }),
  );
}

/** One forward walk: ops stand after what they use, so every type is final when its users are reached. */
export const inferTypes = definePass({
  name: 'infer-types',
  summary: 'Carries what is known of shapes and types forward through the graph, and around its loops.',
  run(module, { editor, collector }) {
    for (const op of module.ops()) {
      try {
        if (op.definition.control && saysMore(op)) {
          const regions = new RegionTypes();
          regions.infer(op);
          regions.commit(editor);
        }
        const types = refinedTypes(op);
        for (const [i, type] of types?.entries() ?? []) editor.setType(op.result(i), type);
      } catch (error) {
        if (!(error instanceof InferenceError)) throw error;
        collector.add('invalid-graph', {
          detail: `Node "${op.location.node ?? '?'}" (${op.name.replace(/^tf\./, '')}): ${error.message}.`,
          locations: [op.location],
        });
      }
    }
  },
});
