import { tensorType } from '#ir/type.js';
import { defineTflOp, type TflOpSpec } from '../define-op.js';
import { shapeOfRank, tensorAt, windowed } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { rankAt, versionByDtype } from './versions.js';

const options = {
  padding: 'SAME',
  stride_w: 1,
  stride_h: 1,
  filter_width: 1,
  filter_height: 1,
  fused_activation_function: 'NONE',
};

function definePool(
  spec: Pick<
    TflOpSpec<typeof options>,
    'name' | 'builtin' | 'summary' | 'kernels' | 'quantizedKernels' | 'quantization'
  >,
) {
  return defineTflOp({
    ...spec,
    options,
    operands: ['input'],
    infer(op) {
      const [batch = null, height = null, width = null, channels = null] = shapeOfRank(op, 0, 4);
      const o = op.attributes;
      const shape = [
        batch,
        windowed(height, o.filter_height, o.stride_h, 1, o.padding),
        windowed(width, o.filter_width, o.stride_w, 1, o.padding),
        channels,
      ];
      return [tensorType(tensorAt(op, 0).dtype, shape)];
    },
    version: versionByDtype({ int16: 3, int8: 2 }),
  });
}

export const AveragePool2D = definePool({
  name: 'average_pool_2d',
  builtin: 'AVERAGE_POOL_2D',
  summary: 'Mean over windows of [N, H, W, C]; padding does not count',
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
  quantization: [{ kind: 'sameScale' }],
});

export const MaxPool2D = definePool({
  name: 'max_pool_2d',
  builtin: 'MAX_POOL_2D',
  summary: 'Maximum over windows of [N, H, W, C]',
  kernels: ['float32', 'uint8', 'int8', 'int16'],
  quantizedKernels: quantizedTypes,
  quantization: [{ kind: 'sameScale' }],
});

export const L2Pool2D = definePool({
  name: 'l2_pool_2d',
  builtin: 'L2_POOL_2D',
  summary: 'Root of the mean square over windows of [N, H, W, C]',
  kernels: ['float32'],
});

export const ReduceWindow = defineTflOp({
  name: 'reduce_window',
  builtin: 'REDUCE_WINDOW',
  summary: 'Windows of any rank reduced to one element each, without padding',
  options: { reduce_function: 'UNSUPPORTED' },
  operands: ['input', 'init_value', 'window_shape', 'window_strides', 'window_dilations'],
  kernelLimit: (op) => (rankAt(op, 0) > 6 ? 'it takes at most 6 dimensions' : undefined),
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    const [sizes, strides, dilations] = [2, 3, 4].map((i) => knownIntegers(op.operands[i]));
    const dims = shape?.map((dim, i) => {
      const stride = strides?.[i] ?? null;
      const dilation = dilations?.[i] ?? null;
      return stride === null || dilation === null ? null : windowed(dim, sizes?.[i] ?? null, stride, dilation, 'VALID');
    });
    return [tensorType(dtype, dims ?? null)];
  },
  kernels: ['float32', 'float64', 'int8', 'int16', 'int32', 'int64', 'uint8', 'bool'],
  operandKernels: { 2: ['int64'], 3: ['int64'], 4: ['int64'] },
});
