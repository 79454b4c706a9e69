import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { fullyConnected } from './matmul.js';
import { fromPairs, toPairs } from './support/complex-pairs.js';
import { unsupportedType } from './support/lower-elementwise.js';
import { isConstantShape, reshapeTo as reshapeToConstant } from './support/lower-moved.js';
import { permute, reshapeTo, type Target } from './support/lower-shape.js';
import { constantIntegers, knownTypes, type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

// RFFT2D transforms real numbers at lengths that are powers of two. All else is the product with a matrix of sines and
// cosines, on pairs of real and imaginary parts.

/** The longest transform by a matrix: of 32 MB. */
const MAX_LENGTH = 2048;

/** Signs of the exponent: of a transform and of its inverse, which is also divided by the length. */
type Direction = -1 | 1;

/**
 * The matrix [outputs, inputs] that a transform of `length` multiplies by: numbers that are complex are two rows or
 * columns, real parts first. `inputs` is how many there are, of which those beyond the length are left out.
 */
function matrix(length: number, direction: Direction, from: Side, to: Side): Tensor {
  const scale = direction === 1 ? 1 / length : 1;
  const [rows, columns] = [to.count * to.parts, from.count * from.parts];
  const values = new Float32Array(rows * columns);
  for (let output = 0; output < to.count; output++) {
    for (let input = 0; input < Math.min(from.count, from.used); input++) {
      // Exact angles: the product is reduced before it is divided.
      const angle = (direction * 2 * Math.PI * ((output * input) % length)) / length;
      const weight = scale * (from.weight?.(input) ?? 1);
      const [cosine, sine] = [weight * Math.cos(angle), weight * Math.sin(angle)];
      const at = (row: number, column: number): number =>
        (output * to.parts + row) * columns + input * from.parts + column;
      values[at(0, 0)] = cosine;
      if (to.parts === 2) values[at(1, 0)] = sine;
      if (from.parts === 2) values[at(0, 1)] = -sine;
      if (from.parts === 2 && to.parts === 2) values[at(1, 1)] = cosine;
    }
  }
  return Tensor.float32(values, [rows, columns]);
}

/** What goes into a transform, or comes out: how many numbers, each of one part or two. */
interface Side {
  readonly count: number;
  readonly parts: 1 | 2;
  /** How many of them count. */
  readonly used: number;
  /** How often each is meant: of half a spectrum all but its ends stand for two. */
  readonly weight?: (index: number) => number;
}

const real = (count: number, used = count): Side => ({ count, parts: 1, used });
const complex = (count: number, used = count): Side => ({ count, parts: 2, used });

function half(length: number): number {
  return Math.floor(length / 2) + 1;
}

/** Half a spectrum, of which the other half is the mirror image. */
function mirrored(count: number, length: number): Side {
  const weight = (index: number): number => (index === 0 || 2 * index === length ? 1 : 2);
  return { count, parts: 2, used: half(length), weight };
}

/** Dimensions of a value from the first up to the last but `behind`, as targets of a reshape. */
function leading(value: Value, behind: number): Target[] {
  const rank = (rankOf(value) as number) - behind;
  return Array.from({ length: rank }, (_, axis) => ({ of: value, axis }));
}

/** Transforms the last dimension of numbers, of which those of two parts have these in one dimension more. */
function alongLast(build: LoweringBuilder, value: Value, weights: Tensor, from: Side, to: Side): Value {
  const ahead = leading(value, from.parts);
  const rows = from.parts === 1 ? value : reshapeTo(build, value, [...ahead, from.count * 2]);
  const product = fullyConnected(build, rows, weights);
  return to.parts === 1 ? product : reshapeTo(build, product, [...leading(product, 1), to.count, 2]);
}

/** The same for the last dimension but one of complex numbers: pairs [..., rows, columns, 2]. */
function alongRows(build: LoweringBuilder, pairs: Value, length: number, count: number, direction: Direction): Value {
  const rank = rankOf(pairs) as number;
  const swap = Array.from({ length: rank }, (_, i) => (i === rank - 3 ? i + 1 : i === rank - 2 ? i - 1 : i));
  const [from, to] = [complex(count, length), complex(length)];
  const turned = alongLast(build, permute(build, pairs, swap), matrix(length, direction, from, to), from, to);
  return permute(build, turned, swap);
}

/** Why a transform by a matrix cannot be written; undefined where it can. */
function unlessSmall(lengths: readonly Dim[] | undefined, sizes: readonly Dim[] | undefined): Unsupported | undefined {
  if (!lengths?.length || lengths.includes(null) || sizes?.length !== lengths.length || sizes.includes(null)) {
    return unsupported(
      'its length, or the size of what it transforms, is not known when the model is converted',
      'Give the transformed dimensions a fixed size, and `fft_length` as a constant.',
    );
  }
  const long = [...lengths, ...sizes].find((length) => (length as number) > MAX_LENGTH);
  if (long === undefined) return undefined;
  return unsupported(
    `it is written as a product with a matrix, which a length of ${long} makes too large`,
    `Split the signal into frames of at most ${MAX_LENGTH}, for example with \`tf.signal.stft\`.`,
  );
}

function isPowerOfTwo(length: number): boolean {
  return length > 0 && (length & (length - 1)) === 0;
}

function toSpectrum(name: string, dims: 1 | 2, summary: string) {
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
      return [
        typeOf(op.attributes.Tcomplex, [
          ...shape.slice(0, -dims),
          ...lengths.slice(0, -1),
          last === null ? null : half(last),
        ]),
      ];
    },
    lower: (op, build) => lowerToSpectrum(op, build, dims),
  });
}

export const RFFT = toSpectrum('RFFT', 1, 'Fourier transform of real numbers along the last dimension');
export const RFFT2D = toSpectrum('RFFT2D', 2, 'Fourier transform of real numbers over the last two dimensions');

function lowerToSpectrum(op: OpView, build: LoweringBuilder, dims: 1 | 2): Lowered {
  const input = op.operand(0);
  const { dtype, shape } = tensorTypeOf(input);
  if (dtype !== 'float32') return unsupportedType(dtype, ['float32']);
  const lengths = constantIntegers(op.operand(1));
  if (lengths?.every(isPowerOfTwo) && shape !== null) return byKernel(op, build, dims, lengths);
  const problem = unlessSmall(lengths, shape?.slice(-dims));
  if (problem) return problem;
  const [length, rows] = (lengths as number[]).toReversed() as [number, number | undefined];
  const [from, to] = [real(shape?.at(-1) as number, length), complex(half(length))];
  let pairs = alongLast(build, input, matrix(length, -1, from, to), from, to);
  if (rows !== undefined) pairs = alongRows(build, pairs, rows, shape?.at(-2) as number, -1);
  return fromPairs(build, pairs);
}

/** RFFT2D of rows of height 1 for one dimension. */
function byKernel(op: OpView, build: LoweringBuilder, dims: 1 | 2, lengths: readonly number[]): Value {
  const input = op.operand(0);
  if (dims === 2) return build.value(tfl.Rfft2d, [input, build.ints(lengths)], {}, knownTypes(op.results));
  const rows = withRow(build, input);
  const spectrum = build.value(tfl.Rfft2d, [rows, build.ints([1, ...lengths])]);
  return withoutRow(build, spectrum, op.result());
}

function withRow(build: LoweringBuilder, value: Value): Value {
  const shape = shapeOf(value) as readonly Dim[];
  const rows = shape.toSpliced(shape.length - 1, 0, 1);
  if (isConstantShape(rows)) return reshapeToConstant(build, value, rows);
  return build.value(tfl.ExpandDims, [value, build.int(shape.length - 1)]);
}

function withoutRow(build: LoweringBuilder, value: Value, result: Value): Value {
  const shape = shapeOf(result);
  if (shape !== null && isConstantShape(shape)) return reshapeToConstant(build, value, shape);
  const axis = (rankOf(value) ?? 2) - 2;
  return build.value(tfl.Squeeze, [value], { squeeze_dims: [axis] }, [tensorType('complex64', shape)]);
}

function fromSpectrum(name: string, dims: 1 | 2, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['input', 'fft_length'],
    attributes: { Treal: attr.dtype('float32'), Tcomplex: attr.dtype('complex64') },
    infer: (op): readonly Type[] => {
      const shape = shapeOf(op.operand(0));
      if (shape === null) return [typeOf(op.attributes.Treal, null)];
      if (shape.length < dims) throw new InferenceError(`it needs at least ${dims} dimensions`);
      const lengths: readonly Dim[] = constantIntegers(op.operand(1)) ?? new Array<null>(dims).fill(null);
      return [typeOf(op.attributes.Treal, [...shape.slice(0, -dims), ...lengths])];
    },
    lower: (op, build): Lowered => {
      const input = op.operand(0);
      const { dtype, shape } = tensorTypeOf(input);
      if (dtype !== 'complex64') return unsupportedType(dtype, ['complex64']);
      const lengths = constantIntegers(op.operand(1));
      const problem = unlessSmall(lengths, shape?.slice(-dims));
      if (problem) return problem;
      const [length, rows] = (lengths as number[]).toReversed() as [number, number | undefined];
      let pairs = toPairs(build, input);
      if (rows !== undefined) pairs = alongRows(build, pairs, rows, shape?.at(-2) as number, 1);
      const [from, to] = [mirrored(shape?.at(-1) as number, length), real(length)];
      return alongLast(build, pairs, matrix(length, 1, from, to), from, to);
    },
  });
}

export const IRFFT = fromSpectrum('IRFFT', 1, 'Inverse Fourier transform to real numbers along the last dimension');
export const IRFFT2D = fromSpectrum(
  'IRFFT2D',
  2,
  'Inverse Fourier transform to real numbers over the last two dimensions',
);

function complexTransform(name: string, dims: 1 | 2, direction: Direction, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['input'],
    attributes: { Tcomplex: attr.dtype('complex64') },
    infer: (op) => [typeOf(op.attributes.Tcomplex, shapeOf(op.operand(0)))],
    lower: (op, build): Lowered => {
      const input = op.operand(0);
      const { dtype, shape } = tensorTypeOf(input);
      if (dtype !== 'complex64') return unsupportedType(dtype, ['complex64']);
      const sizes = shape?.slice(-dims);
      const problem = unlessSmall(sizes, sizes);
      if (problem) return problem;
      const [length, rows] = (sizes as number[]).toReversed() as [number, number | undefined];
      const side = complex(length);
      let pairs = alongLast(build, toPairs(build, input), matrix(length, direction, side, side), side, side);
      if (rows !== undefined) pairs = alongRows(build, pairs, rows, rows, direction);
      return fromPairs(build, pairs);
    },
  });
}

export const FFT = complexTransform('FFT', 1, -1, 'Fourier transform along the last dimension');
export const IFFT = complexTransform('IFFT', 1, 1, 'Inverse Fourier transform along the last dimension');
export const FFT2D = complexTransform('FFT2D', 2, -1, 'Fourier transform over the last two dimensions');
export const IFFT2D = complexTransform('IFFT2D', 2, 1, 'Inverse Fourier transform over the last two dimensions');
