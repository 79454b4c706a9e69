"""Ops that reduce, reshape, select, and those that leave values as they are."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from op_case_tables.vocabulary import b, case, f, free, i, raw, value, weights

# --- reduction ----------------------------------------------------------------------------------

for _op in ("Max", "Mean", "Min", "Prod", "Sum"):

    def _reduce(x: tf.Tensor, axis: Any, keep_dims: bool = False, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(input=x, axis=axis, keep_dims=keep_dims)

    case(_op, lambda x, reduce=_reduce: reduce(x, [1, 2]), free(f(2, 3, 4, 2)))
    case(_op, lambda x, reduce=_reduce: reduce(x, -1, True), f(3, 4))
    case(_op, lambda x, reduce=_reduce: reduce(x, [0, 1]), i(2, 3, low=1, high=4))
for _op in ("All", "Any"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, axis=[1]), b(4, 2))
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, axis=[0, 1], keep_dims=True), free(b(4, 2)))
for _op in ("ArgMax", "ArgMin"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, dimension=-1), free(f(3, 5)))
    case(_op, lambda x, op=_op: getattr(raw, op)(input=x, dimension=1, output_type=tf.int32), f(2, 4, 3))
case("Cumsum", lambda x: raw.Cumsum(x=x, axis=1), f(2, 5))
case("Cumsum", lambda x: raw.Cumsum(x=x, axis=-1, exclusive=True, reverse=True), free(f(2, 5)))
case("TopKV2", lambda x: raw.TopKV2(input=x, k=3), free(f(2, 8)))
case("TopKV2", lambda x: raw.TopKV2(input=x, k=2).indices, f(3, 2, 6))


# --- shapes -------------------------------------------------------------------------------------

case("Reshape", lambda x: raw.Reshape(tensor=x, shape=[4, -1]), f(2, 2, 3))
case("Reshape", lambda x: raw.Reshape(tensor=x, shape=[-1, 6]), free(f(2, 2, 3)))
case("Reshape", lambda x: raw.Reshape(tensor=x, shape=tf.stack([tf.shape(x)[0], 6])), free(f(2, 2, 3)))
case("ExpandDims", lambda x: raw.ExpandDims(input=x, axis=1), free(f(2, 3)))
case("ExpandDims", lambda x: raw.ExpandDims(input=x, axis=-1), f(2, 3))
case("Squeeze", lambda x: raw.Squeeze(input=x, axis=[1, -1]), free(f(2, 1, 3, 1)))
case("Squeeze", lambda x: raw.Squeeze(input=x), f(1, 2, 1, 3))
case("Shape", lambda x: raw.Shape(input=x), free(f(2, 3, 4)))
case("Shape", lambda x: raw.Shape(input=x, out_type=tf.int64), free(f(2, 3), 0, 1))
case("Shape", lambda x: raw.Shape(input=x), f(2, 3))
case("Size", lambda x: raw.Size(input=x), free(f(2, 3, 4)))
case("Size", lambda x: raw.Size(input=x), f(2, 3))
case("Rank", lambda x: raw.Rank(input=x), free(f(2, 3)))
case("Transpose", lambda x: raw.Transpose(x=x, perm=[0, 3, 1, 2]), free(f(2, 3, 4, 5)))
case("Transpose", lambda x: raw.Transpose(x=x, perm=[1, 0]), f(3, 4))
case("BroadcastTo", lambda x: raw.BroadcastTo(input=x, shape=[4, 2, 3]), f(2, 1))
case("BroadcastTo", lambda a, c: raw.BroadcastTo(input=a, shape=tf.shape(c)), f(1, 3), free(f(4, 3)))
case("BroadcastArgs", lambda a, c: raw.BroadcastArgs(s0=a, s1=c), value([2, 1, 3], "int32"), value([4, 1], "int32"))
case(
    "BroadcastGradientArgs",
    lambda a, c: list(raw.BroadcastGradientArgs(s0=a, s1=c)),
    value([2, 4, 3], "int32"),
    value([4, 1], "int32"),
)
case("Fill", lambda x: raw.Fill(dims=[2, 3], value=x), f())
case("Fill", lambda x: raw.Fill(dims=tf.shape(x), value=2.5), free(f(2, 3)))
case("Range", lambda a, c: raw.Range(start=a, limit=c, delta=2), value(1, "int32"), value(9, "int32"))
case("Range", lambda x: raw.Range(start=0, limit=tf.shape(x)[0], delta=1), free(f(4, 2)))
case("LinSpace", lambda a, c: raw.LinSpace(start=a, stop=c, num=5), f(), f())
case("Pack", lambda a, c: raw.Pack(values=[a, c]), f(2, 3), f(2, 3))
case("Pack", lambda a, c: raw.Pack(values=[a, c], axis=-1), free(f(2, 3)), free(f(2, 3)))
case("Unpack", lambda x: raw.Unpack(value=x, num=3, axis=1), free(f(2, 3, 2)))
case("Unpack", lambda x: raw.Unpack(value=x, num=2), f(2, 3))
case("Concat", lambda a, c: raw.Concat(concat_dim=1, values=[a, c]), f(2, 3), f(2, 2))
case("ConcatV2", lambda a, c, d: raw.ConcatV2(values=[a, c, d], axis=-1), free(f(2, 3)), free(f(2, 1)), free(f(2, 2)))
case("ConcatV2", lambda a, c: raw.ConcatV2(values=[a, c], axis=0), free(f(2, 3)), f(1, 3))
case("Split", lambda x: raw.Split(axis=-1, value=x, num_split=3), free(f(2, 6)))
case("Split", lambda x: raw.Split(axis=0, value=x, num_split=2), f(4, 3))
case("SplitV", lambda x: raw.SplitV(value=x, size_splits=[1, -1, 2], axis=1, num_split=3), free(f(2, 6)))
case("Tile", lambda x: raw.Tile(input=x, multiples=[2, 1, 3]), f(2, 3, 1))
case("Tile", lambda x: raw.Tile(input=x, multiples=[1, 2]), free(f(2, 3)))
case("Pad", lambda x: raw.Pad(input=x, paddings=[[0, 0], [1, 2], [0, 3]]), free(f(2, 3, 2)))
case("Pad", lambda x: raw.Pad(input=x, paddings=[[1, 0], [2, 1]]), i(2, 3))
case("PadV2", lambda x: raw.PadV2(input=x, paddings=[[0, 0], [1, 2]], constant_values=-1.5), free(f(2, 3)))
case("MirrorPad", lambda x: raw.MirrorPad(input=x, paddings=[[0, 0], [1, 2]], mode="REFLECT"), f(2, 4))
case("MirrorPad", lambda x: raw.MirrorPad(input=x, paddings=[[1, 1], [2, 0]], mode="SYMMETRIC"), f(2, 4))
case("ReverseV2", lambda x: raw.ReverseV2(tensor=x, axis=[1]), free(f(2, 3, 4)))
case("ReverseV2", lambda x: raw.ReverseV2(tensor=x, axis=[-1, 0]), f(2, 3, 4))
case("Reverse", lambda x: raw.Reverse(tensor=x, dims=[False, True]), f(2, 3))
case("Roll", lambda x: raw.Roll(input=x, shift=2, axis=1), free(f(2, 5)))
case("Roll", lambda x: raw.Roll(input=x, shift=[-1, 1], axis=[0, 1]), f(3, 4))
case("DepthToSpace", lambda x: raw.DepthToSpace(input=x, block_size=2), free(f(2, 2, 3, 8)))
case("SpaceToDepth", lambda x: raw.SpaceToDepth(input=x, block_size=2), free(f(2, 4, 6, 2)))
case(
    "SpaceToBatchND",
    lambda x: raw.SpaceToBatchND(input=x, block_shape=[2, 2], paddings=[[0, 0], [1, 1]]),
    f(1, 4, 4, 2),
)
case("SpaceToBatchND", lambda x: raw.SpaceToBatchND(input=x, block_shape=[2], paddings=[[2, 0]]), free(f(2, 4, 3)))
case("BatchToSpaceND", lambda x: raw.BatchToSpaceND(input=x, block_shape=[2, 2], crops=[[0, 0], [1, 0]]), f(4, 2, 3, 2))
case("BatchToSpaceND", lambda x: raw.BatchToSpaceND(input=x, block_shape=[2], crops=[[0, 1]]), free(f(4, 3, 2)))


# --- indexing -----------------------------------------------------------------------------------

case("Gather", lambda a, c: raw.Gather(params=a, indices=c), f(5, 3), i(4, low=0, high=5))
case("GatherV2", lambda a, c: raw.GatherV2(params=a, indices=c, axis=1), free(f(2, 5, 3)), i(2, 2, low=0, high=5))
case("GatherV2", lambda x: raw.GatherV2(params=weights(7, 4), indices=x, axis=0), free(i(2, 3, low=0, high=7)))
case(
    "GatherV2", lambda a, c: raw.GatherV2(params=a, indices=c, axis=1, batch_dims=1), f(2, 5, 3), i(2, 2, low=0, high=5)
)
case("GatherNd", lambda a, c: raw.GatherNd(params=a, indices=c), f(3, 4, 2), value([[0, 1], [2, 3]], "int32"))
case("GatherNd", lambda a, c: raw.GatherNd(params=a, indices=c), f(3, 4), value([[[0], [2]], [[1], [1]]], "int64"))
case("ScatterNd", lambda x: raw.ScatterNd(indices=[[4], [1], [3]], updates=x, shape=[6, 2]), f(3, 2))
case(
    "ScatterNd", lambda a, c: raw.ScatterNd(indices=a, updates=c, shape=[3, 3]), value([[0, 1], [2, 2]], "int32"), f(2)
)
case("OneHot", lambda x: raw.OneHot(indices=x, depth=5, on_value=1.0, off_value=0.0), free(i(4, low=0, high=5)))
case("OneHot", lambda x: raw.OneHot(indices=x, depth=3, on_value=2.0, off_value=-1.0, axis=0), i(4, low=-1, high=4))
case("Slice", lambda x: raw.Slice(input=x, begin=[0, 1, 0], size=[2, 2, -1]), f(2, 4, 3))
case("Slice", lambda x: raw.Slice(input=x, begin=[0, 2], size=[-1, 3]), free(f(2, 6)))
case("StridedSlice", lambda x: x[:, 1:, ::2], free(f(2, 4, 5)))
case("StridedSlice", lambda x: x[..., tf.newaxis, 1], f(2, 3, 4))
case("StridedSlice", lambda x: x[-1, ::-1], f(3, 5))
case("StridedSlice", lambda x: tf.shape(x)[1:3], free(f(2, 3, 4, 5), 0, 1, 2))
case("StridedSlice", lambda x: x[:, -1, :], free(f(2, 4, 3)))
case("Where", lambda x: raw.Where(condition=x), b(3, 4))
case("Where", lambda x: raw.Where(condition=x), free(value([0.0, 1.5, 0.0, -2.0])))


# --- images -------------------------------------------------------------------------------------

for _align, _half in ((False, True), (True, False), (False, False)):
    case(
        "ResizeBilinear",
        lambda x, align=_align, half=_half: raw.ResizeBilinear(
            images=x, size=[6, 8], align_corners=align, half_pixel_centers=half
        ),
        free(f(1, 3, 4, 2)),
    )
    case(
        "ResizeNearestNeighbor",
        lambda x, align=_align, half=_half: raw.ResizeNearestNeighbor(
            images=x, size=[6, 8], align_corners=align, half_pixel_centers=half
        ),
        free(f(1, 3, 4, 2)),
    )
case(
    "ResizeBilinear",
    lambda x: raw.ResizeBilinear(images=x, size=[3, 2], half_pixel_centers=True),
    i(1, 6, 6, 1, low=0, high=256, dtype="uint8"),
)
case(
    "ResizeBilinear",
    lambda x: raw.ResizeBilinear(images=x, size=tf.shape(x)[1:3] * 2, half_pixel_centers=True),
    free(f(1, 3, 4, 2), 0, 1, 2),
)


# --- what leaves values as they are, and what holds them ------------------------------------------

case("Identity", lambda x: raw.Identity(input=x), free(f(2, 3)))
case("IdentityN", lambda a, c: raw.IdentityN(input=[a, c]), f(2, 3), i(4))
case("StopGradient", lambda x: raw.StopGradient(input=x) * 2.0, f(2, 3))
case("PreventGradient", lambda x: raw.PreventGradient(input=x) * 2.0, f(2, 3))
case("Snapshot", lambda x: raw.Snapshot(input=x) * 2.0, free(f(2, 3)))
case("CheckNumerics", lambda x: raw.CheckNumerics(tensor=x, message="not finite") * 2.0, free(f(2, 3)))
case("PlaceholderWithDefault", lambda x: x + raw.PlaceholderWithDefault(input=[1.0, 2.0, 3.0], shape=[3]), f(2, 3))
case("PartitionedCall", lambda x: _called(x) + _called(2.0 * x), free(f(2, 3)))
case(
    "ReadVariableOp",
    lambda x, v: x * raw.ReadVariableOp(resource=v.handle, dtype=tf.float32),
    free(f(2, 3)),
    variables=(weights(3),),
)
case(
    "ReadVariableOp",
    lambda x, v, w: tf.nn.relu(raw.MatMul(a=x, b=v) + w),
    free(f(2, 3)),
    variables=(weights(3, 4), weights(4)),
)


@tf.function(autograph=False)
def _called(x: tf.Tensor) -> tf.Tensor:
    """A function that the graph calls, twice."""
    return tf.tanh(x) + 1.0
