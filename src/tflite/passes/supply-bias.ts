import { definePass } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Conv2D, DepthwiseConv2D } from '../ops/convolution.js';
import { FullyConnected } from '../ops/matmul.js';
import { linearOp } from './linear-op.js';

const needing = new Set<unknown>([Conv2D, DepthwiseConv2D, FullyConnected]);

/**
 * Delegates and old runtimes take convolutions and matrix products with a bias only, and FULLY_CONNECTED without one
 * needs a later version of the op. The zeros of all ops of one width are one constant.
 */
export const supplyBias = definePass({
  name: 'supply-bias',
  summary: 'Gives convolutions and matrix products without a bias one of zeros.',
  run(module, { editor }) {
    for (const op of module.ops()) {
      if (!needing.has(op.definition) || !op.region) continue;
      const linear = linearOp(op);
      if (!linear || linear.bias) continue;
      const zeros = Tensor.from('float32', [linear.channels], new Float32Array(linear.channels));
      editor.setOperand(op, linear.layout.bias, editor.constant({ region: op.region, before: op }, zeros, op.location));
    }
  },
});
