import { definePass } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Conv2D, DepthwiseConv2D } from '../ops/convolution.js';
import { FullyConnected } from '../ops/matmul.js';

const needing = new Set<unknown>([Conv2D, DepthwiseConv2D, FullyConnected]);

/** The operand, of all of them. */
const BIAS = 2;

/**
 * The kernel of CONV_2D refuses one without a bias, delegates and old runtimes the others too, and FULLY_CONNECTED
 * without one needs a later version of the op. The zeros of all ops of one width are one constant.
 */
export const supplyBias = definePass({
  name: 'supply-bias',
  summary: 'Gives convolutions and matrix products without a bias one of zeros.',
  run(module, { editor }) {
    for (const op of module.ops()) {
      if (!needing.has(op.definition) || !op.region) continue;
      const { type } = op.result();
      const channels = type.kind === 'tensor' && type.dtype === 'float32' ? type.shape?.at(-1) : undefined;
      if (op.operands[BIAS] || typeof channels !== 'number') continue;
      const zeros = Tensor.from('float32', [channels], new Float32Array(channels));
      editor.setOperand(op, BIAS, editor.constant({ region: op.region, before: op }, zeros, op.location));
    }
  },
});
