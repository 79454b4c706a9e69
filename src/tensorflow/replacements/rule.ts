import type { Attributes, AttributeValue } from '#ir/attribute.js';
import type { Op, Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import type { Module } from '#ir/module.js';
import type { Pass } from '#passes/pass.js';
import type { DType } from '#tensor/dtype.js';

/** A number, or nested lists of them. */
export type Literal = number | boolean | readonly Literal[];

/** An attribute in a pattern or a replacement: a value, one that is bound to a name, or the element type of a value. */
export type AttributeTerm =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'bound'; readonly name: string }
  | { readonly kind: 'dtype'; readonly of: string };

/** What stands for a value: a name, a constant, in replacements one made of an attribute, or an op on other values. */
export type Term =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | CallTerm;

export interface CallTerm {
  readonly kind: 'call';
  /** Names of ops, of which a pattern takes any; a replacement has one. */
  readonly ops: readonly string[];
  readonly operands: readonly Term[];
  readonly attributes: ReadonlyMap<string, AttributeTerm>;
}

/** Names for the results of an op, or one for any term. */
export interface Definition {
  readonly names: readonly string[];
  readonly term: Term;
}

/** Definitions in order; the last one gives the results. */
export type Graph = readonly Definition[];

/** What a value that a pattern leaves open has to be. */
export interface Condition {
  readonly dtype?: readonly DType[];
  readonly rank?: number;
  /** Sizes, `null` for any. */
  readonly shape?: readonly (number | null)[];
  readonly constant?: boolean;
}

/** The numbers of a literal, in row-major order. */
export function elementsOf(literal: Literal): readonly (number | boolean)[] {
  return isList(literal) ? literal.flatMap(elementsOf) : [literal];
}

/** Whether a literal is a list. */
export function isList(literal: Literal): literal is readonly Literal[] {
  return Array.isArray(literal);
}

/** What a pattern found. */
export interface Match {
  /** The op that gives the results. */
  readonly root: Op;
  /** All ops that the pattern took, the root among them. */
  readonly ops: ReadonlySet<Op>;
  /** The values that the pattern's names stand for. */
  readonly values: ReadonlyMap<string, Value>;
  /** The attributes that its `$names` stand for. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

/** Makes the ops of a replacement in front of what they replace. */
export interface ReplacementBuilder {
  /** The only result of an op of TensorFlow. Types of elements (`T`) follow from the operands, and so do those of literals. */
  op(name: string, operands: readonly (Value | Literal)[], attributes?: Attributes): Value;
  /** All results of an op. */
  results(name: string, operands: readonly (Value | Literal)[], attributes?: Attributes): readonly Value[];
  /** A constant, by default of float32. */
  constant(value: Literal, dtype?: DType): Value;
}

/** Values on which both sides of a rule are tried: uniform numbers from the first to the second. */
export type SampleRange = readonly [least: number, most: number];

export interface Rule {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Ships with the tool, which tests it against TensorFlow. */
  readonly ready?: boolean;
  readonly pattern: Graph;
  readonly where: ReadonlyMap<string, Condition>;
  /** Ranges of sampled inputs by the pattern's names; from -3 to 3 where nothing is said. */
  readonly samples: ReadonlyMap<string, SampleRange>;
  /** Largest difference of results: absolute up to results of 1, relative to the largest result beyond. */
  readonly tolerance: number;
  build(match: Match, builder: ReplacementBuilder): readonly Value[];
}

/** A replacement that was made. */
export interface AppliedReplacement {
  readonly rule: Rule;
  readonly location: Location;
  /** Both sides apart from the model, as the signatures `pattern` and `replacement` on the same inputs. */
  readonly sides: Module;
}

/** Rules at work. Made by `replacementsBy`: conversions without rules do not load what applies them. */
export interface Replacements {
  readonly pass: Pass;
  /** What the pass did so far. */
  readonly applied: readonly AppliedReplacement[];
}
