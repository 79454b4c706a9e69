import { isInteger } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';
import { LABEL } from '../label.js';
import { ValueMismatch } from '../value-mismatch.js';
import type { ClassNumbers } from '../value-tensor.js';

/** Undefined where the classes are not known. */
export function classNumbers(names: readonly string[] | undefined): ClassNumbers | undefined {
  return names && new Map(names.map((name, i) => [name, i]));
}

/**
 * Throws a ValueMismatch for a label that is the number of none of the classes, where these are known. Of labels with
 * many elements, such as those of pixels, some may stand for no class.
 */
export function refuseNumberOfNoClass(key: string, tensor: Tensor, classes: ClassNumbers | undefined): void {
  if (key !== LABEL || classes === undefined || !isInteger(tensor.dtype) || tensor.size !== 1) return;
  const number = tensor.data[0] as number | bigint;
  if (number < 0 || number >= classes.size) {
    throw new ValueMismatch(
      `it is ${number}, and the ${classes.size} classes have the numbers from 0 to ${classes.size - 1}`,
    );
  }
}
