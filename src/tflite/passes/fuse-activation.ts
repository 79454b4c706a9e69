import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Relu, Relu6, ReluN1To1 } from '../ops/activation.js';
import { Conv2D, Conv3D, DepthwiseConv2D, TransposeConv } from '../ops/convolution.js';
import { Add, Div, Mul, Sub } from '../ops/elementwise.js';
import { FullyConnected } from '../ops/matmul.js';
import { AveragePool2D, MaxPool2D } from '../ops/pooling.js';

const names = new Map<unknown, string>([
  [Relu, 'RELU'],
  [Relu6, 'RELU6'],
  [ReluN1To1, 'RELU_N1_TO_1'],
]);

/** Ops whose kernels clamp their results themselves. */
const fusing = new Set<unknown>([
  Conv2D,
  DepthwiseConv2D,
  Conv3D,
  TransposeConv,
  FullyConnected,
  Add,
  Sub,
  Mul,
  Div,
  AveragePool2D,
  MaxPool2D,
]);

const activation: Rewrite = {
  name: 'activation',
  anchors: [Relu, Relu6, ReluN1To1],
  rewrite(op, build) {
    const operand = op.operand(0);
    const producer = operand.producer;
    if (!producer || !fusing.has(producer.definition))
      return noMatch('what it is applied to cannot fuse an activation');
    if (!operand.hasOneUse) return noMatch('the value before the activation has other users');
    if (producer.attributes['fused_activation_function'] !== 'NONE')
      return noMatch('another activation is fused already');
    if (operand.type.kind !== 'tensor' || operand.type.dtype !== 'float32') return noMatch('it is not float32');
    const attributes = { ...producer.attributes, fused_activation_function: names.get(op.definition) as string };
    return [build.fuse(producer).value(producer.definition, producer.operands, attributes)];
  },
};

export const fuseActivation = rewritePass({
  name: 'fuse-activation',
  summary: 'Lets the op before a ReLU clamp its result itself.',
  rewrites: [activation],
});
