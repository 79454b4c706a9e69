import { type AttributeSpecs, attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { transpose } from '#tensor/kernels/transpose.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { unlessFloat32 } from './convolution-layout.js';
import { convolutionDims } from './support/dimension-numbers.js';
import { permute } from './support/lower-shape.js';
import { shapeOfRank } from './support/operands.js';
import { constantInteger, constantIntegers, type OpView } from './support/types.js';

const PLANE = 2;

interface ConvolutionWindow {
  readonly strides: readonly number[];
  /** Before and after, for each spatial dimension. */
  readonly padding: readonly number[];
  readonly spread: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
}

/** The window, where all of it is constant. */
function windowOf(op: OpView): ConvolutionWindow | undefined {
  const [strides, padding, spread, dilations] = [2, 3, 4, 5].map((i) => constantIntegers(op.operand(i)));
  const groups = constantInteger(op.operand(6));
  return strides && padding && spread && dilations && groups !== undefined
    ? { strides, padding, spread, dilations, groups }
    : undefined;
}

function convolution(name: string, summary: string, attributes: AttributeSpecs) {
  return defineTfOp({
    name,
    summary,
    operands: ['lhs', 'rhs', 'window_strides', 'padding', 'lhs_dilation', 'rhs_dilation', 'feature_group_count'],
    attributes: { dimension_numbers: attr.string(), ...attributes },
    infer: (op) => {
      const dims = convolutionDims(String(op.attributes['dimension_numbers']));
      const rank = dims.input.spatial.length + 2;
      const input = shapeOfRank(op, 0, rank, 'the input');
      const kernel = shapeOfRank(op, 1, rank, 'the filter');
      const window = windowOf(op as unknown as OpView);
      const shape = new Array<Dim>(rank).fill(null);
      shape[dims.output.batch] = input[dims.input.batch] ?? null;
      shape[dims.output.feature] = kernel[dims.kernel.output] ?? null;
      for (const [i, axis] of dims.output.spatial.entries()) {
        const size = input[dims.input.spatial[i] as number] ?? null;
        const taps = kernel[dims.kernel.spatial[i] as number] ?? null;
        if (size === null || taps === null || !window) continue;
        const [before, after] = [window.padding[2 * i] as number, window.padding[2 * i + 1] as number];
        const wide = (size - 1) * (window.spread[i] as number) + 1 + before + after;
        const span = (taps - 1) * (window.dilations[i] as number) + 1;
        shape[axis] = Math.floor((wide - span) / (window.strides[i] as number)) + 1;
      }
      return [tensorType('float32', shape)];
    },
    lower: (op, build): Lowered => {
      const problem = unlessFloat32(op);
      if (problem) return problem;
      const dims = convolutionDims(String(op.attributes['dimension_numbers']));
      const window = windowOf(op as unknown as OpView);
      if (
        dims.input.spatial.length !== PLANE ||
        ((op as unknown as OpView).attributes['batch_group_count'] ?? 1) !== 1 ||
        !window
      ) {
        return unsupported(
          'TFLite convolves planes, with a window that is known when the model is converted',
          'Use `jax.lax.conv_general_dilated` over two spatial dimensions, without `batch_group_count`.',
        );
      }
      if (window.spread.some((factor) => factor !== 1) || window.padding.some((amount) => amount < 0)) {
        return unsupported(
          'it spreads its input with zeros, or crops it',
          'Use `tf.nn.conv2d_transpose` for a transposed convolution.',
        );
      }
      const input = permute(build, op.operand(0), [dims.input.batch, ...dims.input.spatial, dims.input.feature]);
      const result = convolve(build, padded(build, input, window.padding), op.operand(1), window, dims.kernel);
      const { output } = dims;
      const order = [output.batch, ...output.spatial, output.feature];
      return permute(
        build,
        result,
        order.map((_, axis) => order.indexOf(axis)),
      );
    },
  });
}

const summary = 'Convolution in any order of dimensions';
export const XlaConv = convolution('XlaConv', `${summary}, as of old`, {});
export const XlaConvV2 = convolution('XlaConvV2', summary, { batch_group_count: attr.int(1) });

function padded(build: LoweringBuilder, input: Value, padding: readonly number[]): Value {
  if (padding.every((amount) => amount === 0)) return input;
  return build.value(tfl.Pad, [input, build.constant(Tensor.int32([0, 0, ...padding, 0, 0], [4, 2]))]);
}

function convolve(
  build: LoweringBuilder,
  input: Value,
  filter: Value,
  { strides, dilations, groups }: ConvolutionWindow,
  kernel: { readonly input: number; readonly output: number; readonly spatial: readonly number[] },
): Value {
  const arranged = (order: readonly number[]): Value => {
    const constant = build.constantOf(filter);
    return constant ? build.constant(transpose(constant, order)) : permute(build, filter, order);
  };
  const options = {
    padding: 'VALID',
    stride_h: strides[0] as number,
    stride_w: strides[1] as number,
    dilation_h_factor: dilations[0] as number,
    dilation_w_factor: dilations[1] as number,
  };
  const channels = tensorTypeOf(input).shape?.[3];
  if (groups > 1 && channels === groups) {
    const weights = arranged([kernel.input, ...kernel.spatial, kernel.output]);
    const multiplier = (tensorTypeOf(weights).shape?.[3] ?? groups) / groups;
    return build.value(tfl.DepthwiseConv2D, [input, weights, undefined], { ...options, depth_multiplier: multiplier });
  }
  return build.value(
    tfl.Conv2D,
    [input, arranged([kernel.output, ...kernel.spatial, kernel.input]), undefined],
    options,
  );
}
