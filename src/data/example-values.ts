import { type DType, dtypes, isInteger } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { Feature } from '#wire/protobuf/example.generated.js';
import { shapeOfList } from './fit-shape.js';
import { ValueMismatch } from './value-mismatch.js';

/**
 * The tensor that a feature of a tf.train.Example holds for an input of this dtype and shape: lists of numbers become
 * numbers, a list of texts text, and one text, for an input of numbers, is their raw little-endian bytes. One free
 * dimension follows from the number of elements. Throws a ValueMismatch.
 */
export function featureTensor(feature: Feature, dtype: DType, shape: Shape): Tensor {
  const { bytesList: texts, floatList: floats, int64List: integers } = feature;
  if (texts) {
    if (dtype === 'string') return Tensor.fromStrings(shapeOfList(shape, texts.value.length), texts.value);
    const [raw, ...more] = texts.value;
    if (raw === undefined || more.length > 0)
      throw new ValueMismatch(`it is a list of ${texts.value.length} texts, not of numbers`);
    return fromRaw(raw, dtype, shape);
  }
  if (floats) {
    if (dtype !== 'float32' && dtype !== 'float64') throw new ValueMismatch('it is a list of floats');
    const dims = shapeOfList(shape, floats.value.length);
    return Tensor.from(
      dtype,
      dims,
      dtype === 'float32' ? Float32Array.from(floats.value) : Float64Array.from(floats.value),
    );
  }
  if (integers) {
    if (dtype === 'string' || (dtype !== 'bool' && !isInteger(dtype)))
      throw new ValueMismatch('it is a list of integers');
    return fromIntegers(integers.value, dtype, shapeOfList(shape, integers.value.length));
  }
  throw new ValueMismatch('it is empty');
}

function fromRaw(raw: Uint8Array, dtype: Exclude<DType, 'string'>, shape: Shape): Tensor {
  const { bytes } = dtypes[dtype];
  if (raw.length % bytes !== 0) throw new ValueMismatch(`its ${raw.length} bytes are no whole number of elements`);
  return Tensor.fromBytes(dtype, shapeOfList(shape, raw.length / bytes), raw);
}

function fromIntegers(
  values: readonly (number | bigint)[],
  dtype: Exclude<DType, 'string'>,
  shape: readonly number[],
): Tensor {
  const data = allocate(dtype, values.length);
  const large = data instanceof BigInt64Array || data instanceof BigUint64Array;
  values.forEach((value, i) => {
    if (large) (data as BigInt64Array)[i] = BigInt(value);
    else (data as Int32Array)[i] = Number(value);
    const kept = data[i] as number | bigint;
    if (BigInt(kept) !== BigInt(value) || (dtype === 'bool' && kept > 1)) {
      throw new ValueMismatch(`its element ${i} is ${value}, which is no ${dtype}`);
    }
  });
  return Tensor.from(dtype, shape, data);
}
