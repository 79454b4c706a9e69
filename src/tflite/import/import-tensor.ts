import { type Quantization, type Type, tensorType } from '#ir/type.js';
import { byteLength, type DType } from '#tensor/dtype.js';
import { elementCount, type Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { type BufferContent, keptBytes, type TensorRecord } from '../file/model-record.js';
import { unpackStrings } from '../file/packed-strings.js';
import { dtypeOfElementType } from '../ops/element-type.js';
import { failInvalid, failUnsupported, type ImportPlace } from './import-failure.js';

const FROM_TENSORFLOW = 'Convert the SavedModel that the file was made from.';

/** The type of a value that is made at run time. Throws a DiagnosticError for what no type of the IR can say. */
export function typeOfTensor(tensor: TensorRecord, place: ImportPlace): Type {
  if (tensor.type === 'RESOURCE') return { kind: 'resource' };
  if (tensor.type === 'VARIANT') return { kind: 'variant' };
  return tensorType(dtypeOf(tensor, place), shapeOf(tensor), quantizationOf(tensor, place));
}

function dtypeOf({ name, type }: TensorRecord, place: ImportPlace): DType {
  const dtype = dtypeOfElementType(type);
  if (dtype === undefined) failUnsupported({ ...place, node: name }, `tensors of ${type} are not supported`);
  return dtype;
}

/** A size below 0 is unknown. Before there was a field that says that there is a rank, scalars were written without it. */
function shapeOf({ shape, shape_signature, has_rank }: TensorRecord): Shape {
  if (shape.length === 0 && !has_rank) return null;
  const dims = shape_signature.length === shape.length ? shape_signature : shape;
  return dims.map((dim) => (dim < 0 ? null : dim));
}

function quantizationOf({ name, quantization }: TensorRecord, place: ImportPlace): Quantization | undefined {
  if (!quantization) return undefined;
  const { scale, zero_point, details, quantized_dimension } = quantization;
  if (details !== undefined && details.type !== 'CustomQuantization') {
    failUnsupported({ ...place, node: name }, `${details.type} of the tensor "${name}" is not supported`);
  }
  if (scale.length === 0) return undefined;
  const zeroPoint = scale.map((_, i) => Number(zero_point[zero_point.length === 1 ? 0 : i] ?? 0));
  return { scale, zeroPoint, ...(scale.length > 1 ? { axis: quantized_dimension } : {}) };
}

/**
 * The tensor in a buffer, a view on its bytes, or deferred where these are read when they are asked for. Throws a DiagnosticError where their number does not fit, or they are
 * sparse.
 */
export function constantOfTensor(tensor: TensorRecord, buffer: BufferContent, place: ImportPlace): Tensor {
  const { name, shape } = tensor;
  const here = { ...place, node: name };
  const dtype = dtypeOf(tensor, place);
  if (tensor.sparsity !== undefined) {
    failUnsupported(here, `the constant "${name}" is stored sparsely, which is not supported`, FROM_TENSORFLOW);
  }
  if (shape.some((size) => size < 0)) failInvalid(here, `the constant "${name}" has a size below 0`);
  if (dtype === 'string') return stringsIn(keptBytes(buffer), shape, here);
  const expected = byteLength(dtype, elementCount(shape));
  if (buffer.byteLength !== expected) {
    failInvalid(here, `the constant "${name}" takes ${expected} bytes, not ${buffer.byteLength}`);
  }
  if (buffer instanceof Uint8Array) return Tensor.fromBytes(dtype, shape, buffer);
  const { key, sample } = buffer;
  if (key === undefined || sample === undefined) return Tensor.fromBytes(dtype, shape, keptBytes(buffer));
  return Tensor.deferred(dtype, shape, { load: () => buffer.load(), key, sample });
}

/** State at the start of a run: zeros, which no memory is spent on. */
export function initialState(tensor: TensorRecord, place: ImportPlace): Tensor {
  const dtype = dtypeOf(tensor, place);
  const here = { ...place, node: tensor.name };
  if (dtype === 'string') failUnsupported(here, `the variable tensor "${tensor.name}" holds strings`);
  if (tensor.shape.some((size) => size < 0))
    failInvalid(here, `the variable tensor "${tensor.name}" has no fixed size`);
  const bytes = byteLength(dtype, elementCount(tensor.shape));
  const key = `zeros ${bytes}`;
  return Tensor.deferred(dtype, tensor.shape, { load: () => new Uint8Array(bytes), key, sample: key });
}

function stringsIn(buffer: Uint8Array, shape: readonly number[], place: ImportPlace): Tensor {
  const strings = unpackStrings(buffer, elementCount(shape));
  if (strings === undefined) failInvalid(place, `the strings of the constant "${place.node}" are damaged`);
  return Tensor.fromStrings(shape, strings);
}
