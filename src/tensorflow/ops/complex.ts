import { attr, type TfDType } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { unsupportedType } from './support/lower-elementwise.js';
import { isConstantShape, reshapeTo } from './support/lower-moved.js';
import { constantIntegers, knownTypes, type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

const complexTypes = { T: attr.dtype('complex64'), Tout: attr.dtype('float32') };

/** One real number of each complex one. */
function part(
  tensor: Tensor,
  dtype: TfDType,
  of: (real: number, imaginary: number) => number,
): readonly Tensor[] | undefined {
  if (dtype !== 'float32' && dtype !== 'float64') return undefined;
  const pairs = tensor.data as Float64Array;
  const result = allocate(dtype, tensor.size);
  for (let i = 0; i < tensor.size; i++) result[i] = of(pairs[2 * i] as number, pairs[2 * i + 1] as number);
  return [Tensor.from(dtype, tensor.shape, result)];
}

function realPart(
  name: string,
  summary: string,
  names: readonly [string, string],
  of: (real: number, imaginary: number) => number,
  definition: TflOpDefinition,
) {
  return defineTfOp({
    name,
    summary,
    operands: [names[0]],
    results: [names[1]],
    attributes: complexTypes,
    infer: (op) => [typeOf(op.attributes.Tout, shapeOf(op.operand(0)))],
    fold: (op, [input]) => input && part(input, op.attributes.Tout, of),
    lower: (op, build) => build.value(definition, [op.operand(0)], {}, knownTypes(op.results)),
  });
}

export const Real = realPart('Real', 'The real part', ['input', 'output'], (real) => real, tfl.Real);
export const Imag = realPart('Imag', 'The imaginary part', ['input', 'output'], (_, imaginary) => imaginary, tfl.Imag);
export const ComplexAbs = realPart('ComplexAbs', 'The absolute value', ['x', 'y'], Math.hypot, tfl.ComplexAbs);

function transform(name: string, dims: 1 | 2, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['input', 'fft_length'],
    attributes: { Treal: attr.dtype('float32'), Tcomplex: attr.dtype('complex64') },
    infer: (op) => {
      const shape = shapeOf(op.operand(0));
      if (shape === null) return [typeOf(op.attributes.Tcomplex, null)];
      if (shape.length < dims) throw new InferenceError(`it needs at least ${dims} dimensions`);
      const lengths: readonly Dim[] = constantIntegers(op.operand(1)) ?? new Array<null>(dims).fill(null);
      const last = lengths.at(-1) ?? null;
      const half = last === null ? null : Math.floor(last / 2) + 1;
      return [typeOf(op.attributes.Tcomplex, [...shape.slice(0, -dims), ...lengths.slice(0, -1), half])];
    },
    lower: (op, build) => lowerTransform(op, build, dims),
  });
}

export const RFFT = transform('RFFT', 1, 'Fourier transform of real numbers along the last dimension');
export const RFFT2D = transform('RFFT2D', 2, 'Fourier transform of real numbers over the last two dimensions');

/** RFFT2D of rows of height 1 for one dimension; the kernel wants lengths that are powers of two. */
function lowerTransform(op: OpView, build: LoweringBuilder, dims: 1 | 2): Lowered {
  const input = op.operand(0);
  const { dtype, shape } = tensorTypeOf(input);
  if (dtype !== 'float32') return unsupportedType(dtype, ['float32']);
  const lengths = constantIntegers(op.operand(1));
  const wrong = lengths?.find((length) => length <= 0 || (length & (length - 1)) !== 0);
  if (!lengths || wrong !== undefined || shape === null) {
    return unsupported(
      wrong === undefined
        ? 'its length is not constant'
        : `TFLite transforms lengths that are powers of two only, not ${wrong}`,
      'Pass a constant `fft_length` that is a power of two, such as 256 or 512; shorter input is padded with zeros.',
    );
  }
  if (dims === 2) return build.value(tfl.Rfft2d, [input, build.ints(lengths)], {}, knownTypes(op.results));
  const rows = withRow(build, input);
  const spectrum = build.value(tfl.Rfft2d, [rows, build.ints([1, ...lengths])]);
  return withoutRow(build, spectrum, op.result());
}

function withRow(build: LoweringBuilder, value: Value): Value {
  const shape = shapeOf(value) as readonly Dim[];
  const rows = shape.toSpliced(shape.length - 1, 0, 1);
  if (isConstantShape(rows)) return reshapeTo(build, value, rows);
  return build.value(tfl.ExpandDims, [value, build.int(shape.length - 1)]);
}

function withoutRow(build: LoweringBuilder, value: Value, result: Value): Value {
  const shape = shapeOf(result);
  if (shape !== null && isConstantShape(shape)) return reshapeTo(build, value, shape);
  const axis = (rankOf(value) ?? 2) - 2;
  return build.value(tfl.Squeeze, [value], { squeeze_dims: [axis] }, [tensorType('complex64', shape)]);
}
