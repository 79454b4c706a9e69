import { type DType, dtypes, isInteger } from '#tensor/dtype.js';
import { elementCount, isStatic, type Shape } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { Feature } from '#wire/protobuf/example.generated.js';

/** Why a feature is not what an input takes. */
export class FeatureMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FeatureMismatch';
  }
}

/**
 * The tensor that a feature of a tf.train.Example holds for an input of this dtype and shape: lists of numbers become
 * numbers, a list of texts text, and one text, for an input of numbers, is their raw little-endian bytes. One free
 * dimension follows from the number of elements. Throws a FeatureMismatch.
 */
export function featureTensor(feature: Feature, dtype: DType, shape: Shape): Tensor {
  const { bytesList: texts, floatList: floats, int64List: integers } = feature;
  if (texts) {
    if (dtype === 'string') return Tensor.fromStrings(shapeFor(shape, texts.value.length), texts.value);
    const [raw, ...more] = texts.value;
    if (raw === undefined || more.length > 0)
      throw new FeatureMismatch(`it is a list of ${texts.value.length} texts, not of numbers`);
    return fromRaw(raw, dtype, shape);
  }
  if (floats) {
    if (dtype !== 'float32' && dtype !== 'float64') throw new FeatureMismatch('it is a list of floats');
    const dims = shapeFor(shape, floats.value.length);
    return Tensor.from(
      dtype,
      dims,
      dtype === 'float32' ? Float32Array.from(floats.value) : Float64Array.from(floats.value),
    );
  }
  if (integers) {
    if (dtype === 'string' || (dtype !== 'bool' && !isInteger(dtype)))
      throw new FeatureMismatch('it is a list of integers');
    return fromIntegers(integers.value, dtype, shapeFor(shape, integers.value.length));
  }
  throw new FeatureMismatch('it is empty');
}

function fromRaw(raw: Uint8Array, dtype: Exclude<DType, 'string'>, shape: Shape): Tensor {
  const { bytes } = dtypes[dtype];
  if (raw.length % bytes !== 0) throw new FeatureMismatch(`its ${raw.length} bytes are no whole number of elements`);
  return Tensor.fromBytes(dtype, shapeFor(shape, raw.length / bytes), raw);
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
      throw new FeatureMismatch(`its element ${i} is ${value}, which is no ${dtype}`);
    }
  });
  return Tensor.from(dtype, shape, data);
}

/** The shape with its free dimension worked out. */
function shapeFor(shape: Shape, count: number): readonly number[] {
  if (shape === null) return [count];
  // A free first dimension is the batch, unless the elements are more than one row has.
  const candidates = shape[0] === null ? [[1, ...shape.slice(1)], shape] : [shape];
  for (const candidate of candidates) {
    const open = candidate.indexOf(null);
    const known = elementCount(candidate.map((dim) => dim ?? 1));
    const dims = candidate.map((dim, axis) => (axis === open ? count / known : dim));
    if (isStatic(dims) && elementCount(dims) === count && dims.every(Number.isInteger)) return dims;
  }
  const wanted = elementCount(shape.map((dim) => dim ?? 1));
  throw new FeatureMismatch(`it has ${count} elements${isStatic(shape) ? `, not ${wanted}` : ''}`);
}
