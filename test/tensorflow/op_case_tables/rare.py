"""Ops of volumes, diagonals, gradients, random numbers and debugging, and those of TensorFlow 1."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, i, raw, scales, value, weights

# --- elementwise ------------------------------------------------------------------------------

case("Erfc", lambda x: raw.Erfc(x=x), free(f(3, 5)))
case("TanhGrad", lambda a, c: raw.TanhGrad(y=a, dy=c), free(f(2, 3)), free(f(2, 3)))
for _op in ("BitwiseAnd", "BitwiseOr"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(2, 5), i(2, 5))
for _options in ({}, {"exclusive": True}, {"reverse": True}):
    case("Cumprod", lambda x, options=_options: raw.Cumprod(x=x, axis=-1, **options), free(f(2, 5)))
case(
    "BitwiseAnd", lambda a, c: raw.BitwiseAnd(x=a, y=c), i(9, low=-(2**31), high=2**31), i(9, low=-(2**31), high=2**31)
)
for _op in ("BitwiseAnd", "BitwiseOr"):
    _bytes = i(9, low=-128, high=128, dtype="int8")
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), free(_bytes), _bytes)
_DIVISORS = [[3, -2, 7, -4, 5, 6]] * 2
for _op in ("FloorDiv", "FloorMod"):
    _long = i(2, 6, dtype="int64", low=-(2**62), high=2**62)
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), _long, value(_DIVISORS, "int64"))
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(2, 6), value(_DIVISORS, "int32"))

# --- volumes ------------------------------------------------------------------------------------


def _transposed(strides: int, padding: str, *size: int) -> Any:
    return lambda x: raw.Conv3DBackpropInputV2(
        input_sizes=[1, *size, 3],
        filter=weights(2, 3, 3, 3, 2),
        out_backprop=x,
        strides=[1, strides, strides, strides, 1],
        padding=padding,
    )


case("Conv3DBackpropInputV2", _transposed(2, "SAME", 4, 6, 6), f(1, 2, 3, 3, 2))
case("Conv3DBackpropInputV2", _transposed(1, "VALID", 3, 5, 5), f(1, 2, 3, 3, 2))
for _op in ("AvgPool3D", "MaxPool3D"):

    def _pool(x: tf.Tensor, size: list[int], strides: list[int], padding: str, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(input=x, ksize=[1, *size, 1], strides=[1, *strides, 1], padding=padding)

    case(_op, lambda x, pool=_pool: pool(x, [2, 2, 2], [2, 2, 2], "VALID"), free(f(1, 4, 5, 6, 2)))
    case(_op, lambda x, pool=_pool: pool(x, [3, 2, 3], [1, 2, 1], "SAME"), f(1, 4, 5, 4, 2))
case(
    "MaxPoolV2",
    lambda x: raw.MaxPoolV2(input=x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"),
    free(f(1, 4, 6, 2)),
)


def _normalized(x: tf.Tensor) -> tf.Tensor:
    return raw.FusedBatchNormV2(
        x=x, scale=scales(3), offset=weights(3), mean=weights(3, seed=5), variance=scales(3, seed=6), is_training=False
    ).y


case("FusedBatchNormV2", _normalized, free(f(1, 4, 4, 3)))

# --- diagonals ------------------------------------------------------------------------------------

_DIAGONALS = {"k": [-1, 1], "num_rows": 4, "num_cols": 4, "padding_value": 9.0}
case("MatrixDiag", lambda x: raw.MatrixDiag(diagonal=x), free(f(2, 3)))
case("MatrixDiag", lambda x: raw.MatrixDiag(diagonal=x), i(4))
case("MatrixDiagV2", lambda x: raw.MatrixDiagV2(diagonal=x, **_DIAGONALS), f(3, 4))
case(
    "MatrixDiagV2",
    lambda x: raw.MatrixDiagV2(diagonal=x, k=1, num_rows=-1, num_cols=-1, padding_value=0.0),
    free(f(2, 3)),
)
case("MatrixDiagV3", lambda x: raw.MatrixDiagV3(diagonal=x, **_DIAGONALS), f(2, 3, 4))
case("MatrixDiagV3", lambda x: raw.MatrixDiagV3(diagonal=x, align="LEFT_RIGHT", **_DIAGONALS), f(3, 4))
case("MatrixDiagPart", lambda x: raw.MatrixDiagPart(input=x), free(f(2, 3, 4)))
for _op in ("MatrixDiagPartV2", "MatrixDiagPartV3"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, k=[-1, 2], padding_value=9.0), f(2, 3, 4))
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, k=-1, padding_value=0.0), free(f(2, 4, 4)))
case("MatrixSetDiag", lambda a, c: raw.MatrixSetDiag(input=a, diagonal=c), free(f(2, 3, 4)), free(f(2, 3)))
for _op in ("MatrixSetDiagV2", "MatrixSetDiagV3"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(input=a, diagonal=c, k=[-1, 1]), f(2, 4, 4), f(2, 3, 4))
    case(_op, lambda a, c, op=_op: getattr(raw, op)(input=a, diagonal=c, k=0), free(f(2, 3, 3)), free(f(2, 3)))

# --- random numbers -------------------------------------------------------------------------------

for _op in ("RandomUniform", "RandomStandardNormal"):
    case(
        _op,
        lambda x, op=_op: x + getattr(raw, op)(shape=tf.shape(x), dtype=tf.float32, seed=1),
        free(f(8, 32, low=0, high=1)),
        random=True,
    )
case(
    "RandomUniformInt",
    lambda x: x + raw.RandomUniformInt(shape=[8, 32], minval=-5, maxval=tf.constant(20)),
    i(8, 32, low=0, high=2),
    random=True,
)

# --- debugging, and what TensorFlow 1 left ----------------------------------------------------------


def _asserted(x: tf.Tensor) -> tf.Tensor:
    raw.Assert(condition=tf.reduce_all(x < 100.0), data=["too large", x])
    return x * 2.0


def _printed(x: tf.Tensor) -> tf.Tensor:
    raw.PrintV2(input=tf.constant("printed"))
    return x * 2.0


def _after_nothing(x: tf.Tensor) -> tf.Tensor:
    with tf.control_dependencies([raw.NoOp()]):
        return x * 2.0


case("Assert", _asserted, f(2, 3))
case("PrintV2", _printed, f(2, 3))
case("DebugIdentity", lambda x: raw.DebugIdentity(input=x, tensor_name="x") * 2.0, f(2, 3))
case("NoOp", _after_nothing, f(2, 3))
case("VarHandleOp", lambda x, v: x * v, free(f(2, 3)), variables=(weights(3),))
case("VariableV2", lambda x, v: x * v, free(f(2, 3)), variables=(weights(3),), tf1=True)
case(
    "VariableV2",
    lambda x, v, w: tf.nn.relu(tf.matmul(x, v) + w),
    free(f(2, 3)),
    variables=(weights(3, 4), weights(4)),
    tf1=True,
)
