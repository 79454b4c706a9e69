import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Div, Mul } from '../ops/elementwise.js';
import { linearDefinitions, linearOp, openLinearOp, perChannel, rankOf, scaleAlong } from './linear-op.js';

interface Scale {
  readonly value: Value;
  readonly constant: Tensor;
}

/** The operand and the constant of a multiplication or of a division by a constant; finite, as 0 × ∞ is not 0. */
function scaleOf(op: Op): Scale | undefined {
  const [a, b] = [op.operand(0), op.operand(1)];
  const right = constantOf(b);
  if (right?.dtype === 'float32') return finite({ value: a, constant: op.isOneOf(Div) ? reciprocal(right) : right });
  const left = op.isOneOf(Div) ? undefined : constantOf(a);
  return left?.dtype === 'float32' ? finite({ value: b, constant: left }) : undefined;
}

function finite(scale: Scale): Scale | undefined {
  return (scale.constant.data as Float32Array).every(Number.isFinite) ? scale : undefined;
}

function reciprocal(tensor: Tensor): Tensor {
  return Tensor.from(
    'float32',
    tensor.shape,
    Float32Array.from(tensor.data as Float32Array, (value) => 1 / value),
  );
}

/** `linear(x) × s`: the factors of the result's channels go into the weights and the bias. */
const scaleAfter: Rewrite = {
  name: 'scale-after',
  anchors: [Mul, Div],
  rewrite(op, build) {
    const scale = scaleOf(op);
    if (!scale) return noMatch('neither side is a finite float32 constant');
    const linear = openLinearOp(scale.value);
    if (typeof linear === 'string') return noMatch(linear);
    const factors = perChannel(scale.constant, linear.channels, rankOf(scale.value) ?? 0);
    if (!factors) return noMatch('the constant is not one number for each channel');
    const { layout, bias } = linear;
    if (!linear.op.operand(layout.weights).hasOneUse) return noMatch('the weights are shared');
    const operands = [...linear.op.operands];
    operands[layout.weights] = build.fuse(linear.op).constant(scaleAlong(linear.weights, layout.outputAxis, factors));
    if (bias) operands[layout.bias] = build.constant(scaleAlong(bias, 0, factors));
    const attributes = {
      ...linear.op.attributes,
      fused_activation_function: op.attributes['fused_activation_function'] ?? 'NONE',
    };
    return [build.value(linear.op.definition, operands, attributes)];
  },
};

/** `linear(x × s)`: the factors of the input's channels go into the weights. */
const scaleBefore: Rewrite = {
  name: 'scale-before',
  anchors: linearDefinitions,
  rewrite(op, build) {
    const linear = linearOp(op);
    if (!linear) return noMatch('its weights are not constant float32');
    const { layout, weights } = linear;
    const producer = op.operand(layout.input).producer;
    if (!producer?.isOneOf(Mul) && !producer?.isOneOf(Div)) return noMatch('its input is not a product');
    if (producer.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation stands between');
    if (!producer.result().hasOneUse) return noMatch('the product has other users');
    if (!op.operand(layout.weights).hasOneUse) return noMatch('the weights are shared');
    const scale = scaleOf(producer);
    const channels = lastDim(op.operand(layout.input));
    const rank = rankOf(op.operand(layout.input)) ?? 0;
    const factors = scale && channels !== undefined ? perChannel(scale.constant, channels, rank) : undefined;
    if (!scale || channels === undefined || !factors) {
      return noMatch('the factor is not one number for each channel of the input');
    }
    if (rankOf(scale.value) !== rank || lastDim(scale.value) !== channels) {
      return noMatch('the product is larger than what it scales');
    }
    const scaled = scaleInput(weights, layout.inputAxis, layout.outputAxis, channels, factors);
    if (!scaled) return noMatch('the weights do not have one slice for each channel of the input');
    return replaceInput(op, layout, scale.value, scaled, build.fuse(producer as unknown as Op));
  },
};

function replaceInput(
  op: Op,
  layout: { readonly input: number; readonly weights: number },
  input: Value,
  weights: Tensor,
  build: RewriteBuilder,
): readonly Value[] {
  const operands = [...op.operands];
  operands[layout.input] = input;
  operands[layout.weights] = build.constant(weights);
  return [build.value(op.definition, operands, op.attributes)];
}

function lastDim({ type }: Value): number | undefined {
  return type.kind === 'tensor' ? (type.shape?.at(-1) ?? undefined) : undefined;
}

function scaleInput(
  weights: Tensor,
  inputAxis: number | undefined,
  outputAxis: number,
  channels: number,
  factors: Float32Array,
): Tensor | undefined {
  if (inputAxis !== undefined) {
    return weights.shape[inputAxis] === channels ? scaleAlong(weights, inputAxis, factors) : undefined;
  }
  // Depthwise: channel c of the input makes the results c × multiplier and following.
  const multiplier = (weights.shape[outputAxis] as number) / channels;
  const repeated = Float32Array.from(
    { length: channels * multiplier },
    (_, i) => factors[Math.floor(i / multiplier)] as number,
  );
  return scaleAlong(weights, outputAxis, repeated);
}

/** Batch normalisation after (or before) a convolution disappears: its factors become part of the weights. */
export const foldScaleIntoWeights = rewritePass({
  name: 'fold-scale-into-weights',
  summary: 'Folds multiplications by a constant for each channel into the weights of the op before or after.',
  rewrites: [scaleAfter, scaleBefore],
});
