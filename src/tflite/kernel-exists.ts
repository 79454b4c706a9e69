import type { Op, Value } from '#ir/graph.js';
import type { Invariant } from '#passes/invariants.js';
import type { DType } from '#tensor/dtype.js';
import { isTflOp, type TflOpDefinition } from './define-op.js';

/** Why no kernel computes an op, and what the model's author can do. */
export interface MissingKernel {
  readonly reason: string;
  readonly help: readonly string[];
}

/** Every TFLite op has a kernel for its element types and shapes. Ops of other dialects are none of its business. */
export const kernelExists: Invariant = {
  name: 'kernelExists',
  check: (module) => {
    const broken: string[] = [];
    for (const op of module.ops()) {
      const missing = missingKernel(op);
      if (missing) broken.push(`${op.name} at ${op.location.node ?? 'an unknown node'}: ${missing.reason}`);
    }
    return broken;
  },
};

/** What keeps LiteRT from running this op; undefined where a kernel takes it. */
export function missingKernel(op: Op): MissingKernel | undefined {
  const { definition } = op;
  if (!isTflOp(definition)) return undefined;
  return missingType(op, definition) ?? beyondLimit(op, definition);
}

function beyondLimit(op: Op, definition: TflOpDefinition): MissingKernel | undefined {
  const limit = definition.kernelLimit?.(op);
  if (limit === undefined) return undefined;
  return { reason: `LiteRT's ${definition.builtin} cannot compute this: ${limit}`, help: [] };
}

function missingType(op: Op, definition: TflOpDefinition): MissingKernel | undefined {
  const { kernels, quantizedKernels, mainOperand, operandKernels } = definition;
  if (kernels.length + quantizedKernels.length > 0) {
    const type = op.operands[mainOperand]?.type;
    if (type?.kind === 'tensor') {
      const quantized = type.quantization !== undefined && quantizedKernels.includes(type.dtype);
      if (!quantized && !kernels.includes(type.dtype)) return lacking(definition, mainOperand, type.dtype, kernels);
    }
  }
  for (const [position, accepted] of Object.entries(operandKernels)) {
    const dtype = dtypeOf(op.operands[Number(position)]);
    if (dtype !== undefined && !accepted.includes(dtype)) return lacking(definition, Number(position), dtype, accepted);
  }
  return undefined;
}

function dtypeOf(value: Value | undefined): DType | undefined {
  return value?.type.kind === 'tensor' ? value.type.dtype : undefined;
}

function lacking(
  { builtin, operandNames }: TflOpDefinition,
  operand: number,
  dtype: DType,
  accepted: readonly DType[],
): MissingKernel {
  const name = (operandNames[operand] ?? 'input').replace(/[?*]$/, '');
  const closest = closestType(dtype, accepted);
  return {
    reason: `LiteRT's ${builtin} takes ${accepted.join(', ') || 'quantized types only'} as \`${name}\`, not ${dtype}`,
    help:
      closest === undefined
        ? []
        : [`Compute this in ${closest}: put \`tf.cast(x, tf.${closest})\` before it and cast back behind it.`],
  };
}

/** Types that hold most or all values of another one, the best first. */
const substitutes: Partial<Record<DType, readonly DType[]>> = {
  float64: ['float32'],
  float16: ['float32'],
  bfloat16: ['float32'],
  int8: ['int32', 'int64', 'float32'],
  int16: ['int32', 'int64', 'float32'],
  uint8: ['int32', 'int64', 'float32'],
  uint16: ['int32', 'int64', 'float32'],
  uint32: ['int64', 'int32', 'float32'],
  uint64: ['int64', 'float32'],
  int64: ['int32', 'float32'],
  int32: ['int64', 'float32'],
  bool: ['int32', 'float32'],
};

function closestType(dtype: DType, accepted: readonly DType[]): DType | undefined {
  return substitutes[dtype]?.find((candidate) => accepted.includes(candidate));
}
