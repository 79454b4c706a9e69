import { constantOf } from '#ir/constant.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { combineFloats } from '#tensor/kernels/weight-kernels.js';
import { Tensor } from '#tensor/tensor.js';
import { Add, Sub } from '../ops/elementwise.js';
import { openLinearOp, perChannel, rankOf } from './linear-op.js';

/** `linear(x) + b` and `linear(x) − b`. */
const bias: Rewrite = {
  name: 'bias',
  anchors: [Add, Sub],
  rewrite(op, build) {
    const constantRight = constantOf(op.operand(1)) !== undefined;
    if (!constantRight && op.isOneOf(Sub)) return noMatch('its right side is not constant');
    const value = op.operand(constantRight ? 0 : 1);
    const linear = openLinearOp(value);
    if (typeof linear === 'string') return noMatch(linear);
    const constant = constantOf(op.operand(constantRight ? 1 : 0));
    const added = perChannel(constant, linear.channels, rankOf(value) ?? 0);
    if (!added) return noMatch('what is added is not one number for each channel');
    const before = (linear.bias?.data as Float32Array | undefined) ?? new Float32Array(linear.channels);
    const sum = new Float32Array(linear.channels);
    combineFloats(op.isOneOf(Sub) ? '-' : '+', before, added, sum);
    const operands = [...linear.op.operands];
    operands[linear.layout.bias] = build.fuse(linear.op).constant(Tensor.from('float32', [linear.channels], sum));
    const attributes = {
      ...linear.op.attributes,
      fused_activation_function: op.attributes['fused_activation_function'] ?? 'NONE',
    };
    return [build.value(linear.op.definition, operands, attributes)];
  },
};

export const fuseBias = rewritePass({
  name: 'fuse-bias',
  summary: 'Makes what is added to each channel after a convolution or matrix product its bias.',
  rewrites: [bias],
});
