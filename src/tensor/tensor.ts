import { byteLength, type DType } from './dtype.js';
import { isLent, lend } from './kernels/weight-kernels.js';
import { elementCount } from './shape.js';

/** The array that `Tensor.data` gives for a dtype: raw bits for float16 and bfloat16, pairs for complex. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

type TypedArrayConstructor = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
};

const views: Readonly<Record<Exclude<DType, 'string'>, TypedArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int4: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

const NO_BYTES = new Uint8Array(0);

/** Content that is made when it is asked for: weights that are only read, moved and scaled on their way to a file. */
export interface DeferredContent {
  /** Makes the bytes, anew at each call; they may be written to, but hold only until something else is loaded. */
  load(): Uint8Array;
  /** Contents with equal keys are equal. */
  readonly key: string;
  /** Equal contents have equal samples, as far as their origin tells; others may have them too. */
  readonly sample: string;
}

/**
 * A dense row-major tensor, little-endian, held by reference: `bytes` may be a view on a file's bytes and is never
 * written to, or is made when it is first asked for. String tensors keep their elements in `strings` and have no `bytes`.
 */
export class Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strings: readonly Uint8Array[];
  #content: Uint8Array | DeferredContent;
  #data: TypedArray | undefined;

  private constructor(
    dtype: DType,
    shape: readonly number[],
    content: Uint8Array | DeferredContent,
    strings: readonly Uint8Array[],
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.#content = content;
    this.strings = strings;
  }

  /** Wraps bytes without copying them. Throws a RangeError where their number does not fit shape and dtype. */
  static fromBytes(dtype: Exclude<DType, 'string'>, shape: readonly number[], bytes: Uint8Array): Tensor {
    const expected = byteLength(dtype, elementCount(shape));
    if (bytes.byteLength !== expected) {
      throw new RangeError(`${dtype}[${shape.join(', ')}] takes ${expected} bytes, not ${bytes.byteLength}`);
    }
    return new Tensor(dtype, shape, bytes, []);
  }

  /** A tensor whose bytes are made when they are asked for; they are kept only where `bytes` or `data` ask. */
  static deferred(dtype: Exclude<DType, 'string'>, shape: readonly number[], content: DeferredContent): Tensor {
    return new Tensor(dtype, shape, content, []);
  }

  /** Wraps a typed array without copying it; the array is the one that `data` gives for this dtype. */
  static from(dtype: Exclude<DType, 'string'>, shape: readonly number[], data: TypedArray): Tensor {
    const tensor = Tensor.fromBytes(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    tensor.#data = data;
    return tensor;
  }

  static fromStrings(shape: readonly number[], strings: readonly Uint8Array[]): Tensor {
    if (strings.length !== elementCount(shape)) {
      throw new RangeError(`string[${shape.join(', ')}] takes ${elementCount(shape)} elements, not ${strings.length}`);
    }
    return new Tensor('string', shape, NO_BYTES, strings);
  }

  static float32(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
    return Tensor.from('float32', shape, Float32Array.from(values));
  }

  static int32(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
    return Tensor.from('int32', shape, Int32Array.from(values));
  }

  /** The bytes; never written to. Those of a deferred tensor are made, and kept from then on. */
  get bytes(): Uint8Array {
    if (!(this.#content instanceof Uint8Array)) this.#content = this.load();
    return this.#content;
  }

  /** How the bytes will be made, while nobody has asked for them. */
  get deferred(): DeferredContent | undefined {
    return this.#content instanceof Uint8Array ? undefined : this.#content;
  }

  /** The bytes in a buffer of the caller's own, which he may write to; nothing is kept. */
  load(): Uint8Array {
    const bytes = this.pass();
    return this.#content instanceof Uint8Array ? new Uint8Array(bytes) : owned(bytes);
  }

  /**
   * The bytes for a moment: to be written to a file, or changed into others, before anything else is loaded. Those of a
   * deferred tensor may be written to, others may not.
   */
  pass(): Uint8Array {
    if (this.#content instanceof Uint8Array) return this.#content;
    const bytes = this.#content.load();
    if (bytes.byteLength !== this.byteLength) {
      throw new RangeError(`${this.byteLength} bytes were announced, ${bytes.byteLength} made`);
    }
    return bytes;
  }

  /** Bytes that the elements take; 0 for strings. */
  get byteLength(): number {
    return byteLength(this.dtype, this.size);
  }

  /**
   * The tensor that `change` makes of these bytes, as late as these: `change` may write to the buffer that it gets and
   * give it back. `name` tells it from other changes of the same tensor.
   */
  derive(shape: readonly number[], name: string, change: (bytes: Uint8Array) => Uint8Array): Tensor {
    if (this.dtype === 'string') throw new TypeError('a string tensor has no bytes');
    const { deferred } = this;
    if (!deferred) {
      // Lent, as those of a deferred tensor are, for the kernels that work on such memory.
      const bytes = lend(this.byteLength);
      bytes.set(this.bytes);
      return Tensor.fromBytes(this.dtype, shape, owned(change(bytes)));
    }
    return Tensor.deferred(this.dtype, shape, {
      load: () => change(this.pass()),
      key: `${name} of ${deferred.key}`,
      sample: `${name} of ${deferred.sample}`,
    });
  }

  /** Number of elements. */
  get size(): number {
    return elementCount(this.shape);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The elements as a typed array; a view where alignment allows, else one copy that is kept. */
  get data(): TypedArray {
    if (this.#data) return this.#data;
    if (this.dtype === 'string') throw new TypeError('a string tensor has no numeric data');
    const View = views[this.dtype];
    const { bytes } = this;
    const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
    this.#data = new View(aligned.buffer, aligned.byteOffset, aligned.byteLength / View.BYTES_PER_ELEMENT);
    return this.#data;
  }

  /** The same elements under another shape of the same size; nothing is copied. */
  reshape(shape: readonly number[]): Tensor {
    if (elementCount(shape) !== this.size) {
      throw new RangeError(`cannot reshape [${this.shape.join(', ')}] to [${shape.join(', ')}]`);
    }
    const result = new Tensor(this.dtype, shape, this.#content, this.strings);
    result.#data = this.#data;
    return result;
  }
}

/** The bytes in memory that nobody else will be lent. */
function owned(bytes: Uint8Array): Uint8Array {
  return isLent(bytes) ? new Uint8Array(bytes) : bytes;
}

/** A zero-filled typed array that suits `dtype`, of `count` elements (two numbers each for complex). */
export function allocate(dtype: Exclude<DType, 'string'>, count: number): TypedArray {
  const bytes = byteLength(dtype, count);
  const View = views[dtype];
  return new View(new ArrayBuffer(bytes), 0, bytes / View.BYTES_PER_ELEMENT);
}
