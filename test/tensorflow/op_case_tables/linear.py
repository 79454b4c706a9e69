"""Matrix products, convolutions and what goes with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, raw, scales, weights

# --- matrices ---------------------------------------------------------------------------------

case("MatMul", lambda x: raw.MatMul(a=x, b=weights(4, 5)), free(f(3, 4)))
case("MatMul", lambda a, c: raw.MatMul(a=a, b=c, transpose_b=True), f(3, 4), f(5, 4))
case("MatMul", lambda a, c: raw.MatMul(a=a, b=c, transpose_a=True), f(4, 3), f(4, 5))
case("MatMul", lambda x: tf.nn.relu(raw.MatMul(a=x, b=weights(4, 5)) + weights(5)), free(f(3, 4)))
case("BatchMatMul", lambda a, c: raw.BatchMatMul(x=a, y=c), f(2, 3, 4), f(2, 4, 5))
case("BatchMatMulV2", lambda a, c: raw.BatchMatMulV2(x=a, y=c, adj_y=True), free(f(2, 2, 3, 4)), free(f(2, 2, 5, 4)))
case("BatchMatMulV2", lambda a, c: raw.BatchMatMulV2(x=a, y=c, adj_x=True), f(2, 4, 3), f(1, 4, 5))
case("BatchMatMulV2", lambda x: raw.BatchMatMulV2(x=x, y=weights(4, 5)), free(f(2, 3, 4)))
case("BatchMatMulV3", lambda a, c: raw.BatchMatMulV3(x=a, y=c, Tout=tf.float32), f(2, 3, 4), f(2, 4, 5))
case("Einsum", lambda x: raw.Einsum(inputs=[x, weights(4, 2, 5)], equation="abc,cde->abde"), free(f(2, 3, 4)))
case(
    "Einsum",
    lambda a, c: raw.Einsum(inputs=[a, c], equation="aecd,abcd->acbe"),
    free(f(2, 3, 2, 4)),
    free(f(2, 5, 2, 4)),
)
case(
    "Einsum",
    lambda a, c: raw.Einsum(inputs=[a, c], equation="acbe,aecd->abcd"),
    free(f(2, 2, 3, 5)),
    free(f(2, 5, 2, 4)),
)
case("Einsum", lambda x: raw.Einsum(inputs=[x, weights(2, 5, 4)], equation="abcd,cde->abe"), free(f(2, 3, 2, 5)))
case("Einsum", lambda a, c: raw.Einsum(inputs=[a, c], equation="ij,jk->ik"), f(2, 3), f(3, 4))
case("Einsum", lambda x: raw.Einsum(inputs=[x, weights(4, 5)], equation="...c,cd->...d"), free(f(2, 3, 4)))
case("MatrixBandPart", lambda x: raw.MatrixBandPart(input=x, num_lower=-1, num_upper=0), f(2, 4, 4))
case("MatrixBandPart", lambda x: raw.MatrixBandPart(input=x, num_lower=1, num_upper=2), f(3, 5))
case("MatrixDiagV3", lambda x: raw.MatrixDiagV3(diagonal=x, k=0, num_rows=-1, num_cols=-1, padding_value=0.0), f(2, 3))


# --- convolution ------------------------------------------------------------------------------


def conv2d(
    strides: int = 1, padding: str = "SAME", dilation: int = 1, kernel: tuple[int, ...] = (3, 3, 3, 4), **options: Any
) -> Callable[[tf.Tensor], tf.Tensor]:
    return lambda x: raw.Conv2D(
        input=x,
        filter=weights(*kernel),
        strides=[1, strides, strides, 1],
        padding=padding,
        dilations=[1, dilation, dilation, 1],
        **options,
    )


case("Conv2D", conv2d(), free(f(2, 5, 6, 3)))
case("Conv2D", conv2d(2, "VALID"), f(1, 7, 6, 3))
case("Conv2D", conv2d(2, "SAME"), free(f(1, 6, 6, 3)))
case("Conv2D", conv2d(1, "SAME", 2), free(f(1, 7, 7, 3)))
case("Conv2D", conv2d(1, "VALID", 2), f(1, 7, 7, 3))
case("Conv2D", conv2d(1, "EXPLICIT", explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0]), f(1, 5, 5, 3))
case("Conv2D", conv2d(kernel=(3, 3, 2, 4)), f(1, 5, 5, 4))
case("Conv2D", conv2d(kernel=(1, 1, 3, 4)), free(f(1, 4, 4, 3), 0, 1, 2))
case("Conv2D", lambda x: tf.nn.relu6(conv2d()(x) + weights(4)), free(f(1, 4, 4, 3)))
case(
    "Conv2D",
    lambda x: conv2d(2, "VALID")(raw.Pad(input=x, paddings=[[0, 0], [0, 1], [0, 1], [0, 0]])),
    free(f(1, 6, 6, 3)),
)
case(
    "Conv2D",
    lambda a, c: raw.Conv2D(input=a, filter=c, strides=[1, 1, 1, 1], padding="SAME"),
    f(1, 4, 4, 2),
    f(3, 3, 2, 3),
)


def depthwise(
    strides: int = 1, padding: str = "SAME", dilation: int = 1, multiplier: int = 1, channels: int = 3
) -> Callable[[tf.Tensor], tf.Tensor]:
    return lambda x: raw.DepthwiseConv2dNative(
        input=x,
        filter=weights(3, 3, channels, multiplier),
        strides=[1, strides, strides, 1],
        padding=padding,
        dilations=[1, dilation, dilation, 1],
    )


case("DepthwiseConv2dNative", depthwise(), free(f(2, 5, 6, 3)))
case("DepthwiseConv2dNative", depthwise(2, "VALID", multiplier=2), f(1, 7, 7, 3))
case("DepthwiseConv2dNative", depthwise(2, channels=1, multiplier=4), f(1, 6, 6, 1))
case("DepthwiseConv2dNative", depthwise(1, "SAME", 2), f(1, 7, 7, 3))


def conv_transpose(strides: int, padding: str, size: int) -> Callable[[tf.Tensor], tf.Tensor]:
    def build(x: tf.Tensor) -> tf.Tensor:
        output = tf.stack([tf.shape(x)[0], size, size, 4]) if x.shape[0] is None else [x.shape[0], size, size, 4]
        return raw.Conv2DBackpropInput(
            input_sizes=output,
            filter=weights(3, 3, 4, 2),
            out_backprop=x,
            strides=[1, strides, strides, 1],
            padding=padding,
        )

    return build


case("Conv2DBackpropInput", conv_transpose(2, "SAME", 8), free(f(2, 4, 4, 2)))
case("Conv2DBackpropInput", conv_transpose(2, "VALID", 9), f(1, 4, 4, 2))
case("Conv2DBackpropInput", conv_transpose(1, "SAME", 4), f(1, 4, 4, 2))
case("Conv2DBackpropInput", lambda x: tf.nn.relu(conv_transpose(2, "SAME", 8)(x) + weights(4)), free(f(1, 4, 4, 2)))
case(
    "Conv3D",
    lambda x: raw.Conv3D(input=x, filter=weights(2, 3, 3, 2, 3), strides=[1] * 5, padding="SAME"),
    f(1, 3, 4, 4, 2),
)
case(
    "Conv3D",
    lambda x: raw.Conv3D(input=x, filter=weights(2, 2, 2, 2, 3), strides=[1, 2, 2, 2, 1], padding="VALID"),
    free(f(1, 4, 4, 4, 2)),
)

for _op in ("AvgPool", "MaxPool"):

    def _pool(x: tf.Tensor, op: str = _op, size: int = 2, strides: int = 2, padding: str = "VALID") -> tf.Tensor:
        name = "value" if op == "AvgPool" else "input"
        return getattr(raw, op)(
            **{name: x}, ksize=[1, size, size, 1], strides=[1, strides, strides, 1], padding=padding
        )

    case(_op, _pool, free(f(2, 5, 6, 3)))
    case(_op, lambda x, pool=_pool: pool(x, size=3, padding="SAME"), f(1, 6, 7, 2))
    case(_op, lambda x, pool=_pool: pool(x, size=3, strides=1, padding="SAME"), free(f(1, 4, 4, 2), 0, 1, 2))

for _op in ("FusedBatchNorm", "FusedBatchNormV3"):

    def _batch_norm(x: tf.Tensor, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(
            x=x,
            scale=scales(3),
            offset=weights(3),
            mean=weights(3, seed=5),
            variance=scales(3, seed=6),
            epsilon=1e-3,
            is_training=False,
        ).y

    case(_op, _batch_norm, free(f(2, 4, 4, 3)))
    case(_op, lambda x, norm=_batch_norm: norm(conv2d(kernel=(3, 3, 2, 3))(x)), free(f(1, 4, 4, 2)))
case("FusedBatchNormV3", lambda x: _batch_norm(depthwise()(x)), free(f(1, 4, 4, 3)))
case("LRN", lambda x: raw.LRN(input=x, depth_radius=2, bias=1.0, alpha=0.3, beta=0.6), f(1, 3, 3, 6))
