import { Const, constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { isTflOp, type TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { floatType } from '../job.js';
import { hasOneScale, isFragile, rolesOf } from '../plan/op-roles.js';

/**
 * Why ops of a model that was quantized by anybody compute with floats, by the place of the operator in its
 * subgraph. A file does not say why, so the reason is found as the quantizer would find it, from what LiteRT's kernels
 * take; where they would take integers, it was somebody's choice, and that is what it says.
 */
export function whyFloat(module: Module, signature: string): ReadonlyMap<number, string> {
  const reasons = new Map<number, string>();
  const region = module.signatures.find(({ key }) => key === signature)?.region;
  if (!region) return reasons;
  const ops = [...region.ops()].filter((op) => !op.is(Const));
  const anyIntegers = ops.some((op) => op.results.some(isIntegerActivation));
  const together = opsWithFragile(ops);
  for (const [index, op] of ops.entries()) {
    if (op.isOneOf(tfl.Quantize, tfl.Dequantize) || ![...op.operands, ...op.results].some(isFloatActivation)) continue;
    reasons.set(index, reasonOf(op, anyIntegers, together));
  }
  return reasons;
}

function reasonOf(op: Op, anyIntegers: boolean, together: ReadonlySet<Op>): string {
  const weights = op.operands.map(storedAs).find((dtype) => dtype !== undefined);
  if (weights) return `only its weights are quantized, to ${weights}; it computes with float32`;
  if (!anyIntegers) return 'no results of this model are quantized';
  const roles = rolesOf(op, 'int8');
  if (typeof roles === 'string') return roles;
  const definition = op.definition as TflOpDefinition;
  if (isFragile(definition)) return 'its results span more than its kernel for integers resolves';
  if (together.has(op)) return 'it computes together with ops whose results span more than integers resolve';
  if (hasOneScale(definition, 'int8') && neighboursOf(op).every((value) => !isConverted(value))) {
    return 'it moves elements between ops that stay in float32';
  }
  return `LiteRT's ${definition.builtin} takes int8 data: it was left in float32 by choice, or because its range was not known`;
}

/** Ops that compute with floats and take these from fragile ops, or give them to such, also by way of others. */
function opsWithFragile(ops: readonly Op[]): ReadonlySet<Op> {
  const pending = ops.filter(({ definition }) => isTflOp(definition) && isFragile(definition));
  const found = new Set(pending);
  for (let op = pending.pop(); op; op = pending.pop()) {
    for (const value of neighboursOf(op)) {
      for (const other of [value.producer, ...value.users]) {
        if (!other || found.has(other) || other.isOneOf(tfl.Quantize, tfl.Dequantize)) continue;
        found.add(other);
        pending.push(other);
      }
    }
  }
  return found;
}

/** Type of the weights that an operand is, or is made of when the model is loaded. */
function storedAs(value: Value | undefined): string | undefined {
  const constant = constantOf(value);
  const source = constant || !value?.producer?.is(tfl.Dequantize) ? value : value.producer.operands[0];
  if (!constantOf(source) || source?.type.kind !== 'tensor') return undefined;
  const { dtype, quantization } = source.type;
  return quantization || dtype === 'float16' ? dtype : undefined;
}

function isFloatActivation(value: Value | undefined): boolean {
  return floatType(value) !== undefined && !constantOf(value) && storedAs(value) === undefined;
}

function isIntegerActivation({ type }: Value): boolean {
  return type.kind === 'tensor' && type.quantization !== undefined;
}

/** Real numbers that it takes and gives. */
function neighboursOf(op: Op): Value[] {
  return [...op.operands, ...op.results].filter((value) => value !== undefined && isFloatActivation(value)) as Value[];
}

function isConverted(value: Value): boolean {
  return value.producer?.is(tfl.Dequantize) === true || value.users.some((user) => user.is(tfl.Quantize));
}
