import { attr, type TfDType } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { sameShape } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { fromParts, onPairs, partsOf } from './support/complex-pairs.js';
import { broadcast, unsupportedType } from './support/lower-elementwise.js';
import { broadcastOf, knownTypes, shapeOf, typeOf } from './support/types.js';

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

export const Complex = defineTfOp({
  name: 'Complex',
  summary: 'A complex number of its two parts',
  operands: ['real', 'imag'],
  results: ['out'],
  attributes: { T: attr.dtype('float32'), Tout: attr.dtype('complex64') },
  infer: (op) => [typeOf(op.attributes.Tout, broadcastOf(op.operand(0), op.operand(1)))],
  fold: (op, [real, imaginary]) => {
    if (!real || !imaginary || !sameShape(real.shape, imaginary.shape)) return undefined;
    const pairs = allocate(op.attributes.Tout as 'complex64', real.size);
    for (let i = 0; i < real.size; i++) {
      pairs[2 * i] = real.data[i] as number;
      pairs[2 * i + 1] = imaginary.data[i] as number;
    }
    return [Tensor.from(op.attributes.Tout as 'complex64', real.shape, pairs)];
  },
  lower: (op, build) => {
    const [real, imaginary] = op.operands as [Value, Value];
    const { dtype } = tensorTypeOf(real);
    if (dtype !== 'float32') return unsupportedType(dtype, ['float32']);
    const shape = shapeOf(op.result());
    if (shape === null)
      return unsupported('the rank of a part is not known', 'Give it a known rank with `tf.ensure_shape`.');
    // Explicitly, since they are packed: to one shape in any case.
    const [x, y] = sameShape(shapeOf(real), shapeOf(imaginary))
      ? [real, imaginary]
      : broadcast(build, [real, imaginary], -1, shape);
    return fromParts(build, { real: x as Value, imaginary: y as Value });
  },
});

export const Conj = defineTfOp({
  name: 'Conj',
  summary: 'The complex conjugate',
  operands: ['input'],
  attributes: { T: attr.dtype('complex64') },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  lower: (op, build) => {
    const { T } = op.attributes;
    if (T !== 'complex64') return unsupportedType(T as 'complex128', ['complex64']);
    const signs = build.constant(Tensor.float32([1, -1]));
    return onPairs(build, [op.operand(0)], ([pairs]) => build.value(tfl.Mul, [pairs, signs]));
  },
});

export const Angle = defineTfOp({
  name: 'Angle',
  summary: 'The angle of a complex number',
  operands: ['input'],
  attributes: complexTypes,
  infer: (op) => [typeOf(op.attributes.Tout, shapeOf(op.operand(0)))],
  lower: (op, build) => {
    const { real, imaginary } = partsOf(build, op.operand(0));
    return build.value(tfl.Atan2, [imaginary, real]);
  },
});
