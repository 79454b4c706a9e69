/**
 * A small use of each op, for running it in LiteRT: `T` stands for the element type at hand, `B` for a bias's. The body ends in the
 * values to be returned. Ops that need more than one subgraph, state or tables are tested elsewhere.
 */
export interface KernelCase {
  /** Types of the arguments %0, %1 …; `[…]` behind a type states the values to run with (by default 1, 2, 1, 2 …). */
  readonly args: readonly string[];
  readonly body: string;
}

function unary(op: string): KernelCase {
  return { args: ['2x3xT'], body: `%y = tfl.${op}(%0) return %y` };
}

function binary(op: string): KernelCase {
  return { args: ['2x3xT', '3xT'], body: `%y = tfl.${op}(%0, %1) return %y` };
}

function reducer(op: string): KernelCase {
  return {
    args: ['2x3xT'],
    body: `%a = const [1] : tensor<1xi32> %y = tfl.${op}(%0, %a) {keep_dims = true} return %y`,
  };
}

function segments(op: string): KernelCase {
  return {
    args: ['3x2xT', '3xi32 [0, 1, 0]'],
    body: `%n = const 2 : tensor<i32> %y = tfl.${op}(%0, %1, %n) return %y`,
  };
}

function each(ops: string, make: (op: string) => KernelCase): Record<string, KernelCase> {
  return Object.fromEntries(ops.split(' ').map((op) => [op, make(op)]));
}

const window = 'padding = "VALID", stride_w = 1, stride_h = 2, filter_width = 2, filter_height = 2';

export const kernelCases: Readonly<Record<string, KernelCase>> = {
  ...each('relu relu6 relu_n1_to_1 relu_0_to_1 elu gelu hard_swish logistic tanh softmax log_softmax', unary),
  ...each('logical_not abs neg sign square sqrt rsqrt exp log sin cos ceil floor round zeros_like fake_quant', unary),
  ...each('real imag complex_abs rank shape where matrix_diag l2_normalization dequantize', unary),
  ...each('add sub mul div squared_difference maximum minimum pow floor_div floor_mod', binary),
  ...each('equal not_equal greater greater_equal less less_equal logical_and logical_or prelu', binary),
  ...each('mean sum reduce_prod reduce_max reduce_min reduce_any reduce_all', reducer),
  ...each('unsorted_segment_sum unsorted_segment_prod unsorted_segment_max unsorted_segment_min', segments),
  leaky_relu: { args: ['2x3xT'], body: '%y = tfl.leaky_relu(%0) {alpha = 0.5} return %y' },
  bitwise_xor: { args: ['2x3xT', '2x3xT'], body: '%y = tfl.bitwise_xor(%0, %1) return %y' },
  right_shift: { args: ['2x3xT', '2x3xT'], body: '%y = tfl.right_shift(%0, %1) return %y' },
  atan2: { args: ['2x3xT', '2x3xT'], body: '%y = tfl.atan2(%0, %1) return %y' },
  add_n: { args: ['2x3xT', '2x3xT'], body: '%y = tfl.add_n(%0, %1) return %y' },
  conv_2d: {
    args: ['1x5x4x2xT', '3x2x3x2xT', '3xB'],
    body: '%y = tfl.conv_2d(%0, %1, %2) {stride_w = 2, padding = "VALID"} return %y',
  },
  depthwise_conv_2d: {
    args: ['1x5x4x2xT', '1x2x3x4xT', '4xB'],
    body: '%y = tfl.depthwise_conv_2d(%0, %1, %2) {depth_multiplier = 2, dilation_h_factor = 2, padding = "VALID"} return %y',
  },
  transpose_conv: {
    args: ['1x3x3x2xT', '4x2x2x2xT'],
    body: `%s = const [1, 6, 6, 4] : tensor<4xi32>
      %y = tfl.transpose_conv(%s, %1, %0) {stride_w = 2, stride_h = 2} return %y`,
  },
  conv_3d: {
    args: ['1x3x4x4x2xT', '2x2x2x2x3xT'],
    body: '%y = tfl.conv_3d(%0, %1) {padding = "VALID", stride_h = 2} return %y',
  },
  conv_3d_transpose: {
    args: ['1x2x2x2x2xT', '2x2x2x3x2xT'],
    body: `%s = const [1, 4, 4, 4, 3] : tensor<5xi32>
      %y = tfl.conv_3d_transpose(%s, %1, %0) {stride_d = 2, stride_w = 2, stride_h = 2} return %y`,
  },
  average_pool_2d: { args: ['1x5x4x2xT'], body: `%y = tfl.average_pool_2d(%0) {${window}} return %y` },
  max_pool_2d: { args: ['1x5x4x2xT'], body: `%y = tfl.max_pool_2d(%0) {${window}} return %y` },
  l2_pool_2d: { args: ['1x5x4x2xT'], body: `%y = tfl.l2_pool_2d(%0) {${window}} return %y` },
  reduce_window: {
    args: ['5x4xT'],
    body: `%i = const 0 : tensor<T> %w = const [2, 3] : tensor<2xi64> %s = const [2, 1] : tensor<2xi64>
      %d = const [1, 1] : tensor<2xi64>
      %y = tfl.reduce_window(%0, %i, %w, %s, %d) {reduce_function = "ADD"} return %y`,
  },
  fully_connected: {
    args: ['2x3x4xT', '5x4xT'],
    body: '%y = tfl.fully_connected(%0, %1) {keep_num_dims = true} return %y',
  },
  batch_matmul: { args: ['2x3x4xT', '4x5xT'], body: '%y = tfl.batch_matmul(%0, %1) return %y' },
  arg_max: { args: ['2x3xT'], body: '%a = const 1 : tensor<i32> %y = tfl.arg_max(%0, %a) return %y' },
  arg_min: {
    args: ['2x3xT'],
    body: '%a = const 0 : tensor<i32> %y = tfl.arg_min(%0, %a) {output_type = "INT64"} return %y',
  },
  cumsum: { args: ['2x3xT'], body: '%a = const 1 : tensor<i32> %y = tfl.cumsum(%0, %a) return %y' },
  reshape: { args: ['2x6xT'], body: '%s = const [3, -1] : tensor<2xi32> %y = tfl.reshape(%0, %s) return %y' },
  squeeze: { args: ['2x1x3x1xT'], body: '%y = tfl.squeeze(%0) {squeeze_dims = [1]} return %y' },
  expand_dims: { args: ['2x3xT'], body: '%a = const -2 : tensor<i32> %y = tfl.expand_dims(%0, %a) return %y' },
  transpose: {
    args: ['2x3x4xT'],
    body: '%p = const [2, 0, 1] : tensor<3xi32> %y = tfl.transpose(%0, %p) return %y',
  },
  broadcast_to: {
    args: ['1x3xT'],
    body: '%s = const [2, 2, 3] : tensor<3xi32> %y = tfl.broadcast_to(%0, %s) return %y',
  },
  broadcast_args: { args: ['3xT [2, 1, 3]', '2xT [4, 1]'], body: '%y = tfl.broadcast_args(%0, %1) return %y' },
  fill: { args: ['T'], body: '%s = const [2, 3] : tensor<2xi32> %y = tfl.fill(%s, %0) return %y' },
  range: {
    args: ['T [1]'],
    body: '%l = const 9 : tensor<T> %d = const 3 : tensor<T> %y = tfl.range(%0, %l, %d) return %y',
  },
  tile: { args: ['2x3xT'], body: '%m = const [2, 1] : tensor<2xi32> %y = tfl.tile(%0, %m) return %y' },
  reverse_v2: { args: ['2x3xT'], body: '%a = const [1] : tensor<1xi32> %y = tfl.reverse_v2(%0, %a) return %y' },
  reverse_sequence: {
    args: ['2x3xT', '2xi32 [2, 3]'],
    body: '%y = tfl.reverse_sequence(%0, %1) {seq_dim = 1} return %y',
  },
  concatenation: { args: ['2x3xT', '2x1xT'], body: '%y = tfl.concatenation(%0, %1) {axis = -1} return %y' },
  split: {
    args: ['2x4xT'],
    body: '%a = const -1 : tensor<i32> %y, %z = tfl.split(%a, %0) {num_splits = 2} return %y, %z',
  },
  split_v: {
    args: ['2x4xT'],
    body: `%a = const 1 : tensor<i32> %s = const [1, -1] : tensor<2xi32>
      %y, %z = tfl.split_v(%0, %s, %a) {num_splits = 2} return %y, %z`,
  },
  pack: { args: ['2x3xT', '2x3xT'], body: '%y = tfl.pack(%0, %1) {values_count = 2, axis = 1} return %y' },
  unpack: { args: ['2x2xT'], body: '%y, %z = tfl.unpack(%0) {num = 2, axis = -1} return %y, %z' },
  gather: { args: ['2x3xT', '2xi32 [2, 0]'], body: '%y = tfl.gather(%0, %1) {axis = 1} return %y' },
  gather_nd: { args: ['2x3xT', '2x1xi32 [1, 0]'], body: '%y = tfl.gather_nd(%0, %1) return %y' },
  slice: {
    args: ['2x3xT'],
    body: `%b = const [0, 1] : tensor<2xi32> %s = const [1, -1] : tensor<2xi32>
      %y = tfl.slice(%0, %b, %s) return %y`,
  },
  strided_slice: {
    args: ['3x4xT'],
    body: `%b = const [0, -1] : tensor<2xi32> %e = const [1, 0] : tensor<2xi32> %s = const [1, -2] : tensor<2xi32>
      %y = tfl.strided_slice(%0, %b, %e, %s) {shrink_axis_mask = 1, end_mask = 2} return %y`,
  },
  dynamic_update_slice: {
    args: ['3x3xT', '2x1xT'],
    body: '%s = const [1, 1] : tensor<2xi32> %y = tfl.dynamic_update_slice(%0, %1, %s) return %y',
  },
  scatter_nd: {
    args: ['2x1xi32 [2, 0]', '2x2xT'],
    body: '%s = const [3, 2] : tensor<2xi32> %y = tfl.scatter_nd(%0, %1, %s) return %y',
  },
  sparse_to_dense: {
    args: ['2xT'],
    body: `%i = const [0, 2] : tensor<2xi32> %s = const [4] : tensor<1xi32> %d = const 0 : tensor<T>
      %y = tfl.sparse_to_dense(%i, %s, %0, %d) return %y`,
  },
  one_hot: {
    args: ['2xi32 [1, 0]', 'T [1]', 'T [0]'],
    body: '%d = const 3 : tensor<i32> %y = tfl.one_hot(%0, %d, %1, %2) {axis = 0} return %y',
  },
  select: { args: ['2x3xi1', '2x3xT', '2x3xT'], body: '%y = tfl.select(%0, %1, %2) return %y' },
  select_v2: { args: ['3xi1', '2x1xT', 'T'], body: '%y = tfl.select_v2(%0, %1, %2) return %y' },
  matrix_set_diag: { args: ['2x3xT', '2xT'], body: '%y = tfl.matrix_set_diag(%0, %1) return %y' },
  pad: { args: ['2x3xT'], body: '%p = const [0, 1, 2, 0] : tensor<2x2xi32> %y = tfl.pad(%0, %p) return %y' },
  padv2: {
    args: ['2x3xT', 'T'],
    body: '%p = const [0, 1, 2, 0] : tensor<2x2xi32> %y = tfl.padv2(%0, %p, %1) return %y',
  },
  mirror_pad: {
    args: ['2x3xT'],
    body: '%p = const [0, 1, 2, 0] : tensor<2x2xi32> %y = tfl.mirror_pad(%0, %p) {mode = "SYMMETRIC"} return %y',
  },
  dilate: {
    args: ['2x3xT', 'T'],
    body: '%d = const [1, 2] : tensor<2xi32> %y = tfl.dilate(%0, %d, %1) return %y',
  },
  resize_bilinear: {
    args: ['1x2x3x1xT'],
    body: '%s = const [4, 5] : tensor<2xi32> %y = tfl.resize_bilinear(%0, %s) {half_pixel_centers = true} return %y',
  },
  resize_nearest_neighbor: {
    args: ['1x2x3x1xT'],
    body: '%s = const [4, 5] : tensor<2xi32> %y = tfl.resize_nearest_neighbor(%0, %s) return %y',
  },
  space_to_batch_nd: {
    args: ['1x3x4x1xT'],
    body: `%b = const [2, 2] : tensor<2xi32> %p = const [1, 0, 0, 0] : tensor<2x2xi32>
      %y = tfl.space_to_batch_nd(%0, %b, %p) return %y`,
  },
  batch_to_space_nd: {
    args: ['4x2x2x1xT'],
    body: `%b = const [2, 2] : tensor<2xi32> %p = const [1, 0, 0, 0] : tensor<2x2xi32>
      %y = tfl.batch_to_space_nd(%0, %b, %p) return %y`,
  },
  space_to_depth: { args: ['1x2x4x2xT'], body: '%y = tfl.space_to_depth(%0) {block_size = 2} return %y' },
  depth_to_space: { args: ['1x2x2x8xT'], body: '%y = tfl.depth_to_space(%0) {block_size = 2} return %y' },
  local_response_normalization: {
    args: ['1x2x2x4xT'],
    body: '%y = tfl.local_response_normalization(%0) {radius = 1} return %y',
  },
  cast: { args: ['2x3xT'], body: '%y = tfl.cast(%0) {out_data_type = "FLOAT32"} return %y' },
  bitcast: { args: ['2x3xT'], body: '%y = tfl.bitcast(%0) : tensor<2x3xT> return %y' },
  quantize: { args: ['2x3xT'], body: '%y = tfl.quantize(%0) : tensor<2x3xi8, q(0.5:0)> return %y' },
  topk_v2: { args: ['2x3xT'], body: '%k = const 2 : tensor<i32> %y, %z = tfl.topk_v2(%0, %k) return %y, %z' },
  unique: { args: ['6xT'], body: '%y, %z = tfl.unique(%0) return %y, %z' },
  non_max_suppression_v4: {
    args: ['3x4xT [0, 0, 1, 1, 0, 0, 2, 2, 3, 3, 4, 4]', '3xT'],
    body: `%n = const 2 : tensor<i32> %i = const 0.5 : tensor<f32> %s = const 0.1 : tensor<f32>
      %y, %z = tfl.non_max_suppression_v4(%0, %1, %n, %i, %s) return %y, %z`,
  },
  non_max_suppression_v5: {
    args: ['3x4xT [0, 0, 1, 1, 0, 0, 2, 2, 3, 3, 4, 4]', '3xT'],
    body: `%n = const 2 : tensor<i32> %i = const 0.5 : tensor<f32> %s = const 0.1 : tensor<f32>
      %o = const 0 : tensor<f32>
      %x, %y, %z = tfl.non_max_suppression_v5(%0, %1, %n, %i, %s, %o) return %x, %y, %z`,
  },
  segment_sum: { args: ['3x2xT'], body: '%i = const [0, 0, 1] : tensor<3xi32> %y = tfl.segment_sum(%0, %i) return %y' },
  rfft2d: { args: ['1x4x8xT'], body: '%l = const [4, 8] : tensor<2xi32> %y = tfl.rfft2d(%0, %l) return %y' },
  bucketize: { args: ['2x3xT'], body: '%y = tfl.bucketize(%0) {boundaries = [0.5, 1.5]} return %y' },
  embedding_lookup: { args: ['2xi32 [1, 0]', '3x2xT'], body: '%y = tfl.embedding_lookup(%0, %1) return %y' },
  random_uniform: { args: ['2xT [2, 3]'], body: '%y = tfl.random_uniform(%0) return %y' },
  random_standard_normal: { args: ['2xT [2, 3]'], body: '%y = tfl.random_standard_normal(%0) return %y' },
  multinomial: { args: ['1x3xT'], body: '%n = const 2 : tensor<i32> %y = tfl.multinomial(%0, %n) return %y' },
};
