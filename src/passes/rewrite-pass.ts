import type { Attributes } from '#ir/attribute.js';
import type { InsertionPoint } from '#ir/editor.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { fuseLocations } from '#ir/location.js';
import { type Type, tensorType } from '#ir/type.js';
import { refineShape, sameShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { Pass, PassContext } from './pass.js';

/** Why a rewrite leaves its anchor alone. */
export class NoMatch {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export function noMatch(reason: string): NoMatch {
  return new NoMatch(reason);
}

/**
 * A local rewrite. It is offered every op of its `anchors`, and returns the values that stand for the anchor's
 * results, `done` where it changed the anchor in place, or `noMatch(reason)`.
 */
export interface Rewrite {
  /** Short name, unique within the pass, for `--explain`. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: an anchor may have any attributes, rewrites narrow with `op.is`
  readonly anchors: readonly OpDefinition<any>[];
  rewrite(op: Op, build: RewriteBuilder): readonly Value[] | typeof done | NoMatch;
}

export const done = Symbol('done');

/** Makes new ops in front of the anchor, which gives them its location. There is one for all anchors of a pass. */
export class RewriteBuilder {
  readonly context: PassContext;
  #anchor: Op;
  #location: Op['location'];

  constructor(context: PassContext, anchor: Op) {
    this.context = context;
    this.#anchor = anchor;
    this.#location = anchor.location;
  }

  /** @internal begins anew in front of another op. */
  moveTo(anchor: Op): this {
    this.#anchor = anchor;
    this.#location = anchor.location;
    return this;
  }

  get editor(): PassContext['editor'] {
    return this.context.editor;
  }

  get at(): InsertionPoint {
    if (!this.#anchor.region) throw new Error(`${this.#anchor.name} is not placed`);
    return { region: this.#anchor.region, before: this.#anchor };
  }

  /** New ops also stand for these ones. */
  fuse(...ops: readonly Op[]): this {
    this.#location = fuseLocations(this.#location, ...ops.map((op) => op.location));
    return this;
  }

  /** Gives the new op itself. */
  op<A extends Attributes>(
    definition: OpDefinition<A>,
    operands: readonly (Value | undefined)[],
    attributes: A,
    types?: readonly Type[],
  ): Op<A> {
    return this.editor.create(this.at, definition, operands, attributes, this.#location, types ? { types } : {});
  }

  /** Gives the only result of the new op. */
  value<A extends Attributes>(
    definition: OpDefinition<A>,
    operands: readonly (Value | undefined)[],
    attributes: A,
    types?: readonly Type[],
  ): Value {
    return this.op(definition, operands, attributes, types).result();
  }

  constant(tensor: Tensor): Value {
    return this.editor.constant(this.at, tensor, this.#location);
  }
}

interface RewritePassSpec extends Omit<Pass, 'run'> {
  readonly rewrites: readonly Rewrite[];
}

/** Ops a rewrite may be offered, over all, for each op that the module had: beyond it two rewrites undo each other. */
const OFFERS_PER_OP = 200;

/**
 * A pass of local rewrites, run to the fixed point by a worklist: an op is offered again only when an edit touched it
 * or its neighbours, so the cost is linear in ops and edits.
 */
export function rewritePass(spec: RewritePassSpec): Pass {
  const byAnchor = new Map<unknown, Rewrite[]>();
  for (const rewrite of spec.rewrites) {
    for (const anchor of rewrite.anchors) byAnchor.set(anchor, [...(byAnchor.get(anchor) ?? []), rewrite]);
  }
  return {
    ...spec,
    run(module, context) {
      const pending: Op[] = [];
      const queued = new Set<Op>();
      const enqueue = (op: Op): void => {
        if (queued.has(op) || !byAnchor.has(op.definition)) return;
        queued.add(op);
        pending.push(op);
      };
      let count = 0;
      for (const op of module.ops()) {
        count++;
        enqueue(op);
      }
      // The first of them is to be the next that is taken.
      pending.reverse();
      let builder: RewriteBuilder | undefined;
      let offers = OFFERS_PER_OP * (count + 10);
      context.editor.onTouched = (op) => {
        enqueue(op);
        const { results } = op;
        for (let i = 0; i < results.length; i++) {
          const { users } = results[i] as Value;
          for (let k = 0; k < users.length; k++) enqueue(users[k] as Op);
        }
      };
      try {
        for (let op = pending.pop(); op; op = pending.pop()) {
          queued.delete(op);
          if (!op.region) continue;
          if (offers-- === 0) throw new Error(`${spec.name} does not come to an end`);
          builder ??= new RewriteBuilder(context, op);
          applyFirst(op, byAnchor.get(op.definition) ?? [], builder);
        }
      } finally {
        context.editor.onTouched = undefined;
      }
    },
  };
}

function applyFirst(op: Op, rewrites: readonly Rewrite[], builder: RewriteBuilder): void {
  const { context } = builder;
  for (let i = 0; i < rewrites.length; i++) {
    const rewrite = rewrites[i] as Rewrite;
    const outcome = rewrite.rewrite(op, builder.moveTo(op));
    if (outcome instanceof NoMatch) {
      context.explain(op, `${rewrite.name}: ${outcome.reason}`);
      continue;
    }
    if (outcome !== done) {
      keepShapes(op, outcome, context);
      context.editor.replace(op, outcome);
    }
    return;
  }
}

/** What was known of the shapes of the anchor's results holds for the values that stand for them. */
function keepShapes(op: Op, values: readonly Value[], { editor }: PassContext): void {
  for (const [i, value] of values.entries()) {
    const known = op.results[i]?.type;
    const { type } = value;
    if (known?.kind !== 'tensor' || type.kind !== 'tensor' || !value.producer) continue;
    const shape = refineShape(type.shape, known.shape);
    if (shape && !sameShape(shape, type.shape)) editor.setType(value, tensorType(type.dtype, shape, type.quantization));
  }
}
