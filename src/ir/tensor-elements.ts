import type { DType } from '#tensor/dtype.js';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '#tensor/float16.js';
import { elementCount } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';

/** One element as the text form writes it; a complex number is a pair. */
export type Element = number | bigint | boolean | Uint8Array | readonly [number, number];

/** Element `index` of a tensor. */
export function elementAt(tensor: Tensor, index: number): Element {
  if (tensor.dtype === 'string') return tensor.strings[index] as Uint8Array;
  const { data, dtype } = tensor;
  switch (dtype) {
    case 'bool':
      return data[index] !== 0;
    case 'float16':
      return float16ToNumber(data[index] as number);
    case 'bfloat16':
      return bfloat16ToNumber(data[index] as number);
    case 'complex64':
    case 'complex128':
      return [data[2 * index] as number, data[2 * index + 1] as number];
    case 'int4': {
      const nibble = ((data[index >> 1] as number) >> (4 * (index & 1))) & 0xf;
      return nibble < 8 ? nibble : nibble - 16;
    }
    default:
      return data[index] as number | bigint;
  }
}

/** Makes a tensor of `elementCount(shape)` elements, each asked for once, in order. */
export function tensorOfElements(dtype: DType, shape: readonly number[], at: (index: number) => Element): Tensor {
  const count = elementCount(shape);
  if (dtype === 'string') {
    return Tensor.fromStrings(
      shape,
      Array.from({ length: count }, (_, i) => at(i) as Uint8Array),
    );
  }
  const data = allocate(dtype, count);
  for (let i = 0; i < count; i++) {
    const element = at(i);
    if (Array.isArray(element)) {
      data[2 * i] = element[0];
      data[2 * i + 1] = element[1];
    } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      data[i] = BigInt(element as number | bigint | boolean);
    } else {
      const number = Number(element);
      if (dtype === 'float16') data[i] = numberToFloat16(number);
      else if (dtype === 'bfloat16') data[i] = numberToBfloat16(number);
      else if (dtype === 'int4') data[i >> 1] = (data[i >> 1] as number) | ((number & 0xf) << (4 * (i & 1)));
      else data[i] = number;
    }
  }
  return Tensor.from(dtype, shape, data);
}

/** The element that all of a tensor's elements are, compared bit by bit; undefined where they differ or are none. */
export function repeatedElement(tensor: Tensor): Element | undefined {
  const { size } = tensor;
  if (size === 0) return undefined;
  const first = elementAt(tensor, 0);
  if (tensor.dtype === 'string') {
    const { strings } = tensor;
    return strings.every((text) => sameBytes(text, first as Uint8Array)) ? first : undefined;
  }
  const width = tensor.bytes.length / size;
  // An int4 tensor is compared element by element: its elements are no whole bytes.
  if (tensor.dtype === 'int4') {
    for (let i = 1; i < size; i++) if (elementAt(tensor, i) !== first) return undefined;
    return first;
  }
  const { bytes } = tensor;
  // A sequence repeats with period `width` if it equals itself moved by `width`.
  return sameBytes(bytes.subarray(width), bytes.subarray(0, bytes.length - width)) ? first : undefined;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true;
  return Buffer.compare(a, b) === 0;
}
