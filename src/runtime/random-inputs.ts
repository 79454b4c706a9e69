import { type DType, dtypes } from '#tensor/dtype.js';
import { elementCount } from '#tensor/shape.js';
import { allocate, Tensor, type TypedArray } from '#tensor/tensor.js';
import type { SignatureInfo } from './interpreter.js';

export interface RandomInputOptions {
  /** The same seed gives the same inputs on any machine. Default: 1. */
  readonly seed?: number;
  /** Size of dimensions that the model leaves open. Default: 1. */
  readonly freeDimension?: number;
  /** Exclusive upper limit of integers, which are often indices. Default: 2. */
  readonly integerLimit?: number;
}

/**
 * Inputs to try a signature with: floats and complex numbers from N(0, 1), integers from 0 up to a small limit (of
 * quantized inputs: the whole range of their type), bools. Each input depends on the seed and its name alone. Text
 * becomes empty strings; of inputs of unknown rank, scalars.
 */
export function randomInputs(signature: SignatureInfo, options: RandomInputOptions = {}): Map<string, Tensor> {
  const { seed = 1, freeDimension = 1, integerLimit = 2 } = options;
  const inputs = new Map<string, Tensor>();
  for (const { name, dtype, shape, quantization } of signature.inputs) {
    const dims = (shape ?? []).map((dim) => dim ?? freeDimension);
    const next = generator(seed, name);
    const tensor =
      dtype === 'string'
        ? Tensor.fromStrings(dims, new Array<Uint8Array>(elementCount(dims)).fill(new Uint8Array(0)))
        : Tensor.from(dtype, dims, fill(dtype, elementCount(dims), next, quantization ? undefined : integerLimit));
    inputs.set(name, tensor);
  }
  return inputs;
}

type Generator = () => number;

/** Uniform in [0, 1): mulberry32, seeded with the FNV-1a hash of the name. */
function generator(seed: number, name: string): Generator {
  let state = (0x811c9dc5 ^ seed) >>> 0;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Near enough to N(0, 1): the sum of twelve uniform numbers. Not Box–Muller, because the last bits of logarithm and
 * cosine differ between machines.
 */
function normal(next: Generator): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += next();
  return sum;
}

function fill(dtype: Exclude<DType, 'string'>, count: number, next: Generator, limit: number | undefined): TypedArray {
  const data = allocate(dtype, count);
  const { kind, bytes } = dtypes[dtype];
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = BigInt(Math.floor(next() * (limit ?? 2)));
  } else if (kind === 'bool') {
    for (let i = 0; i < data.length; i++) data[i] = next() < 0.5 ? 0 : 1;
  } else if (kind === 'float' && bytes === 2) {
    for (let i = 0; i < data.length; i++) data[i] = halfBits(normal(next), dtype === 'bfloat16');
  } else if (kind === 'float' || kind === 'complex') {
    for (let i = 0; i < data.length; i++) data[i] = normal(next);
  } else {
    // What does not fit a typed array wraps around: all of the type's values come up.
    for (let i = 0; i < data.length; i++) data[i] = Math.floor(next() * (limit ?? 2 ** (8 * data.BYTES_PER_ELEMENT)));
  }
  return data;
}

/** The 16 bits of a number of moderate size, cut off rather than rounded; below float16's normal range, zero. */
function halfBits(value: number, brain: boolean): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
  if (brain) return bits >>> 16;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff));
}
