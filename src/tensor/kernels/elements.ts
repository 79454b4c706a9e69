import type { DType } from '../dtype.js';
import { allocate, Tensor, type TypedArray } from '../tensor.js';

/** Below this many entries a loop beats the call of `set`. */
const SHORT_RUN = 24;

/** The elements of a tensor as a flat array, so that kernels which only move them need not know the dtype. */
export class Elements {
  readonly dtype: DType;
  /** Entries of `array` an element: 2 for complex numbers. */
  readonly lanes: number;
  readonly array: TypedArray | Uint8Array[];

  private constructor(dtype: DType, array: TypedArray | Uint8Array[]) {
    if (dtype === 'int4') throw new TypeError('int4 elements are packed and cannot be moved one by one');
    this.dtype = dtype;
    this.lanes = dtype === 'complex64' || dtype === 'complex128' ? 2 : 1;
    this.array = array;
  }

  /** The elements of a tensor, not copied: for reading only. */
  static of(tensor: Tensor): Elements {
    return new Elements(tensor.dtype, tensor.dtype === 'string' ? (tensor.strings as Uint8Array[]) : tensor.data);
  }

  /** Zeros, or empty strings, to be written. */
  static zeros(dtype: DType, count: number): Elements {
    return new Elements(
      dtype,
      dtype === 'string' ? new Array<Uint8Array>(count).fill(new Uint8Array(0)) : allocate(dtype, count),
    );
  }

  /** Copies `count` neighbouring elements of `source`, which has the same dtype, from index `from` to index `at`. */
  copy(at: number, source: Elements, from: number, count: number): void {
    const { lanes } = this;
    const entries = count * lanes;
    // Number arrays stand for all kinds: entries are only passed on.
    const to = this.array as unknown as number[];
    const read = source.array as unknown as number[];
    if (entries <= SHORT_RUN || Array.isArray(this.array)) {
      for (let i = 0, a = at * lanes, b = from * lanes; i < entries; i++) to[a++] = read[b++] as number;
    } else {
      const typed = source.array as Float32Array;
      (this.array as Float32Array).set(typed.subarray(from * lanes, from * lanes + entries), at * lanes);
    }
  }

  /** Sets `count` neighbouring elements to element `from` of `source`. */
  fill(at: number, source: Elements, from: number, count: number): void {
    if (this.lanes === 1) {
      (this.array as Float32Array).fill(source.array[from] as unknown as number, at, at + count);
    } else {
      for (let i = 0; i < count; i++) this.copy(at + i, source, from, 1);
    }
  }

  /** These elements under a shape; nothing is copied. */
  toTensor(shape: readonly number[]): Tensor {
    if (this.dtype === 'string') return Tensor.fromStrings(shape, this.array as Uint8Array[]);
    return Tensor.from(this.dtype, shape, this.array as TypedArray);
  }
}
