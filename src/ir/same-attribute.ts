import { Tensor } from '#tensor/tensor.js';
import type { AttributeValue } from './attribute.js';
import { sameBytes } from './tensor-elements.js';
import { sameTensor } from './tensor-hash.js';

/** Deep equality; NaN equals itself, and −0 is not 0. */
export function sameAttribute(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Tensor || b instanceof Tensor) return a instanceof Tensor && b instanceof Tensor && sameTensor(a, b);
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b);
  }
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => sameAttribute(item, b[i]));
  return false;
}

function isList(value: AttributeValue | undefined): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
