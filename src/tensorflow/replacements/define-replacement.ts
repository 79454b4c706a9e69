import type { AttributeValue } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import type { Condition, ReplacementBuilder, SampleRange } from './rule.js';

/** What the pattern of a rule in code found. */
export interface FoundPattern {
  /** The values that the pattern's names stand for; their `type` tells element type and shape. */
  readonly values: Readonly<Record<string, Value>>;
  /** The attributes that its `$names` stand for. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A replacement rule whose replacement is a function. */
export interface CodeRule {
  readonly name: string;
  readonly summary?: string;
  /** Names and the ops that they stand for, as in a YAML file: `{ y: 'Erf(x)' }`. */
  readonly pattern: Readonly<Record<string, string>>;
  readonly where?: Readonly<Record<string, Condition>>;
  readonly samples?: Readonly<Record<string, SampleRange>>;
  readonly tolerance: number;
  /** Gives the values that stand for the results of the pattern's last op. */
  replace(found: FoundPattern, build: ReplacementBuilder): Value | readonly Value[];
}

/** Declares a replacement rule in an ES module, which `--replacements` names. */
export function defineReplacement(rule: CodeRule): CodeRule {
  return rule;
}
