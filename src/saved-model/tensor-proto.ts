import { fail } from '#diagnostics/diagnostic.js';
import { byteLength, type DType, dtypes } from '#tensor/dtype.js';
import { elementCount } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import { readTensorProto, type TensorProto } from '#wire/protobuf/saved-model.generated.js';
import { dtypeFromNumber, isDType } from './dtypes.js';
import { decodeFrom, failCorrupt } from './files.js';
import { shapeFromProto } from './shapes.js';
import { decodeStrings } from './strings.js';

/** Protocol buffers end at 2 GiB, and so do constants, also those whose one value stands for many elements. */
const MAX_BYTES = 2 ** 31;

/** What an element of a string tensor takes at least in memory. */
const STRING_BYTES = 64;

/**
 * Decodes a TensorProto (`tensor.proto`): `tensor_content` is used in place, without a copy; of a `*_val` field the
 * last value is repeated to fill the shape. Fails with `corrupt-file`, or `unsupported-model` for types that no tensor
 * here can hold.
 */
export function tensorFromProto(path: string, bytes: Uint8Array): Tensor {
  const proto = decodeFrom(path, 'a constant', bytes, readTensorProto);
  const dtype = dtypeFromNumber(proto.dtype);
  if (!isDType(dtype)) {
    return fail('unsupported-model', {
      detail: `The graph holds a constant of type ${dtype}, which TFLite has not.`,
      locations: [{ file: path }],
    });
  }
  const shape = shapeFromProto(proto.tensorShape);
  if (!shape?.every((dim) => dim !== null)) return failCorrupt(path, 'a constant has an unknown shape');
  const count = elementCount(shape);
  if (!(count * (dtypes[dtype].bytes || STRING_BYTES) <= MAX_BYTES)) {
    return failCorrupt(path, `a constant has the shape [${shape.join(', ')}], too large for one`);
  }
  const content = proto.tensorContent;
  if (dtype === 'string') {
    const strings =
      content.length > 0 ? decodeStrings(path, content, count) : fillStrings(path, proto.stringVal, count);
    return Tensor.fromStrings(shape, strings);
  }
  if (dtype === 'int4') return packInt4(path, shape, content.length > 0 ? new Int8Array(content) : proto.intVal);
  if (content.length > 0) {
    if (content.length !== byteLength(dtype, count)) {
      failCorrupt(path, `a constant of ${dtype}[${shape.join(', ')}] has ${content.length} bytes of content`);
    }
    return Tensor.fromBytes(dtype, shape, content);
  }
  return Tensor.from(dtype, shape, fill(path, dtype, count, valuesOf(proto, dtype)));
}

/** The field in which values of this dtype stand. */
function valuesOf(proto: TensorProto, dtype: Exclude<DType, 'string'>): readonly (number | bigint | boolean)[] {
  switch (dtype) {
    case 'float32':
      return proto.floatVal;
    case 'float64':
      return proto.doubleVal;
    case 'float16':
    case 'bfloat16':
      return proto.halfVal;
    case 'int64':
      return proto.int64Val;
    case 'uint64':
      return proto.uint64Val;
    case 'uint32':
      return proto.uint32Val;
    case 'bool':
      return proto.boolVal;
    case 'complex64':
      return proto.scomplexVal;
    case 'complex128':
      return proto.dcomplexVal;
    default:
      return proto.intVal;
  }
}

function fill(
  path: string,
  dtype: Exclude<DType, 'string'>,
  count: number,
  values: readonly (number | bigint | boolean)[],
) {
  const data = allocate(dtype, count);
  const parts = dtypes[dtype].kind === 'complex' ? 2 : 1;
  if (values.length > data.length || values.length % parts !== 0) {
    failCorrupt(path, `a constant of ${count} ${dtype} elements has ${values.length / parts} values`);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < values.length; i++) data[i] = BigInt(values[i] as number | bigint);
    if (values.length > 0) data.fill(data[values.length - 1] as bigint, values.length);
  } else {
    for (let i = 0; i < values.length; i++) data[i] = Number(values[i]);
    if (values.length > 0 && parts === 1) data.fill(data[values.length - 1] as number, values.length);
    for (let i = values.length; parts === 2 && i >= 2 && i < data.length; i++) data[i] = data[i - 2] as number;
  }
  return data;
}

function fillStrings(path: string, values: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  if (values.length > count) failCorrupt(path, `a constant of ${count} strings has ${values.length} values`);
  const last = values.at(-1) ?? new Uint8Array(0);
  return Array.from({ length: count }, (_, i) => values[i] ?? last);
}

/** TensorFlow keeps a 4-bit integer in a byte of its own; here two share one, the low nibble first. */
export function packInt4(path: string, shape: readonly number[], values: ArrayLike<number>): Tensor {
  const count = elementCount(shape);
  if (values.length > count) failCorrupt(path, `${count} int4 elements have ${values.length} values`);
  const bytes = new Uint8Array(byteLength('int4', count));
  const last = values.length > 0 ? (values[values.length - 1] as number) : 0;
  for (let i = 0; i < count; i++) {
    const nibble = (i < values.length ? (values[i] as number) : last) & 15;
    bytes[i >>> 1] = (bytes[i >>> 1] as number) | (i % 2 === 0 ? nibble : nibble << 4);
  }
  return Tensor.fromBytes('int4', shape, bytes);
}
