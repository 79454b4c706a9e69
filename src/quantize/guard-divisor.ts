import type { Editor } from '#ir/editor.js';
import type { Op, Value } from '#ir/graph.js';
import { type TensorType, tensorType } from '#ir/type.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { type Affine, limits } from './affine.js';

/**
 * A divisor in integers without zeros, which make the kernel end the run: the least number that its scale tells from
 * zero stands for them. Made in front of `op`, whose results lie beyond their range there in any case.
 */
export function guardDivisor(editor: Editor, divisor: Value, op: Op, dtype: 'int8' | 'int16', affine: Affine): Value {
  const { region, location } = op;
  if (!region) throw new Error(`${op.name} is not placed`);
  const at = { region, before: op };
  const type = divisor.type as TensorType;
  const { zeroPoint } = affine;
  const { min, max } = limits[dtype];
  const stored = (number: number): Value => {
    const value = editor.constant(at, Tensor.from(dtype, [], allocate(dtype, 1).fill(number as never)), location);
    editor.setType(value, tensorType(dtype, [], type.quantization));
    return value;
  };
  const types = [type];
  // Numbers of one sign only.
  if (zeroPoint <= min) {
    return editor.create(at, tfl.Maximum, [divisor, stored(zeroPoint + 1)], {}, location, { types }).result();
  }
  if (zeroPoint >= max) {
    return editor.create(at, tfl.Minimum, [divisor, stored(zeroPoint - 1)], {}, location, { types }).result();
  }
  // Whole numbers are compared: the kernel for quantized ones takes no large scales.
  const cast = { in_data_type: dtype.toUpperCase(), out_data_type: 'INT32' };
  const whole = editor.create(at, tfl.Cast, [divisor], cast, location).result();
  const zero = editor.constant(at, Tensor.int32([zeroPoint], []), location);
  const isZero = editor.create(at, tfl.Equal, [whole, zero], {}, location).result();
  return editor.create(at, tfl.SelectV2, [isZero, stored(zeroPoint + 1), divisor], {}, location, { types }).result();
}
