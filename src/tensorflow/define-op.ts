import type { AttributeSpecs, Attributes, AttributesOf } from '#ir/attribute.js';
import { verifyControl } from '#ir/control-flow.js';
import type { ControlFlow, Op, OpDefinition, Value } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import type { Tensor } from '#tensor/tensor.js';
import type { LoweringBuilder } from './lowering-builder.js';

/** Why an op has no TFLite equivalent, and what its author can do. */
export class Unsupported {
  readonly reason: string;
  readonly help: readonly string[];

  constructor(reason: string, help: readonly string[]) {
    this.reason = reason;
    this.help = help;
  }
}

/** Says that an op cannot be lowered: `reason` completes "X cannot be converted: …", each help is a sentence. */
export function unsupported(reason: string, ...help: string[]): Unsupported {
  return new Unsupported(reason, help);
}

export type Lowered = readonly Value[] | Value | Unsupported;

export interface TfOpSpec<S extends AttributeSpecs> {
  /** TensorFlow's own name: `Conv2D`. */
  readonly name: string;
  readonly summary?: string;
  /** Names of the operands, in order; `*` behind one that repeats. */
  readonly operands: readonly string[];
  /** Names of the results as the OpDef has them; `['output']` where absent. More than one only if none is a list. */
  readonly results?: readonly string[];
  readonly attributes?: S;
  /** Attributes that name functions: each becomes a region of the op, each of a list one. */
  readonly regionAttributes?: readonly string[];
  readonly sideEffects?: boolean;
  readonly readsState?: boolean;
  readonly control?: ControlFlow;
  infer?(op: Op<AttributesOf<S>>): readonly Type[];
  fold?(op: Op<AttributesOf<S>>, operands: readonly (Tensor | undefined)[]): readonly (Tensor | Value)[] | undefined;
  /** The same in TFLite; ops that passes remove before the lowering have none. */
  lower?(op: Op<AttributesOf<S>>, build: LoweringBuilder): Lowered;
}

export interface TfOpDefinition<A extends Attributes = Attributes> extends OpDefinition<A> {
  readonly tfName: string;
  readonly operandNames: readonly string[];
  readonly resultNames: readonly string[];
  /** How many results stand under each name, where several of them are lists. */
  resultCounts?(op: Op<A>): readonly number[];
  readonly regionAttributes?: readonly string[];
  lower?(op: Op<A>, build: LoweringBuilder): Lowered;
}

/** Defines a TensorFlow op. Attributes that it does not declare are dropped on import. */
export function defineTfOp<const S extends AttributeSpecs = Record<never, never>>(
  spec: TfOpSpec<S>,
): TfOpDefinition<AttributesOf<S>> {
  // All have all fields, in one order: passes look at definitions all the time, and V8 then knows where each field is.
  return {
    name: `tf.${spec.name}`,
    summary: spec.summary,
    attributes: spec.attributes ?? {},
    sideEffects: spec.sideEffects,
    readsState: spec.readsState,
    control: spec.control,
    infer: spec.infer,
    fold: spec.fold,
    verify: spec.control && verifyControl,
    tfName: spec.name,
    operandNames: spec.operands,
    resultNames: spec.results ?? OUTPUT,
    regionAttributes: spec.regionAttributes,
    lower: spec.lower,
  } as TfOpDefinition<AttributesOf<S>>;
}

const OUTPUT: readonly string[] = ['output'];

export function isTfOp(definition: OpDefinition): definition is TfOpDefinition {
  return 'tfName' in definition;
}
