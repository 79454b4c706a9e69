import type { Attributes, AttributeValue } from '#ir/attribute.js';
import { Const } from '#ir/constant.js';
import type { Editor, InsertionPoint } from '#ir/editor.js';
import { InferenceError, type OpDefinition, Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { cast } from '#tensor/kernels/cast.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TfOpDefinition } from '../define-op.js';
import { type ArgumentSignature, type OpSignature, opSignature } from '../flex/op-signatures.js';
import { signatureOp } from '../flex/signature-op.js';
import { tfOpByName } from '../ops/index.js';
import {
  type AttributeTerm,
  elementsOf,
  type Graph,
  isList,
  type Literal,
  type Match,
  type ReplacementBuilder,
  type Term,
} from './rule.js';

type Operand = Value | Literal;

/** Builds TensorFlow ops at a place, filling in what follows from their operands. Throws InferenceErrors. */
export class OpBuilder implements ReplacementBuilder {
  readonly #editor: Editor;
  readonly #at: InsertionPoint;
  readonly #location: Location;

  constructor(editor: Editor, at: InsertionPoint, location: Location) {
    this.#editor = editor;
    this.#at = at;
    this.#location = location;
  }

  op(name: string, operands: readonly Operand[], attributes: Attributes = {}): Value {
    const values = this.results(name, operands, attributes);
    const [value] = values;
    if (!value) throw new InferenceError(`${name} has no result`);
    return value;
  }

  results(name: string, operands: readonly Operand[], attributes: Attributes = {}): readonly Value[] {
    const signature = opSignature(name);
    if (!signature) throw new InferenceError(`TensorFlow has no op ${name}`);
    const roles = operandRoles(signature, operands.length);
    const implied = impliedAttributes(signature, roles, operands, attributes);
    const all = { ...implied, ...attributes };
    const definition = tfOpByName.get(name) ?? signatureOp(name, new Map(Object.entries(all)));
    if (!definition) throw new InferenceError(`${name} lacks an attribute`);
    if (definition.regionAttributes) throw new InferenceError(`${name} holds functions, which rules cannot`);
    for (const given of Object.keys(attributes)) {
      if (!signature.attributes.has(given)) throw new InferenceError(`${name} has no attribute \`${given}\``);
    }
    const values = operands.map((operand, i) =>
      operand instanceof Value ? operand : this.constant(operand, literalType(roles[i], all)),
    );
    return this.#editor.create(
      this.#at,
      definition as OpDefinition<Attributes>,
      values,
      declaredAttributes(definition, all),
      this.#location,
    ).results;
  }

  constant(value: Literal, dtype: DType = 'float32'): Value {
    return this.#editor.create(this.#at, Const, [], { value: tensorOf(value, dtype) }, this.#location).result();
  }
}

/** The argument of the signature that each operand belongs to. */
function operandRoles({ name, operands }: OpSignature, count: number): readonly ArgumentSignature[] {
  const lists = operands.filter(({ kind }) => kind !== 'one').length;
  if (lists > 1) throw new InferenceError(`${name} takes several lists, which rules cannot give`);
  const length = count - (operands.length - lists);
  if (length < 0 || (lists === 0 && length !== 0)) {
    throw new InferenceError(`${name} takes ${operands.length} operands, not ${count}`);
  }
  return operands.flatMap((role) => (role.kind === 'one' ? [role] : Array<ArgumentSignature>(length).fill(role)));
}

/** What operands say of attributes: their element types, and how many of a list there are. */
function impliedAttributes(
  { attributes }: OpSignature,
  roles: readonly ArgumentSignature[],
  operands: readonly Operand[],
  given: Attributes,
): Attributes {
  const implied: Record<string, AttributeValue> = {};
  for (const [i, { kind, type, count }] of roles.entries()) {
    const operand = operands[i];
    const dtype = operand instanceof Value && operand.type.kind === 'tensor' ? operand.type.dtype : undefined;
    if (count !== undefined) implied[count] = roles.filter((role) => role === roles[i]).length;
    if (dtype === undefined || !attributes.has(type)) continue;
    if (kind === 'types') implied[type] = [...((implied[type] as readonly string[] | undefined) ?? []), dtype];
    else implied[type] ??= dtype;
  }
  // Literals alone: the default of the registry, else float32.
  for (const [name, { type, default: fallback }] of attributes) {
    if (implied[name] !== undefined || given[name] !== undefined) continue;
    if (fallback !== undefined) implied[name] = fallback;
    else if (type === 'type' && roles.some((role) => role.type === name)) implied[name] = 'float32';
  }
  return implied;
}

function literalType(role: ArgumentSignature | undefined, attributes: Attributes): DType {
  const type = role?.type ?? '';
  const dtype = attributes[type] ?? type;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype))
    throw new InferenceError(`a literal cannot be ${type}`);
  return dtype as DType;
}

function declaredAttributes({ attributes: specs, tfName }: TfOpDefinition, given: Attributes): Attributes {
  const declared: Record<string, AttributeValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] ?? spec.default;
    if (value === undefined) throw new InferenceError(`${tfName} needs the attribute \`${name}\``);
    declared[name] = value;
  }
  return declared;
}

/** A literal as a tensor: nested lists are its dimensions. Throws an InferenceError where they are ragged, or no such numbers. */
export function tensorOf(literal: Literal, dtype: DType): Tensor {
  const shape: number[] = [];
  for (let at: Literal | undefined = literal; at !== undefined && isList(at); at = at[0]) shape.push(at.length);
  const elements = elementsOf(literal).map(Number);
  if (elements.length !== elementCount(shape)) throw new InferenceError('a literal is ragged');
  const { kind } = dtypes[dtype];
  const fraction = elements.find((element) => !Number.isInteger(element));
  if (kind !== 'float' && fraction !== undefined) throw new InferenceError(`${fraction} is no ${dtype}`);
  const tensor = cast(Tensor.from('float64', shape, Float64Array.from(elements)), dtype);
  if (!tensor) throw new InferenceError(`a literal cannot be ${dtype}`);
  return tensor;
}

/** Builds the graph of a rule on what its pattern bound, and gives its results. */
export function buildGraph(graph: Graph, match: Match, builder: ReplacementBuilder): readonly Value[] {
  const values = new Map(match.values);
  let results: readonly Value[] = [];
  for (const { names, term } of graph) {
    results = valuesOf(term, values, match, builder);
    names.forEach((name, i) => {
      const value = results[i];
      if (!value) throw new InferenceError(`there is no result for \`${name}\``);
      values.set(name, value);
    });
  }
  return results;
}

function valuesOf(
  term: Term,
  values: ReadonlyMap<string, Value>,
  match: Match,
  builder: ReplacementBuilder,
): readonly Value[] {
  if (term.kind === 'literal' || term.kind === 'attribute') {
    const { type } = match.root.result();
    return [builder.constant(literalOf(term, match), type.kind === 'tensor' ? type.dtype : undefined)];
  }
  if (term.kind === 'name') return [named(term.name, values)];
  const operands = term.operands.map((operand) =>
    operand.kind === 'literal' || operand.kind === 'attribute'
      ? literalOf(operand, match)
      : (valuesOf(operand, values, match, builder)[0] as Value),
  );
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, attribute] of term.attributes) attributes[name] = attributeValue(attribute, values, match);
  return builder.results(term.ops[0] as string, operands, attributes);
}

function named(name: string, values: ReadonlyMap<string, Value>): Value {
  const value = values.get(name);
  if (!value) throw new InferenceError(`\`${name}\` is not defined`);
  return value;
}

function attributeValue(term: AttributeTerm, values: ReadonlyMap<string, Value>, match: Match): AttributeValue {
  if (term.kind === 'value') return term.value;
  if (term.kind === 'dtype') {
    const { type } = named(term.of, values);
    if (type.kind !== 'tensor') throw new InferenceError(`\`${term.of}\` is no tensor`);
    return type.dtype;
  }
  return bound(term.name, match);
}

function bound(name: string, { attributes }: Match): AttributeValue {
  const value = attributes.get(name);
  if (value === undefined) throw new InferenceError(`\`$${name}\` is not bound`);
  return value;
}

/** A constant that is written down, or the value of an attribute as one. */
function literalOf(term: Extract<Term, { kind: 'literal' | 'attribute' }>, match: Match): Literal {
  if (term.kind === 'literal') return term.value;
  const value = bound(term.name, match);
  if (!isLiteral(value)) throw new InferenceError(`\`$${term.name}\` is no number`);
  return value;
}

function isLiteral(value: AttributeValue): value is Literal & AttributeValue {
  return Array.isArray(value) ? value.every(isLiteral) : typeof value === 'number' || typeof value === 'boolean';
}
