import type { Op, Value } from '#ir/graph.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { EffectiveCustom } from '#tflite/effective-custom.js';
import { Custom } from '#tflite/ops/custom.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import { encodeFlexMap, encodeFlexStrings, type FlexItem } from '#wire/flatbuffers/flex-writer.js';
import { TensorType } from '#wire/flatbuffers/tflite/enums.js';
import { type Unsupported, unsupported } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { bytesOf, NoNodeDef, registeredAttributes, serializeNodeDef, type TypedAttribute } from './node-def.js';
import { opSignature } from './op-signatures.js';

/** Kernels besides LiteRT's own that the application that runs the model has. */
export interface ForeignKernels {
  /** TensorFlow's own, by the Flex delegate. */
  readonly flex: boolean;
  /** Names of ops whose kernels the application registers. */
  readonly custom: ReadonlySet<string>;
}

/** Ops of TensorFlow that make no sense in a file, or need what it does not hold. */
const NEVER = /^(PyFunc|EagerPyFunc|PyFuncStateless|PartitionedCall|StatefulPartitionedCall|Placeholder.*|Const|_.*)$/;

/** What makes a handle on something that has a value when the model starts. */
const FILLED = /^(VarHandleOp|VariableV2|Variable|HashTable(V2)?|InitializeTable.*|LookupTableImport(V2)?)$/;

/** A custom op that stands for another one. */
export interface ForeignLowering {
  readonly code: string;
  readonly results: readonly Value[];
}

/** The op as a custom op: under its own name where that is allowed, else for Flex; why not where neither goes. */
export function lowerForeign(
  op: Op,
  build: LoweringBuilder,
  { flex, custom }: ForeignKernels,
): ForeignLowering | Unsupported {
  const name = op.name.replace(/^tf\./, '');
  if (!custom.has(name) && !flex) return unsupported('TFLite has no op for it');
  const untyped = op.results.findIndex(({ type }) => type.kind === 'unknown');
  if (untyped >= 0) return unsupported(`the element type of its result ${untyped} is not known`);
  if (op.regions.length > 0) return unsupported('it holds functions, which custom ops cannot');
  try {
    if (custom.has(name)) return customOp(op, build, name, encodeFlexMap(attributeMap(op)));
    if (NEVER.test(name)) return unsupported('TensorFlow cannot compute it apart from its graph');
    if (FILLED.test(name)) return unsupported('Flex keeps what it holds, and a .tflite file has no way to fill that');
    return customOp(op, build, `Flex${name}`, encodeFlexStrings([Buffer.from(name), serializeNodeDef(op)]));
  } catch (error) {
    if (!(error instanceof NoNodeDef)) throw error;
    return unsupported(`it cannot be a ${custom.has(name) ? 'custom' : 'Flex'} op: ${error.message}`);
  }
}

function customOp(op: Op, build: LoweringBuilder, code: string, options: Uint8Array): ForeignLowering {
  const effective = op.definition.sideEffects ?? opSignature(op.name.replace(/^tf\./, ''))?.stateful ?? false;
  const types = op.results.map(({ type }) => type);
  const attributes = { custom_code: code, custom_options: options };
  return { code, results: build.op(effective ? EffectiveCustom : Custom, op.operands, attributes, types).results };
}

/**
 * As the official converter packs the attributes of a custom op (`CreateFlexBuilderWithNodeAttrs`): types as numbers of
 * TFLite's; shapes, tensors, functions, other lists and empty ones are left out.
 */
function attributeMap(op: Op): Map<string, FlexItem> {
  const map = new Map<string, FlexItem>();
  for (const [name, attribute] of typedAttributes(op)) {
    const item = name.startsWith('_') ? undefined : flexItem(attribute);
    if (item) map.set(name, item);
  }
  return map;
}

/** By the registry for ops of TensorFlow, else as the node says. */
function typedAttributes(op: Op): Map<string, TypedAttribute> {
  const signature = opSignature(op.name.replace(/^tf\./, ''));
  if (signature) return registeredAttributes(signature, op);
  const typed = new Map<string, TypedAttribute>();
  for (const [name, value] of Object.entries(op.attributes)) {
    const kind = op.definition.attributes[name]?.kind ?? '';
    const element = /^(\w+)s$/.exec(kind)?.[1];
    const type = element === undefined ? kind : `list(${element})`;
    typed.set(name, { type: type === 'dtype' ? 'type' : type, value });
  }
  return typed;
}

function flexItem({ type, value }: TypedAttribute): FlexItem | undefined {
  const list = Array.isArray(value) && value.length > 0 ? value : undefined;
  switch (type) {
    case 'int':
      return { kind: 'int', value: value as number | bigint };
    case 'float':
      return { kind: 'float', value: value as number };
    case 'bool':
      return { kind: 'bool', value: value as boolean };
    case 'string':
      return { kind: 'string', value: bytesOf(value) };
    case 'type': {
      const number = tensorTypeNumber(value as string);
      return number === undefined ? undefined : { kind: 'int', value: number };
    }
    case 'list(int)':
      return list && { kind: 'ints', value: list as readonly number[] };
    case 'list(float)':
      return list && { kind: 'floats', value: list as readonly number[] };
    case 'list(string)':
      return list && { kind: 'strings', value: list.map(bytesOf) };
    default:
      return undefined;
  }
}

/** TFLite's number of a dtype. */
function tensorTypeNumber(dtype: string): number | undefined {
  const name = dtype in dtypes ? elementTypeName(dtype as DType) : dtype.toUpperCase();
  return (TensorType.values as Readonly<Record<string, number>>)[name];
}
