import type { AttributeValue } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { sameAttribute } from '#ir/same-attribute.js';
import type { Tensor } from '#tensor/tensor.js';
import { isTfOp } from '../define-op.js';
import {
  type AttributeTerm,
  type CallTerm,
  type Condition,
  type Definition,
  elementsOf,
  type Literal,
  type Match,
  type Rule,
  type Term,
} from './rule.js';

/** Ops whose operands may stand in either order. */
const COMMUTATIVE = new Set([
  'Add',
  'AddV2',
  'Mul',
  'Maximum',
  'Minimum',
  'LogicalAnd',
  'LogicalOr',
  'Equal',
  'NotEqual',
]);

/** How near a literal has to be to a constant of the model, which float32 rounded. */
const NEAR = 1e-6;

/** Larger constants are weights, which no literal describes. */
const MOST = 1024;

interface Bindings {
  readonly values: ReadonlyMap<string, Value>;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly ops: ReadonlySet<Op>;
}

/** Names of the ops at which a rule's pattern ends. */
export function rootsOf({ pattern }: Rule): readonly string[] {
  const term = pattern.at(-1)?.term;
  return term?.kind === 'call' ? term.ops : [];
}

/** Finds a rule's pattern at the op that it ends with; the reason where it does not fit. */
export function matchRule(rule: Rule, root: Op): Match | string {
  const matcher = new Matcher(rule.pattern);
  const last = rule.pattern.at(-1) as Definition;
  const found = matcher.call(last.term as CallTerm, root, { values: new Map(), attributes: new Map(), ops: new Set() });
  if (!found) return 'other ops or attributes';
  for (const [name, condition] of rule.where) {
    const value = found.values.get(name);
    const reason = value && violation(value, condition);
    if (reason !== undefined) return `\`${name}\` ${reason}`;
  }
  return { root, ...found };
}

class Matcher {
  readonly #definitions = new Map<string, { readonly definition: Definition; readonly index: number }>();

  constructor(pattern: readonly Definition[]) {
    for (const definition of pattern.slice(0, -1)) {
      for (const [index, name] of definition.names.entries()) this.#definitions.set(name, { definition, index });
    }
  }

  call({ ops, operands, attributes }: CallTerm, op: Op, bound: Bindings): Bindings | undefined {
    if (!isTfName(op, ops) || op.regions.length > 0 || operands.length !== op.operands.length) return undefined;
    const withAttributes = matchAttributes(attributes, op, bound);
    if (!withAttributes) return undefined;
    const start = { ...withAttributes, ops: new Set([...bound.ops, op]) };
    const inOrder = this.#operands(operands, op.operands, start);
    if (inOrder || operands.length !== 2 || !COMMUTATIVE.has(tfName(op))) return inOrder;
    return this.#operands(operands, [op.operands[1], op.operands[0]], start);
  }

  #operands(terms: readonly Term[], values: readonly (Value | undefined)[], bound: Bindings): Bindings | undefined {
    let found: Bindings | undefined = bound;
    for (const [i, term] of terms.entries()) {
      const value = values[i];
      found = found && value && this.#term(term, value, found);
    }
    return found;
  }

  #term(term: Term, value: Value, bound: Bindings): Bindings | undefined {
    if (term.kind === 'literal') return isLiteral(value, term.value) ? bound : undefined;
    if (term.kind === 'call') {
      const op = value.index === 0 ? value.producer : undefined;
      return op && this.call(term, op, bound);
    }
    if (term.kind === 'attribute') return undefined;
    const known = bound.values.get(term.name);
    if (known) return known === value || sameConstant(known, value) ? bound : undefined;
    const defined = this.#definitions.get(term.name);
    const withName = { ...bound, values: new Map([...bound.values, [term.name, value]]) };
    if (!defined) return withName;
    const { definition, index } = defined;
    if (definition.term.kind !== 'call') return this.#term(definition.term, value, withName);
    const op = value.index === index ? value.producer : undefined;
    return op && this.call(definition.term, op, withName);
  }
}

function tfName(op: Op): string {
  return isTfOp(op.definition) ? op.definition.tfName : op.name.replace(/^tf\./, '');
}

function isTfName(op: Op, names: readonly string[]): boolean {
  return op.name.startsWith('tf.') && names.includes(tfName(op));
}

function matchAttributes(terms: ReadonlyMap<string, AttributeTerm>, op: Op, bound: Bindings): Bindings | undefined {
  if (terms.size === 0) return bound;
  const attributes = new Map(bound.attributes);
  for (const [name, term] of terms) {
    const value = op.attributes[name];
    if (value === undefined) return undefined;
    if (term.kind === 'value' && !sameAttribute(value, term.value)) return undefined;
    if (term.kind !== 'bound') continue;
    const known = attributes.get(term.name);
    if (known !== undefined && !sameAttribute(known, value)) return undefined;
    attributes.set(term.name, value);
  }
  return { ...bound, attributes };
}

/** Whether a value is a constant that a literal describes: all of its elements are near the number, or each its own. */
function isLiteral(value: Value, literal: Literal): boolean {
  const tensor = constantOf(value);
  if (!tensor || tensor.dtype === 'string' || tensor.size > MOST) return false;
  const expected = elementsOf(literal);
  const elements = numbersOf(tensor);
  if (expected.length !== 1 && expected.length !== elements.length) return false;
  return elements.every((element, i) => near(element, Number(expected[expected.length === 1 ? 0 : i])));
}

function near(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= NEAR * Math.abs(b);
}

function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

function sameConstant(a: Value, b: Value): boolean {
  const [x, y] = [constantOf(a), constantOf(b)];
  return x !== undefined && y !== undefined && sameAttribute(x, y);
}

/** What keeps a value from fulfilling a condition; undefined where it does. */
function violation(value: Value, { dtype, rank, shape, constant }: Condition): string | undefined {
  if (constant !== undefined && (constantOf(value) !== undefined) !== constant) {
    return constant ? 'is not a constant' : 'is a constant';
  }
  const { type } = value;
  if (type.kind !== 'tensor') return 'is no tensor';
  if (dtype && !dtype.includes(type.dtype)) return `is ${type.dtype}`;
  if (rank !== undefined && type.shape?.length !== rank) return `is of rank ${type.shape?.length ?? 'unknown'}`;
  if (shape === undefined) return undefined;
  const own = type.shape;
  if (own?.length === shape.length && shape.every((size, i) => size === null || size === own[i])) return undefined;
  return `has the shape [${own?.map((size) => size ?? '?').join(', ') ?? '…'}]`;
}
