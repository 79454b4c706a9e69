"""Writes ops.tflite: a signature for each of many small TensorFlow functions, converted by TensorFlow's own converter.

Run it with tensorflow 2.21 in the environment: python make.py
"""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

F, I, L, B, S = tf.float32, tf.int32, tf.int64, tf.bool, tf.string
rng = np.random.default_rng(0)
functions = {}


def case(name, fn, *args):
    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in args]
    functions[name] = tf.function(lambda *xs: {'y': fn(*xs)}, input_signature=specs)


def weights(*shape):
    return tf.constant(rng.normal(size=shape).astype(np.float32))


X4 = ([None, 8, 8, 4], F)
X2 = ([None, 6], F)

case('conv', lambda x: tf.nn.conv2d(x, weights(3, 3, 4, 5), 2, 'SAME'), X4)
case('conv_grouped', lambda x: tf.nn.conv2d(x, weights(3, 3, 2, 6), 1, 'VALID'), X4)
case('conv_dilated', lambda x: tf.nn.conv2d(x, weights(3, 3, 4, 5), 1, 'SAME', dilations=2), ([1, 8, 8, 4], F))
case('depthwise', lambda x: tf.nn.depthwise_conv2d(x, weights(3, 3, 4, 2), [1, 2, 2, 1], 'SAME'), X4)
case('depthwise_dilated', lambda x: tf.nn.depthwise_conv2d(
    x, weights(3, 3, 4, 1), [1, 1, 1, 1], 'VALID', dilations=[2, 2]), ([1, 8, 8, 4], F))
case('transpose_conv', lambda x: tf.nn.conv2d_transpose(x, weights(3, 3, 5, 4), [1, 16, 16, 5], 2), ([1, 8, 8, 4], F))
case('transpose_conv_relu', lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d_transpose(
    x, weights(3, 3, 5, 4), [1, 16, 16, 5], 2), weights(5))), ([1, 8, 8, 4], F))
case('conv3d', lambda x: tf.nn.conv3d(x, weights(2, 3, 3, 2, 3), [1, 1, 2, 2, 1], 'SAME'), ([1, 4, 6, 6, 2], F))
case('max_pool', lambda x: tf.nn.max_pool2d(x, 2, 2, 'VALID'), X4)
case('average_pool', lambda x: tf.nn.avg_pool2d(x, 3, 2, 'SAME'), X4)
case('dense', lambda x: tf.nn.relu(tf.matmul(x, weights(6, 5)) + weights(5)), X2)
case('dense_without_bias', lambda x: tf.matmul(x, weights(6, 5)), X2)
case('dense_rank3', lambda x: tf.matmul(x, weights(1, 6, 5)[0]), ([2, 3, 6], F))
case('matmul', lambda x, y: tf.matmul(x, y, transpose_b=True), ([2, 3, 4], F), ([2, 5, 4], F))
case('matmul_broadcast', tf.matmul, ([2, 3, 4], F), ([4, 5], F))

for name in ['relu', 'relu6', 'elu', 'softmax', 'log_softmax', 'tanh', 'sigmoid', 'leaky_relu', 'gelu']:
    case(name, getattr(tf.nn, name), X2)
case('relu_rank5', tf.nn.relu, ([2, 1, 2, 1, 3], F))
case('prelu', lambda x: tf.nn.relu(x) + weights(4) * -tf.nn.relu(-x), X4)
case('hard_swish', lambda x: x * tf.nn.relu6(x + 3) / 6, X2)
for name in ['abs', 'negative', 'square', 'sqrt', 'exp', 'sin', 'cos', 'floor', 'round', 'sign']:
    case(name, getattr(tf, name), X2)
for name in ['rsqrt', 'log', 'ceil']:
    case(name, getattr(tf.math, name), X2)
case('abs_int', tf.abs, ([3], I))
case('sign_int', tf.sign, ([3], I))
for dtype, suffix in [(F, ''), (I, '_int32'), (L, '_int64')]:
    for name in ['add', 'subtract', 'multiply', 'maximum', 'minimum', 'equal', 'not_equal', 'less', 'greater',
                 'less_equal', 'greater_equal']:
        case(name + suffix, getattr(tf.math, name), ([2, 3], dtype), ([3], dtype))
for name in ['add', 'subtract', 'multiply', 'divide', 'maximum', 'squared_difference', 'pow', 'floordiv', 'less',
             'equal']:
    case(name + '_rank5', getattr(tf.math, name), ([2, 1, 2, 1, 3], F), ([1, 3, 1, 3, 3], F))
case('divide', tf.divide, ([2, 3], F), ([3], F))
case('floor_div_int32', tf.math.floordiv, ([2, 3], I), ([3], I))
case('floor_mod', tf.math.floormod, ([2, 3], F), ([3], F))
case('floor_mod_int64', tf.math.floormod, ([2, 3], L), ([3], L))
case('pow_int32', tf.pow, ([2, 3], I), ([3], I))
case('atan2', tf.math.atan2, ([2, 3], F), ([2, 3], F))
case('equal_string', tf.equal, ([2, 3], S), ([2, 3], S))
case('equal_bool', tf.equal, ([2, 3], B), ([2, 3], B))
case('logical_and', tf.logical_and, ([2, 3], B), ([3], B))
case('logical_or', tf.logical_or, ([2, 3], B), ([3], B))
case('logical_not', tf.logical_not, ([2, 3], B))
case('add_n', lambda x, y, z: tf.add_n([x, y, z]), X2, X2, X2)

for name in ['mean', 'sum', 'prod', 'max', 'min']:
    case('reduce_' + name, lambda x, f=getattr(tf, 'reduce_' + name): f(x, [1, 2]), X4)
case('reduce_sum_int32', lambda x: tf.reduce_sum(x, 1, keepdims=True), ([2, 3], I))
case('reduce_any', lambda x: tf.reduce_any(x, 0), ([2, 3], B))
case('reduce_all', lambda x: tf.reduce_all(x, 0), ([2, 3], B))
case('argmax', lambda x: tf.argmax(x, -1), X2)
case('argmin', lambda x: tf.argmin(x, 0, output_type=I), X2)
case('cumsum', lambda x: tf.cumsum(x, 1, exclusive=True), X2)
case('top_k', lambda x: tf.nn.top_k(x, 3).values, X2)
case('unique', lambda x: tf.unique(x).y, ([6], I))

case('reshape', lambda x: tf.reshape(x, [-1, 32]), X4)
case('reshape_to_scalar', lambda x: tf.reshape(x, []) * 2, ([1, 1], F))
case('squeeze', lambda x: tf.squeeze(x, [1, 3]), ([None, 1, 3, 1], F))
case('expand_dims', lambda x: tf.expand_dims(x, 1), X2)
case('shape', tf.shape, ([None, 6], F))
case('rank', lambda x: tf.rank(x), ([None, 6], F))
case('transpose', lambda x: tf.transpose(x, [0, 3, 1, 2]), X4)
case('transpose_rank5', lambda x: tf.transpose(x, [4, 3, 2, 1, 0]), ([2, 3, 2, 3, 2], F))
case('transpose_rank6', lambda x: tf.transpose(x, [5, 4, 3, 2, 1, 0]), ([2, 3, 2, 3, 2, 3], F))
case('transpose_bool', lambda x: tf.transpose(x), ([2, 3], B))
case('broadcast_to', lambda x: tf.broadcast_to(x, [4, 2, 6]), ([2, 6], F))
case('fill', lambda n: tf.fill([2, 3], n), ([], F))
case('fill_bool', lambda n: tf.fill([2, 3], n), ([], B))
case('range', lambda n: tf.range(0, n, 2), ([], I))
case('range_int64', lambda n: tf.range(tf.constant(0, L), n, tf.constant(2, L)), ([], L))
case('zeros_like', lambda x: tf.zeros_like(x) + x, ([None, 3], F))
case('tile', lambda x: tf.tile(x, [2, 3]), X2)
case('tile_string', lambda x: tf.tile(x, [2]), ([3], S))
case('reverse', lambda x: tf.reverse(x, [1]), X2)
case('reverse_bool', lambda x: tf.reverse(x, [1]), ([2, 3], B))
case('reverse_sequence', lambda x, n: tf.reverse_sequence(x, n, 1, 0), ([2, 3], F), ([2], I))
case('concat', lambda x, y: tf.concat([x, y], 1), X2, X2)
case('split', lambda x: tf.split(x, 3, 1)[0], X2)
case('split_int32', lambda x: tf.split(x, 3, 1)[0], ([2, 6], I))
case('split_v', lambda x: tf.split(x, [1, 2, 3], 1)[1], X2)
case('stack', lambda x, y: tf.stack([x, y], 1), X2, X2)
case('unstack', lambda x: tf.unstack(x, axis=1)[0] * 2, ([2, 3], F))
case('unstack_bool', lambda x: tf.logical_not(tf.unstack(x, axis=1)[0]), ([2, 3], B))

case('gather', lambda x, i: tf.gather(x, i, axis=1), X2, ([3], I))
case('gather_bool', lambda x, i: tf.gather(x, i, axis=1), ([2, 3], B), ([3], I))
case('gather_batch', lambda x, i: tf.gather(x, i, axis=1, batch_dims=1), ([2, 6], F), ([2, 3], I))
case('gather_nd', tf.gather_nd, ([4, 5], F), ([3, 1], I))
case('gather_nd_string', tf.gather_nd, ([4, 5], S), ([3, 2], I))
case('slice', lambda x: tf.slice(x, [0, 1], [2, 3]), ([4, 6], F))
case('slice_rank5', lambda x: tf.slice(x, [0, 1, 0, 1, 0], [1, 2, 1, 2, 1]), ([2, 3, 2, 3, 2], F))
case('slice_string', lambda x, i: tf.slice(x, i, [2]), ([4], S), ([1], I))
case('strided_slice', lambda x: x[:, ::2], X2)
case('strided_slice_rank5', lambda x: x[:, ::2, :, ::2, :], ([2, 3, 2, 3, 2], F))
case('strided_slice_new_axis', lambda x: x[:, tf.newaxis, 1:3], X2)
case('strided_slice_ellipsis', lambda x: x[..., tf.newaxis, ::2], X4)
case('strided_slice_bool', lambda x: x[::2], ([4], B))
case('scatter_nd', lambda i, u: tf.scatter_nd(i, u, [5, 2]), ([3, 1], I), ([3, 2], F))
case('one_hot', lambda i: tf.one_hot(i, 5), ([3], I))
case('where', tf.where, ([2, 3], B))
case('where_float', lambda x: tf.where(x), ([2, 3], F))
case('select', lambda c, x, y: tf.where(c, x, y), ([2, 3], B), ([2, 3], F), ([2, 3], F))
case('select_broadcast', lambda c, x, y: tf.where(c, x, y), ([3], B), ([2, 3], F), ([2, 1], F))
case('matrix_diag', tf.linalg.diag, ([2, 3], F))
case('matrix_set_diag', tf.linalg.set_diag, ([2, 3, 3], F), ([2, 3], F))

case('pad', lambda x: tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]]), X4)
case('pad_rank5', lambda x: tf.pad(x, [[0, 1]] * 5), ([2, 2, 2, 2, 2], F))
case('pad_value', lambda x: tf.pad(x, [[0, 0], [1, 2]], constant_values=1.5), X2)
case('mirror_pad', lambda x: tf.pad(x, [[0, 0], [1, 2]], 'REFLECT'), X2)
case('resize_bilinear', lambda x: tf.compat.v1.image.resize_bilinear(x, [4, 5]), X4)
case('resize_bilinear_half', lambda x: tf.image.resize(x, [4, 5]), X4)
case('resize_nearest', lambda x: tf.compat.v1.image.resize_nearest_neighbor(x, [4, 5]), X4)
case('resize_nearest_half', lambda x: tf.image.resize(x, [4, 5], 'nearest'), X4)
case('space_to_batch', lambda x: tf.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]), X4)
case('space_to_batch_rank3', lambda x: tf.space_to_batch(x, [2], [[0, 0]]), ([1, 4, 3], F))
case('batch_to_space', lambda x: tf.batch_to_space(x, [2, 2], [[0, 0], [0, 0]]), ([4, 2, 2, 1], F))
case('space_to_depth', lambda x: tf.nn.space_to_depth(x, 2), X4)
case('depth_to_space', lambda x: tf.nn.depth_to_space(x, 2), X4)
case('l2_normalize', lambda x: tf.math.l2_normalize(x, -1), X2)
case('lrn', lambda x: tf.nn.local_response_normalization(x, 2), X4)

for name, source, target in [('int_to_float', I, F), ('float_to_int8', F, tf.int8), ('bool_to_float', B, F),
                             ('float_to_int64', F, L), ('uint8_to_float', tf.uint8, F), ('double', F, tf.float64),
                             ('uint32', tf.uint32, F), ('int16', tf.int16, F), ('uint16', tf.uint16, F)]:
    case('cast_' + name, lambda x, t=target: tf.cast(x, t), ([2, 3], source))
case('bitcast', lambda x: tf.bitcast(x, I), ([2, 3], F))
case('segment_sum', tf.math.segment_sum, ([3, 2], F), ([3], I))
case('unsorted_segment_max', lambda x, i: tf.math.unsorted_segment_max(x, i, 2), ([3, 2], F), ([3], I))
case('rfft2d', lambda x: tf.math.abs(tf.signal.rfft2d(x)), ([1, 4, 8], F))
case('bucketize', lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[0.5, 1.5]), X2)
case('random_uniform', lambda n: tf.random.uniform([2, 3], seed=1) + n, ([], F))
case('random_normal', lambda n: tf.random.normal([2, 3], seed=1) + n, ([], F))
case('non_max_suppression', lambda b, s: tf.image.non_max_suppression_padded(
    b, s, 3, pad_to_max_output_size=True)[0], ([4, 4], F), ([4], F))
case('embedding', lambda i: tf.nn.embedding_lookup(weights(5, 3), i), ([4], I))
case('while', lambda n: tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, x * 2.0),
                                      [tf.constant(0), tf.constant(1.0)])[1], ([], I))
case('if', lambda c, x: tf.cond(c, lambda: x + 1, lambda: x * 2), ([], B), ([2], F))


def convert(keys):
    module = tf.Module()
    module.functions = {key: functions[key] for key in keys}
    with tempfile.TemporaryDirectory() as folder:
        signatures = {key: functions[key].get_concrete_function() for key in keys}
        tf.saved_model.save(module, folder, signatures=signatures)
        return tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(keys)).convert()


if __name__ == '__main__':
    pathlib.Path(__file__).with_name('ops.tflite').write_bytes(convert(list(functions)))
