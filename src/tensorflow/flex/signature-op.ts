import { type AttributeSpec, type AttributeSpecs, type AttributeValue, attr } from '#ir/attribute.js';
import { InferenceError, type Op } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { TfOpDefinition } from '../define-op.js';
import { type ArgumentSignature, type OpSignature, opSignature } from './op-signatures.js';

/** The shapes that TensorFlow found when the model was saved, one for each result. */
const SHAPES = '_output_shapes';

const known = new Map<string, OpSignature | undefined>();
const made = new Map<string, TfOpDefinition>();

/**
 * What the registry of TensorFlow says of an op, as a definition: its results have their element types, and the shapes
 * that were recorded. So the ops that use it can be looked at, whether it can be converted or not. Undefined for ops of
 * other libraries, and for nodes that lack one of the `attributes` that today's op has to have.
 */
export function signatureOp(name: string, attributes: ReadonlyMap<string, unknown>): TfOpDefinition | undefined {
  if (!known.has(name)) known.set(name, opSignature(name));
  const signature = known.get(name);
  if (!signature) return undefined;
  for (const [key, each] of signature.attributes) {
    if (each.default === undefined && !attributes.has(key)) return undefined;
  }
  const definition = made.get(name) ?? definitionOf(signature);
  made.set(name, definition);
  return definition;
}

function definitionOf({ name, operands, results, attributes, stateful }: OpSignature): TfOpDefinition {
  const specs: Record<string, AttributeSpec<AttributeValue>> = { [SHAPES]: attr.shapes([]) };
  for (const [key, { type, default: value }] of attributes) {
    const spec = SPECS[type];
    if (spec) specs[key] = { ...spec, ...(value === undefined ? {} : { default: value }) };
  }
  // What has no results is there for what it does, and so is what changes the state behind a handle.
  const effects = stateful || results.length === 0 || operands.some(({ type }) => type === 'resource');
  const makesHandle = operands.length === 0 && results.some(({ type }) => type === 'resource');
  return {
    name: `tf.${name}`,
    tfName: name,
    summary: 'An op that is known by its signature only',
    attributes: specs as AttributeSpecs,
    operandNames: operands.map((each) => (each.kind === 'one' ? each.name : `${each.name}*`)),
    resultNames: results.map((each) => each.name),
    resultCounts: (op) => results.map((each) => countOf(each, op)),
    ...(effects && !makesHandle ? { sideEffects: true } : {}),
    infer: (op) => resultTypes(results, op),
  };
}

/** How each attribute type is declared; tensors and functions are taken as they come. */
const SPECS: Readonly<Record<string, AttributeSpec<AttributeValue>>> = {
  int: attr.int(),
  float: attr.float(),
  bool: attr.bool(),
  string: attr.any(),
  type: attr.dtype(),
  shape: attr.shape(),
  tensor: attr.any(),
  func: attr.any(),
  'list(int)': attr.ints(),
  'list(float)': attr.floats(),
  'list(bool)': attr.bools(),
  'list(string)': attr.any(),
  'list(type)': attr.dtypes(),
  'list(shape)': attr.shapes(),
  'list(tensor)': attr.any(),
  'list(func)': attr.any(),
};

/** Number of values of an operand or result. */
export function countOf({ kind, count, type }: ArgumentSignature, { attributes }: Pick<Op, 'attributes'>): number {
  if (kind === 'one') return 1;
  const value = attributes[kind === 'repeated' ? (count as string) : type];
  if (kind === 'repeated' && typeof value === 'number') return value;
  if (kind === 'types' && Array.isArray(value)) return value.length;
  throw new InferenceError(`an attribute does not say how many there are of "${type}"`);
}

function resultTypes(results: readonly ArgumentSignature[], op: Op): readonly Type[] {
  const dtypes = results.flatMap((result) => dtypesOf(result, op));
  const shapes = (op.attributes[SHAPES] ?? []) as readonly Shape[];
  return dtypes.map((dtype, i) => typeFor(dtype, shapes.length === dtypes.length ? (shapes[i] as Shape) : null));
}

/** Element types of an operand or result, one for each of its values. */
function dtypesOf(argument: ArgumentSignature, op: Op): string[] {
  const { kind, type } = argument;
  const value = op.attributes[type];
  if (kind === 'types') return [...(value as readonly string[])];
  const dtype = typeof value === 'string' ? value : type;
  return Array<string>(countOf(argument, op)).fill(dtype);
}

function typeFor(dtype: string, shape: Shape): Type {
  if (dtype === 'resource') return { kind: 'resource' };
  if (dtype === 'variant') return { kind: 'variant' };
  return Object.hasOwn(dtypes, dtype) ? tensorType(dtype as DType, shape) : unknownType;
}
