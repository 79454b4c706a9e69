import type { OpDefinition } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import type { TflOpDefinition } from './define-op.js';
import type { OperatorCodeRecord, OperatorRecord } from './file/model-record.js';

/** What a file says of an operator, tensors aside. */
export interface StatedOperator {
  readonly code: OperatorCodeRecord;
  readonly operator: OperatorRecord;
  /** Types of the tensors that the kernel keeps for itself; undefined where one is left out. */
  readonly intermediates: readonly (Type | undefined)[];
  /** Positions of the operands that are state of the model. */
  readonly stateOperands: readonly number[];
}

/** An operator that is written back as it was read. Each has a definition of its own, so no two are ever merged. */
export interface OpaqueOpDefinition extends TflOpDefinition {
  readonly stated: StatedOperator;
}

/**
 * The definition of an operator of a file that this tool does not know, or that is more than its definition can say:
 * results have the types that the file states, nothing is assumed of what it computes, and it may have side effects.
 */
export function opaqueOp(stated: StatedOperator): OpaqueOpDefinition {
  const { code, stateOperands } = stated;
  return {
    name: `tfl.${code.builtin_code.toLowerCase()}`,
    summary: 'An operator kept as it was read',
    attributes: {},
    sideEffects: true,
    builtin: code.builtin_code,
    options: {},
    operandNames: ['inputs*'],
    keepsAbsent: false,
    stateOperands,
    kernels: [],
    quantizedKernels: [],
    mainOperand: 0,
    operandKernels: {},
    quantization: [],
    version: () => code.version,
    stated,
  };
}

export function isOpaqueOp(definition: OpDefinition): definition is OpaqueOpDefinition {
  return 'stated' in definition;
}
