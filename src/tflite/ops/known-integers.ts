import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';

/** How far back integers are traced; shapes are put together in two or three steps. */
const MAX_DEPTH = 6;

/** The elements of an integer tensor as numbers. */
export function integersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/**
 * What is known of the elements of an integer vector or scalar: `null` for each unknown one, undefined where not even
 * their number is known. Sees through the ops that compute shapes at run time.
 */
export function knownIntegers(value: Value | undefined, depth = MAX_DEPTH): readonly (number | null)[] | undefined {
  if (value?.type.kind !== 'tensor') return undefined;
  const constant = constantOf(value);
  if (constant) return integersOf(constant);
  const { shape } = value.type;
  if (shape === null || shape.length > 1) return undefined;
  return traced(value, depth) ?? unknown(shape[0]);
}

function unknown(count: number | null | undefined): null[] | undefined {
  return count === null ? undefined : new Array<null>(count ?? 1).fill(null);
}

// Ops are told apart by name: their definitions stand on this file.
function traced(value: Value, depth: number): readonly (number | null)[] | undefined {
  const op = value.producer;
  if (!op || depth === 0) return undefined;
  switch (op.name) {
    case 'tfl.shape': {
      const type = op.operand(0).type;
      return type.kind === 'tensor' && type.shape !== null ? type.shape : undefined;
    }
    case 'tfl.pack':
    case 'tfl.concatenation': {
      const parts = op.operands.map((operand) => knownIntegers(operand, depth - 1));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'tfl.cast':
    case 'tfl.reshape':
    case 'tfl.squeeze':
    case 'tfl.expand_dims':
      return knownIntegers(op.operand(0), depth - 1);
    case 'tfl.slice':
    case 'tfl.strided_slice': {
      const source = knownIntegers(op.operand(0), depth - 1);
      const begin = constantOf(op.operand(1));
      const count = value.type.kind === 'tensor' ? (value.type.shape?.[0] ?? 1) : 1;
      if (!source || !begin || begin.size !== 1) return undefined;
      const masked = op.name === 'tfl.strided_slice' && op.attributes['begin_mask'] === 1;
      const stride = op.name === 'tfl.slice' ? 1 : constantOf(op.operand(3));
      if (stride !== 1 && (stride === undefined || integersOf(stride)[0] !== 1)) return undefined;
      const [at = 0] = integersOf(begin);
      const from = masked ? 0 : at < 0 ? at + source.length : at;
      return source.slice(from, from + count);
    }
    case 'tfl.gather': {
      const source = knownIntegers(op.operand(0), depth - 1);
      const indices = constantOf(op.operand(1));
      if (!source || !indices || op.attributes['batch_dims'] !== 0) return undefined;
      return integersOf(indices).map((i) => source[i] ?? null);
    }
    default:
      return undefined;
  }
}
