"""Gradients, losses, special functions, detection, and what JAX writes."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla
from tensorflow.compiler.xla import xla_data_pb2

from op_case_tables.vocabulary import case, f, free, i, raw, value, weights

def _compiled(build: Any) -> Any:
    """XLA's own ops run only where it compiles them."""
    return lambda *tensors: tf.function(build, jit_compile=True)(*tensors)


# --- gradients and losses -----------------------------------------------------------------------

for _op in ("SqrtGrad", "RsqrtGrad", "InvGrad", "ReciprocalGrad"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(y=a, dy=c), free(f(2, 3, low=0.2, high=2)), free(f(2, 3)))
for _op, _of in (
    ("ReluGrad", "features"),
    ("Relu6Grad", "features"),
    ("LeakyReluGrad", "features"),
    ("SoftplusGrad", "features"),
    ("SoftsignGrad", "features"),
    ("EluGrad", "outputs"),
    ("SeluGrad", "outputs"),
):

    def _gradient(a: tf.Tensor, c: tf.Tensor, op: str = _op, of: str = _of) -> tf.Tensor:
        return getattr(raw, op)(gradients=a, **{of: c})

    case(_op, _gradient, free(f(3, 4)), free(f(3, 4, low=-1.7, high=8)))
case("BiasAddGrad", lambda x: raw.BiasAddGrad(out_backprop=x), free(f(2, 3, 4, 5)))
case("BiasAddGrad", lambda x: raw.BiasAddGrad(out_backprop=x, data_format="NCHW"), f(2, 5, 3, 4))


def _broadcast_axes(a: tf.Tensor, c: tf.Tensor) -> Any:
    return raw.BroadcastGradientArgs(s0=a, s1=c)


case("BroadcastGradientArgs", _broadcast_axes, value([2, 1, 3], "int32"), value([5, 1], "int32"))
for _left, _right in (([1, 3], [3]), ([1, 3], [1, 3]), ([4], [2, 1, 1])):
    case("BroadcastGradientArgs", _broadcast_axes, free(value(_left, "int64")), free(value(_right, "int64")))
case("BroadcastGradientArgs", _broadcast_axes, value([4, 1], "int32"), value([4, 1], "int32"))


def _cross_entropy(a: tf.Tensor, c: tf.Tensor) -> Any:
    return raw.SoftmaxCrossEntropyWithLogits(features=a, labels=c)


def _sparse_cross_entropy(a: tf.Tensor, c: tf.Tensor) -> Any:
    return raw.SparseSoftmaxCrossEntropyWithLogits(features=a, labels=c)


case("SoftmaxCrossEntropyWithLogits", _cross_entropy, free(f(3, 5)), free(f(3, 5, low=0, high=0.4)))
case("SoftmaxCrossEntropyWithLogits", _cross_entropy, f(3, 5), f(1, 5, low=0, high=0.4))
case("SparseSoftmaxCrossEntropyWithLogits", _sparse_cross_entropy, free(f(4, 5)), free(i(4, low=0, high=5)))
case(
    "SparseSoftmaxCrossEntropyWithLogits",
    _sparse_cross_entropy,
    free(f(4, 5), 0, 1),
    free(i(4, low=0, high=5, dtype="int64")),
)

# --- special functions --------------------------------------------------------------------------

_ANY = [[-3.7, -2.5, -0.3, 0.1, 0.5, 0.999], [1.0, 1.6, 2.0, 3.5, 40.0, 1e4]]
case("Lgamma", lambda x: raw.Lgamma(x=x), value(_ANY))
case("Lgamma", lambda x: raw.Lgamma(x=x), value([0.0, -1.0, -2.0, np.inf, 1e-6]))
case("Lgamma", lambda x: raw.Lgamma(x=x), free(f(3, 5, low=-4, high=6)))
case("Digamma", lambda x: raw.Digamma(x=x), value(_ANY))
case("Digamma", lambda x: raw.Digamma(x=x), free(f(3, 5, low=0.1, high=6)))
case("Erfinv", lambda x: raw.Erfinv(x=x), value([[-1.0, -0.9999, -0.5, 0.0], [1e-4, 0.7, 0.999999, 1.0]]))
case("Erfinv", lambda x: raw.Erfinv(x=x), free(f(3, 5, low=-1, high=1)))
case("Ndtri", lambda x: raw.Ndtri(x=x), value([[0.0, 1e-6, 0.01, 0.5], [0.6, 0.99, 0.9999, 1.0]]))
case("Erfc", lambda x: raw.Erfc(x=x), value([-6.0, -1.0, 0.0, 0.3, 1.0, 2.5, 4.0, 8.0, 30.0]))

# --- random numbers -------------------------------------------------------------------------------

case(
    "TruncatedNormal",
    lambda x: x + raw.TruncatedNormal(shape=tf.shape(x), dtype=tf.float32, seed=3),
    free(f(16, 32, low=0, high=1)),
    random=True,
)
case(
    "Multinomial",
    lambda x: raw.Multinomial(logits=x, num_samples=64, seed=7, seed2=9),
    value([[0.1, 0.5, 1.0, -0.3]] * 4),
    random=True,
)
case(
    "Multinomial",
    lambda x: raw.Multinomial(logits=x, num_samples=64, seed=7, seed2=9, output_dtype=tf.int32),
    free(value([[0.1, 0.5, 1.0, -0.3]] * 4)),
    random=True,
)

# --- detection ----------------------------------------------------------------------------------

_CORNERS = np.random.default_rng(4).uniform(0, 0.6, (12, 2)).astype(np.float32)
_BOXES = np.concatenate([_CORNERS, _CORNERS + np.random.default_rng(5).uniform(0.2, 0.5, (12, 2))], 1)
_SCORES = np.random.default_rng(6).permutation(12).astype(np.float32) / 12

case(
    "NonMaxSuppression",
    lambda a, c: raw.NonMaxSuppression(boxes=a, scores=c, max_output_size=5),
    value(_BOXES),
    value(_SCORES),
)
case(
    "NonMaxSuppressionV2",
    lambda a, c: raw.NonMaxSuppressionV2(boxes=a, scores=c, max_output_size=20, iou_threshold=0.4),
    value(_BOXES),
    value(_SCORES),
)
_THRESHOLDS = {"max_output_size": 8, "iou_threshold": 0.3, "score_threshold": 0.2}
case(
    "NonMaxSuppressionV3",
    lambda a, c: raw.NonMaxSuppressionV3(boxes=a, scores=c, **_THRESHOLDS),
    free(value(_BOXES)),
    free(value(_SCORES)),
)
for _pad in (True, False):
    case(
        "NonMaxSuppressionV4",
        lambda a, c, pad=_pad: raw.NonMaxSuppressionV4(
            boxes=a, scores=c, pad_to_max_output_size=pad, **_THRESHOLDS
        ),
        value(_BOXES),
        value(_SCORES),
    )
    case(
        "NonMaxSuppressionV5",
        lambda a, c, pad=_pad: raw.NonMaxSuppressionV5(
            boxes=a, scores=c, soft_nms_sigma=0.5 if pad else 0.0, pad_to_max_output_size=pad, **_THRESHOLDS
        ),
        value(_BOXES),
        value(_SCORES),
    )


def _combined(kinds: int, **options: Any) -> Any:
    boxes = np.stack([np.roll(_BOXES, n, 0) for n in range(kinds)], 1)[None].repeat(2, 0)
    scores = np.random.default_rng(8).permutation(2 * 12 * 3).reshape(2, 12, 3) / 80
    build = lambda a, c: raw.CombinedNonMaxSuppression(  # noqa: E731
        boxes=a, scores=c, max_output_size_per_class=4, iou_threshold=0.4, score_threshold=0.3, **options
    )
    return build, value(boxes.astype(np.float32)), value(scores.astype(np.float32))


case("CombinedNonMaxSuppression", *_combined(1, max_total_size=9, clip_boxes=True))
case("CombinedNonMaxSuppression", *_combined(3, max_total_size=20, clip_boxes=False))
case("CombinedNonMaxSuppression", *_combined(1, max_total_size=20, pad_per_class=True))

# --- structure ------------------------------------------------------------------------------------

case("Bucketize", lambda x: raw.Bucketize(input=x, boundaries=[-1.0, 0.0, 2.5]), free(f(3, 4, low=-3, high=4)))
case("Bucketize", lambda x: raw.Bucketize(input=x, boundaries=[-5.0, 0.0, 2.0]), i(9, dtype="int64"))
case("Bucketize", lambda x: raw.Bucketize(input=x, boundaries=[-5.0, 0.0, 2.0]), i(9))
case(
    "SparseToDense",
    lambda a, c: raw.SparseToDense(sparse_indices=a, output_shape=[4, 5], sparse_values=c, default_value=0.5),
    value([[0, 1], [1, 0], [3, 4]], "int64"),
    f(3),
)
case(
    "SparseToDense",
    lambda a, c: raw.SparseToDense(sparse_indices=a, output_shape=[6], sparse_values=c, default_value=-1),
    free(value([0, 2, 5], "int32")),
    free(i(3)),
)
for _largest in (True, False):
    case(
        "ApproxTopK",
        _compiled(lambda x, largest=_largest: raw.ApproxTopK(input=x, k=3, is_max_k=largest)),
        free(f(2, 9)),
    )
case("ApproxTopK", _compiled(lambda x: raw.ApproxTopK(input=x, k=2, reduction_dimension=0)), f(7, 3))


case("LRN", lambda x: raw.LRN(input=x, depth_radius=1, bias=-0.1, alpha=-3.0, beta=2.0), f(1, 2, 2, 4))
case("LRN", lambda x: raw.LRN(input=x, depth_radius=2, bias=-0.1, alpha=-3.0, beta=1.0), free(f(2, 2, 2, 7)))
for _flags in ({}, {"transpose_a": True}, {"transpose_b": True}):
    case(
        "SparseMatMul",
        lambda a, c, flags=_flags: raw.SparseMatMul(a=a, b=c, **flags),
        f(*((5, 3) if "transpose_a" in _flags else (3, 5))),
        f(*((4, 5) if "transpose_b" in _flags else (5, 4))),
    )

for _dtype in ("int32", "int64"):
    _integers = i(5, 4, dtype=_dtype)
    case("MatMul", lambda a, c: raw.MatMul(a=a, b=c, transpose_b=True), free(i(3, 4, dtype=_dtype)), _integers)
case("BatchMatMulV2", lambda a, c: raw.BatchMatMulV2(x=a, y=c, adj_x=True), free(i(2, 4, 3)), free(i(4, 5), 0, 1))

for _type in (tf.quint8, tf.qint8):
    for _mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):

        def _dequantized(x: tf.Tensor, type: Any = _type, mode: str = _mode) -> tf.Tensor:
            numbers = tf.bitcast(tf.constant([[1, 2, 100], [5, 60, 127]], tf.uint8), type)
            return x * raw.Dequantize(input=numbers, min_range=-1.5, max_range=2.5, mode=mode)

        case("Dequantize", _dequantized, free(f(2, 3)))

# --- JAX ------------------------------------------------------------------------------------------

case("XlaSharding", lambda x: xla.sharding(x, sharding="") * 2.0, free(f(2, 3)))


case(
    "XlaDynamicUpdateSlice",
    _compiled(lambda a, c, d: xla.dynamic_update_slice(a, c, d)),
    f(4, 5),
    f(2, 3),
    value([1, 4], "int32"),
)
case(
    "XlaDynamicSlice",
    _compiled(lambda a, c: xla.dynamic_slice(a, c, [2, 3])),
    f(4, 5),
    value([3, 1], "int32"),
)


def _convolution(spatial: dict[str, list[int]], **options: Any) -> Any:
    numbers = xla_data_pb2.ConvolutionDimensionNumbers(
        input_batch_dimension=0,
        kernel_output_feature_dimension=0,
        kernel_input_feature_dimension=1,
        output_batch_dimension=0,
        **spatial,
    )
    defaults = {"lhs_dilation": [1, 1], "rhs_dilation": [1, 1], "feature_group_count": 1} | options
    return _compiled(lambda x, w: xla.conv(x, w, dimension_numbers=numbers, **defaults))


_FIRST = {
    "input_feature_dimension": 1,
    "input_spatial_dimensions": [2, 3],
    "kernel_spatial_dimensions": [2, 3],
    "output_feature_dimension": 1,
    "output_spatial_dimensions": [2, 3],
}
_LAST = {
    "input_feature_dimension": 3,
    "input_spatial_dimensions": [1, 2],
    "kernel_spatial_dimensions": [2, 3],
    "output_feature_dimension": 3,
    "output_spatial_dimensions": [1, 2],
}
_V2 = {"preferred_element_type": tf.float32}
for _op, _layout, _shape, _options in (
    ("XlaConvV2", _FIRST, (2, 3, 6, 7), {"window_strides": [2, 1], "padding": [[1, 0], [1, 2]], **_V2}),
    (
        "XlaConvV2",
        _LAST,
        (2, 6, 7, 3),
        {"window_strides": [1, 1], "padding": [[0, 0], [0, 0]], "rhs_dilation": [2, 1], **_V2},
    ),
    (
        "XlaConvV2",
        _LAST,
        (2, 6, 7, 4),
        {"window_strides": [1, 2], "padding": [[1, 1], [1, 1]], "feature_group_count": 4, **_V2},
    ),
    ("XlaConv", _FIRST, (2, 3, 6, 7), {"window_strides": [2, 1], "padding": [[1, 0], [1, 2]]}),
):
    _groups = _options.get("feature_group_count", 1)
    case(
        _op,
        lambda x, layout=_layout, options=_options, groups=_groups: _convolution(layout, **options)(
            x, tf.constant(weights(8, 1 if groups > 1 else 3, 3, 3))
        ),
        f(*_shape),
    )


def _gathered(sizes: list[int], **numbers: Any) -> Any:
    message = xla_data_pb2.GatherDimensionNumbers(**numbers)
    return _compiled(lambda a, c: xla.gather(a, c, message, sizes))


_ROWS = {"offset_dims": [1], "collapsed_slice_dims": [0], "start_index_map": [0], "index_vector_dim": 1}
_PARTS = {"offset_dims": [0, 2], "collapsed_slice_dims": [1], "start_index_map": [1, 2], "index_vector_dim": 0}
case("XlaGather", _gathered([1, 5], **_ROWS), f(4, 5), value([[3], [0], [9]], "int32"))
case("XlaGather", _gathered([4, 1, 2], **_PARTS), f(4, 5, 6), value([[3, 0, 9], [1, 2, 5]], "int32"))
