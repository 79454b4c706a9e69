import type { Attributes, AttributeValue } from '#ir/attribute.js';
import { Op, type OpDefinition, type Region, type Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { type Type, tensorType } from '#ir/type.js';
import { compatibleShapes } from '#tensor/shape.js';
import { operatorOptions } from '#wire/flatbuffers/tflite/operator-options.js';
import type { TflOpDefinition } from '../define-op.js';
import type { OperatorCodeRecord, OperatorRecord } from '../file/model-record.js';
import { opaqueOp } from '../opaque-op.js';
import { elementTypeName } from '../ops/element-type.js';
import { tflOps } from '../ops/index.js';

/** An operator of a file with its tensors as values. */
export interface OperatorToImport {
  readonly code: OperatorCodeRecord;
  readonly operator: OperatorRecord;
  readonly operands: readonly (Value | undefined)[];
  /** Positions of the operands that are variable tensors. */
  readonly stateOperands: readonly number[];
  /** Types of the results, as the file states them. */
  readonly types: readonly Type[];
  readonly intermediates: readonly (Type | undefined)[];
  /** The bodies that the options name, in their order. */
  readonly regions: readonly Region[];
  readonly location: Location;
}

const byBuiltin = new Map(tflOps.map((definition) => [definition.builtin, definition]));
const tables: Readonly<Record<string, { readonly name: string }>> = operatorOptions;
const indexOfSubgraph = /_subgraph_index$/;

/**
 * The op that an operator is, yet to be placed: of its builtin's definition where that agrees with everything that the
 * file says, else opaque. Results of unknown rank take the rank that is inferred.
 */
export function importOperator(source: OperatorToImport): Op {
  return definedOp(source) ?? opaque(source);
}

function opaque({ code, operator, intermediates, stateOperands, ...rest }: OperatorToImport): Op {
  const definition = opaqueOp({ code, operator, intermediates, stateOperands });
  return new Op(definition as OpDefinition, { ...rest, attributes: {} });
}

function definedOp(source: OperatorToImport): Op | undefined {
  const { code, operands, types, regions, location } = source;
  const definition = byBuiltin.get(code.builtin_code);
  if (!definition || code.builtin_code === 'CUSTOM') return undefined;
  // Those without a scale are places that only integer kernels would use.
  if (source.intermediates.some((type) => type?.kind === 'tensor' && type.quantization)) return undefined;
  if (source.stateOperands.some((index) => !definition.stateOperands.includes(index))) return undefined;
  const attributes = attributesOf(definition, source);
  if (!attributes) return undefined;
  const op = new Op(definition as OpDefinition, { operands, attributes, types, location, regions });
  const problem = disagreement(op);
  if (!problem) return op;
  // It goes again; regions are taken over by the op that takes its place.
  op.setOperands([]);
  return undefined;
}

/** The options as attributes; undefined where the file has options of another table, or content that is no attribute. */
function attributesOf(
  definition: TflOpDefinition,
  { code, operator, types, operands }: OperatorToImport,
): Attributes | undefined {
  const stated = operator.builtin_options ?? operator.builtin_options_2;
  if (stated && stated.type !== tables[code.builtin_code]?.name) return undefined;
  const attributes: Record<string, AttributeValue> = { ...definition.options };
  for (const [name, content] of Object.entries(stated?.value ?? {})) {
    if (indexOfSubgraph.test(name)) continue;
    const known = Object.hasOwn(definition.options, name);
    if (!known && isEmpty(content)) continue;
    if (!isAttribute(content)) return undefined;
    attributes[name] = content;
  }
  return { ...attributes, ...impliedOptions(definition, types, operands) };
}

/** What files leave it to the tensors to say, or say twice. */
function impliedOptions(
  { builtin }: TflOpDefinition,
  [result]: readonly Type[],
  operands: readonly (Value | undefined)[],
): Attributes {
  const input = operands[0]?.type;
  if (builtin === 'CAST' && result?.kind === 'tensor' && input?.kind === 'tensor') {
    return { in_data_type: elementTypeName(input.dtype), out_data_type: elementTypeName(result.dtype) };
  }
  if (builtin === 'RESHAPE' && operands[1]) return { new_shape: [] };
  return {};
}

function isEmpty(content: unknown): boolean {
  return content === undefined || (content instanceof Object && 'length' in content && content.length === 0);
}

function isAttribute(content: unknown): content is AttributeValue {
  if (Array.isArray(content)) return content.every(isAttribute);
  return content instanceof Uint8Array || ['boolean', 'number', 'bigint', 'string'].includes(typeof content);
}

/** Whether the definition infers other results than the file states; results of unknown rank are told theirs. */
function disagreement(op: Op): boolean {
  if (!op.definition.infer) return false;
  let inferred: readonly Type[];
  try {
    inferred = op.definition.infer(op);
  } catch {
    // Whatever the file has led inference to, the op is beyond the definition.
    return true;
  }
  if (inferred.length !== op.results.length) return true;
  if (!op.results.every(({ type }, i) => agree(type, inferred[i] as Type))) return true;
  op.results.forEach((result, i) => {
    const [stated, found] = [result.type, inferred[i] as Type];
    if (stated.kind === 'tensor' && stated.shape === null && found.kind === 'tensor') {
      result.type = tensorType(stated.dtype, found.shape, stated.quantization);
    }
  });
  return op.definition.verify?.(op) !== undefined;
}

function agree(stated: Type, inferred: Type): boolean {
  if (inferred.kind === 'unknown') return true;
  if (stated.kind !== 'tensor' || inferred.kind !== 'tensor') return stated.kind === inferred.kind;
  return stated.dtype === inferred.dtype && compatibleShapes(stated.shape, inferred.shape);
}
