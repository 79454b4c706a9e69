"""Ops that few models use, and types and masks that the other tables leave out."""

from __future__ import annotations

import tensorflow as tf

from op_case_tables.vocabulary import b, case, f, free, i, raw, value, weights

# --- elementwise ----------------------------------------------------------------------------------

_UNIT = {"low": -0.95, "high": 0.95}
for _op, _range in {
    "Acos": _UNIT,
    "Asin": _UNIT,
    "Atan": {},
    "Sinh": {},
    "Cosh": {},
    "Asinh": {},
    "Atanh": _UNIT,
    "Acosh": {"low": 1.1, "high": 5},
}.items():
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x), free(f(2, 3, 4, **_range)))
for _op in ("Abs", "Neg", "Square", "Sign"):
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x), i(2, 5, dtype="int64"))
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x), i(2, 5, dtype="int8"))
for _op in ("AddV2", "Sub", "Mul", "Maximum", "Less", "Equal"):
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(x=a, y=c),
        i(2, 5, low=0, high=255, dtype="uint8"),
        i(5, low=0, high=255, dtype="uint8"),
    )
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(2, 5, dtype="float16"), i(5, dtype="float16"))
for _op in ("TruncateMod", "Mod"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(2, 6), value([[1, -2, 3, -4, 5, 6]] * 2, "int32"))
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(x=a, y=c),
        f(2, 6, low=-9, high=9),
        value([1.5, -2.0, 2.5, -0.75, 3.0, 1.0]),
    )
case(
    "Xlog1py",
    lambda a, c: raw.Xlog1py(x=a, y=c),
    value([[0.0, 1.0, 2.0], [0.0, -1.0, 0.5]]),
    value([[-1.0, 1.5, 2.0], [0.5, 2.0, 3.0]]),
)
case("ApproximateEqual", lambda a, c: raw.ApproximateEqual(x=a, y=c, tolerance=0.5), f(3, 4), f(3, 4))
case("BitwiseXor", lambda a, c: raw.BitwiseXor(x=a, y=c), i(2, 5), i(5))
case("Invert", lambda x: raw.Invert(x=x), i(2, 5, low=0, high=200, dtype="uint8"))
case("RightShift", lambda a, c: raw.RightShift(x=a, y=c), i(2, 5, low=-1000, high=1000), i(5, low=0, high=5))
case("LeftShift", lambda x: raw.LeftShift(x=x, y=3), i(2, 5, low=-1000, high=1000))
case("SigmoidGrad", lambda a, c: raw.SigmoidGrad(y=a, dy=c), f(2, 3), f(2, 3))
for _op in ("AddV2", "Pow", "Less", "FloorMod"):
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(x=a, y=c),
        f(2, 1, 3, 1, 2, low=0.5, high=2),
        f(3, 1, 1, 2, low=0.5, high=2),
    )
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(x=a, y=c),
        free(f(2, 1, 3, 1, 2, 1, 2, low=0.5, high=2), 0, 4),
        free(f(1, 2, 1, 2, low=0.5, high=2), 1),
    )
case("Atan2", lambda a, c: raw.Atan2(y=a, x=c), free(f(3, 4)), f(4))
case("Bitcast", lambda x: raw.Bitcast(input=x, type=tf.int32), f(2, 3))
case("Bitcast", lambda x: raw.Bitcast(input=x, type=tf.uint8), f(2, 3))

# --- shapes and slices ----------------------------------------------------------------------------

case("ShapeN", lambda a, c: raw.ShapeN(input=[a, c]), free(f(2, 3)), free(f(4)))
case(
    "Reshape",
    lambda x: raw.Reshape(tensor=x, shape=tf.stack([tf.shape(x)[0], tf.shape(x)[1], 2, 3])),
    free(f(4, 5, 6), 0, 1),
)
case("Squeeze", lambda x: raw.Squeeze(input=x, axis=[-1, 1]), free(f(4, 1, 3, 1), 0, 2))
case("Transpose", lambda x: raw.Transpose(x=x, perm=[5, 3, 1, 0, 2, 4]), f(2, 3, 2, 2, 3, 2))
case("InvertPermutation", lambda x: raw.InvertPermutation(x=x), value([2, 0, 3, 1], "int32"))
case("Empty", lambda x: raw.Empty(shape=tf.shape(x), dtype=tf.float32, init=True), free(f(4, 2)))
for _slice in (
    lambda x: x[..., 1:, ::-1],
    lambda x: x[tf.newaxis, 1, ..., tf.newaxis],
    lambda x: x[:, tf.newaxis, 1:2],
    lambda x: x[::2, 3:0:-2],
    lambda x: x[-1, tf.newaxis, -1:, ...],
    lambda x: x[..., tf.newaxis],
):
    case("StridedSlice", _slice, f(3, 4, 5))
    case("StridedSlice", _slice, free(f(3, 4, 5), 0, 1, 2))
case("StridedSlice", lambda a, c: a[:, :c], f(5, 4), value(2, "int32"))
case("StridedSlice", lambda x: x[5:], f(3, 4))
case("Pack", lambda a, c: raw.Pack(values=[a, c], axis=1), b(2, 3), b(2, 3))
case("Split", lambda x: raw.Split(axis=1, value=x, num_split=2), i(2, 4, dtype="int64"))
case("Roll", lambda x: raw.Roll(input=x, shift=[2, -7], axis=[0, 1]), free(f(5, 3), 0, 1))
case(
    "ReverseSequence",
    lambda a, c: raw.ReverseSequence(input=a, seq_lengths=c, seq_dim=1, batch_dim=0),
    free(f(3, 4, 2)),
    free(value([2, 4, 1], "int64")),
)

# --- indexing -------------------------------------------------------------------------------------

case(
    "GatherV2",
    lambda a, c: raw.GatherV2(params=a, indices=c, axis=-1, batch_dims=-1),
    f(2, 5, 3),
    i(2, 2, low=0, high=3),
)
case(
    "ScatterNd",
    lambda x: raw.ScatterNd(
        indices=tf.constant([[4], [1], [4]], tf.int64), updates=x, shape=tf.constant([6, 2], tf.int64)
    ),
    i(3, 2, dtype="int16"),
)
case(
    "TensorScatterUpdate",
    lambda a, c, d: raw.TensorScatterUpdate(tensor=a, indices=c, updates=d),
    f(5, 3),
    value([[4], [1]], "int32"),
    f(2, 3),
)
case(
    "TensorScatterUpdate",
    lambda a, d: raw.TensorScatterUpdate(tensor=a, indices=[[0, 1], [3, 2]], updates=d),
    free(f(5, 3)),
    f(2),
)
for _op in ("TensorScatterAdd", "TensorScatterSub", "TensorScatterMax", "TensorScatterMin"):
    case(
        _op,
        lambda a, c, d, op=_op: getattr(raw, op)(tensor=a, indices=c, updates=d),
        i(5, 3),
        value([[4], [1], [4]], "int64"),
        i(3, 3),
    )
case("DynamicStitch", lambda a, c: raw.DynamicStitch(indices=[[0, 2], [3, 1]], data=[a, c]), f(2, 3), f(2, 3))
case("ParallelDynamicStitch", lambda a, c: raw.ParallelDynamicStitch(indices=[[0, 2], 1], data=[a, c]), f(2, 3), f(3))
case("Unique", lambda x: raw.Unique(x=x), value([3, 1, 3, 2, 1], "int32"))
case("UniqueV2", lambda x: raw.UniqueV2(x=x, axis=tf.constant([], tf.int64)), value([3.0, 1.0, 3.0, 2.0]))
case("SegmentSum", lambda x: raw.SegmentSum(data=x, segment_ids=[0, 0, 1, 3]), f(4, 3))
case("SegmentSum", lambda a, c: raw.SegmentSum(data=a, segment_ids=c), i(4, 3), value([0, 1, 1, 2], "int64"))
for _op in ("Sum", "Prod", "Max", "Min"):
    case(
        "UnsortedSegment" + _op,
        lambda a, c, op=_op: getattr(raw, "UnsortedSegment" + op)(data=a, segment_ids=c, num_segments=4),
        f(5, 2),
        value([0, 3, 3, -1, 0], "int32"),
    )

# --- complex numbers, variables, what is dropped ----------------------------------------------------

for _op in ("Real", "Imag"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=tf.cast(x, tf.complex64)), f(2, 3))
case("ComplexAbs", lambda x: raw.ComplexAbs(x=tf.cast(x, tf.complex64)), f(2, 3))
case("RFFT", lambda x: raw.ComplexAbs(x=raw.RFFT(input=x, fft_length=[8])), free(f(3, 8)))
case("RFFT", lambda x: raw.ComplexAbs(x=raw.RFFT(input=x, fft_length=[8])), free(f(3, 4, 12), 0, 1))
case("RFFT2D", lambda x: raw.ComplexAbs(x=raw.RFFT2D(input=x, fft_length=[4, 8])), free(f(3, 4, 8)))
case("EnsureShape", lambda x: raw.EnsureShape(input=x, shape=[None, 3]) * 2.0, free(f(4, 3), 0, 1))
case("GuaranteeConst", lambda x: raw.GuaranteeConst(input=x) * 2.0, f(3))
case("Print", lambda x: raw.Print(input=x, data=[x]) * 2.0, f(3))
case(
    "ResourceGather",
    lambda x, v: raw.ResourceGather(resource=v.handle, indices=x, dtype=tf.float32),
    free(i(4, low=0, high=5)),
    variables=(weights(5, 3),),
)
