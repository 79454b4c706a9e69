"""Writes goldens.json: what TensorFlow computes for small tensors, for kernels.test.ts.

    python test/tensor/kernels/goldens.py

A line `golden(kernel, result, *inputs, **arguments)` makes one golden. Tensors are {dtype, shape, values}: floats with
enough digits, 64-bit integers as text, complex numbers as pairs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

raw = tf.raw_ops
RNG = np.random.default_rng(3)
GOLDENS: list[dict[str, Any]] = []


def value(element: Any, dtype: np.dtype) -> Any:
    if dtype.kind in "SO":
        return element.decode() if isinstance(element, bytes) else str(element)
    if dtype.kind == "c":
        return [float(str(element.real)), float(str(element.imag))]
    if dtype.kind == "b":
        return int(element)
    if dtype.kind in "iu":
        return str(element) if dtype.itemsize == 8 else int(element)
    # The shortest digits that give the same float32 again.
    return float(str(element)) if np.isfinite(element) else str(float(element))


def encode(tensor: Any) -> dict[str, Any]:
    tensor = tf.convert_to_tensor(tensor)
    array = tensor.numpy()
    array = np.asarray(array)
    return {
        "dtype": tensor.dtype.name,
        "shape": list(array.shape),
        "values": [value(element, array.dtype) for element in array.ravel()],
    }


def golden(kernel: str, result: Any, *inputs: Any, **arguments: Any) -> None:
    results = result if isinstance(result, (list, tuple)) else [result]
    GOLDENS.append({
        "kernel": kernel,
        "inputs": [encode(each) for each in inputs],
        "arguments": arguments,
        "results": [encode(each) for each in results],
    })


def numbers(*shape: int, dtype: str = "float32", low: float = -9, high: float = 9) -> tf.Tensor:
    array = RNG.uniform(low, high, shape)
    if np.dtype(dtype).kind in "iu":
        array = RNG.integers(int(low), int(high), shape)
    return tf.constant(array.astype(dtype))


def words(*shape: int) -> tf.Tensor:
    return tf.constant(np.array([f"w{index}" for index in range(int(np.prod(shape)))], dtype="S4").reshape(shape))


SPECIAL = tf.constant([0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 3.5])
COUNT = tf.reshape(tf.range(24), (2, 3, 4))
MOVED = [tf.cast(COUNT, dtype) for dtype in ("float32", "int64", "int8", "float16")]
MOVED += [words(2, 3, 4), tf.complex(MOVED[0], -MOVED[0])]

# --- elementwise ----------------------------------------------------------------------------

for name in ("Abs", "Neg", "Sign", "Square", "Exp", "Expm1", "Sin", "Cos", "Floor", "Ceil", "Round", "Rint", "Reciprocal",
             "Tanh", "Sigmoid", "Sinh", "Cosh", "Atan", "Asinh"):
    x = numbers(7, low=-4, high=4)
    golden("unary", getattr(raw, name)(x=x), x, name=name)
for name in ("Abs", "Neg", "Sign", "Square", "Floor", "Ceil", "Round", "Rint"):
    golden("unary", getattr(raw, name)(x=SPECIAL), SPECIAL, name=name)
for name in ("Sqrt", "Rsqrt", "Log", "Log1p", "Acosh"):
    x = numbers(7, low=1, high=5)
    golden("unary", getattr(raw, name)(x=x), x, name=name)
for name in ("Asin", "Acos", "Atanh", "Tan"):
    x = numbers(7, low=-0.9, high=0.9)
    golden("unary", getattr(raw, name)(x=x), x, name=name)
for name in ("Abs", "Neg", "Sign", "Square"):
    for dtype in ("int8", "int32", "int64"):
        x = numbers(6, dtype=dtype, low=-100, high=100)
        golden("unary", getattr(raw, name)(x=x), x, name=name)
big = tf.constant([70000, -65537, 2147483647, -2147483648])
golden("unary", raw.Square(x=big), big, name="Square")
for name in ("IsNan", "IsInf", "IsFinite"):
    golden("unary", getattr(raw, name)(x=SPECIAL), SPECIAL, name=name, dtype="bool")
flags = tf.constant([True, False])
golden("unary", raw.LogicalNot(x=flags), flags, name="LogicalNot")
for dtype in ("int8", "uint8", "int64"):
    x = numbers(4, dtype=dtype, low=0, high=100)
    golden("unary", raw.Invert(x=x), x, name="Invert")

DIVISORS = {"float32": [1.5, -2.0, 0.25, -0.1], "int32": [3, -2, 7, -5], "int64": [3, -2, 7, -5], "int8": [3, -2, 7, -5]}
for dtype, divisors in DIVISORS.items():
    x, y = numbers(3, 4, dtype=dtype), tf.constant(divisors, dtype)
    for name in ("FloorDiv", "FloorMod"):
        golden("binary", getattr(raw, name)(x=x, y=y), x, y, name=name)
    if dtype != "float32":
        golden("binary", raw.TruncateDiv(x=x, y=y), x, y, name="TruncateDiv")
    golden("binary", raw.TruncateMod(x=x, y=y), x, y, name="TruncateMod") if dtype != "int8" else None
close = tf.constant([6.0, 0.3, 1e8, 4.2]), tf.constant([0.1, 0.1, 3.0, 0.7])
for name in ("FloorDiv", "FloorMod"):
    golden("binary", getattr(raw, name)(x=close[0], y=close[1]), *close, name=name)
for name in ("AddV2", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference"):
    kernel = name.replace("V2", "")
    for dtype in ("float32", "int32", "int64"):
        for shapes in (((2, 3), (2, 3)), ((2, 1, 3), (4, 1)), ((), (3,)), ((3,), (1,))):
            x, y = (numbers(*shape, dtype=dtype) for shape in shapes)
            golden("binary", getattr(raw, name)(x=x, y=y), x, y, name=kernel)
big2 = tf.constant([65537, -70001, 2147483647, 5]), tf.constant([65539, 70003, 2, -3])
for name in ("AddV2", "Sub", "Mul"):
    golden("binary", getattr(raw, name)(x=big2[0], y=big2[1]), *big2, name=name.replace("V2", ""))
small = tf.constant([200, 255, 3], tf.uint8), tf.constant([100, 2, 5], tf.uint8)
for name in ("AddV2", "Sub", "Mul", "FloorDiv"):
    golden("binary", getattr(raw, name)(x=small[0], y=small[1]), *small, name=name.replace("V2", ""))
half = tf.cast(numbers(5), tf.float16), tf.cast(numbers(5), tf.float16)
for name in ("AddV2", "Mul", "RealDiv"):
    golden("binary", getattr(raw, name)(x=half[0], y=half[1]), *half, name=name.replace("V2", ""))
x, y = numbers(3, 4), numbers(4)
for name in ("RealDiv", "DivNoNan", "Xdivy", "Atan2"):
    arguments = {"y": x, "x": y} if name == "Atan2" else {"x": x, "y": y}
    golden("binary", getattr(raw, name)(**arguments), x, y, name=name)
zero = tf.constant([0.0, 2.0, 0.0, -1.0]), tf.constant([0.0, 0.0, 3.0, 2.0])
for name in ("DivNoNan", "MulNoNan", "Xdivy", "Xlogy", "Xlog1py"):
    golden("binary", getattr(raw, name)(x=zero[0], y=zero[1]), *zero, name=name)
base, power = numbers(6, low=0.2, high=4), numbers(6, low=-3, high=3)
golden("binary", raw.Pow(x=base, y=power), base, power, name="Pow")
for dtype in ("int32", "int64"):
    base, power = numbers(6, dtype=dtype, low=-40, high=40), numbers(6, dtype=dtype, low=0, high=9)
    golden("binary", raw.Pow(x=base, y=power), base, power, name="Pow")
for name in ("Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"):
    for dtype in ("float32", "int64"):
        x, y = numbers(3, 4, dtype=dtype, low=0, high=3), numbers(4, dtype=dtype, low=0, high=3)
        golden("binary", getattr(raw, name)(x=x, y=y), x, y, name=name, dtype="bool")
golden("binary", raw.Equal(x=SPECIAL, y=SPECIAL), SPECIAL, SPECIAL, name="Equal", dtype="bool")
for name in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
    for dtype in ("int32", "uint8", "int64"):
        x, y = numbers(5, dtype=dtype, low=0, high=120), numbers(5, dtype=dtype, low=0, high=120)
        golden("binary", getattr(raw, name)(x=x, y=y), x, y, name=name)
x, y = words(2, 3), words(3)
golden("equalStrings", raw.Equal(x=x, y=y), x, y, equal=True)
golden("equalStrings", raw.NotEqual(x=x, y=y), x, y, equal=False)

# --- casts ----------------------------------------------------------------------------------

CASTS = {
    "float32": ("float64", "int32", "int64", "int8", "uint8", "float16", "bool", "complex64"),
    "float64": ("float32", "int32", "float16"),
    "int32": ("float32", "int8", "int64", "uint8", "bool", "float16"),
    "int64": ("int32", "float32", "float64", "int8", "bool"),
    "uint8": ("float32", "int8", "int64"),
    "float16": ("float32", "int32"),
    "bool": ("float32", "int64", "float16"),
    "complex64": ("float32", "complex128"),
}
for source, targets in CASTS.items():
    x = {
        "float32": tf.constant([0.0, 1.5, 2.7, 100.9, 65.0]), "float64": tf.constant([0.1, -2.5, 1e-8, 7.0], tf.float64),
        "int32": tf.constant([0, 1, -1, 300, -70000]), "int64": tf.constant([0, 1, -1, 2**40 + 5, -300], tf.int64),
        "uint8": tf.constant([0, 1, 200, 255], tf.uint8), "float16": tf.constant([0.0, 1.5, -2.7], tf.float16),
        "bool": tf.constant([True, False]), "complex64": tf.constant([1 + 2j, -3.5 - 1j], tf.complex64),
    }[source]
    for target in targets:
        golden("cast", tf.cast(x, target), x, dtype=target)
ties = tf.constant([1.0, 1.00048828125, 1.0009765625, 65504.0, 65519.0, 65520.0, 5.9e-8, 2.0**-25, -0.0, 1e-10])
golden("cast", tf.cast(ties, tf.float16), ties, dtype="float16")

# --- moving elements --------------------------------------------------------------------------

for x in MOVED:
    golden("slice", raw.Slice(input=x, begin=[0, 1, 1], size=[2, 1, 3]), x, begin=[0, 1, 1], size=[2, 1, 3])
    golden("stridedSlice", x[:, ::-1, 3:0:-2], x, begin=[0, 2, 3], step=[1, -1, -2], size=[2, 3, 2])
    golden("reverse", raw.ReverseV2(tensor=x, axis=[0, 2]), x, axes=[0, 2])
    golden("tile", raw.Tile(input=x, multiples=[1, 2, 3]), x, multiples=[1, 2, 3])
    golden("broadcastTo", raw.BroadcastTo(input=x[:, :1], shape=[3, 2, 5, 4]), x[:, :1], shape=[3, 2, 5, 4])
    golden("concat", raw.ConcatV2(values=[x, x[:, :1]], axis=1), x, x[:, :1], axis=1)
    golden("pack", raw.Pack(values=[x, x], axis=2), x, x, axis=2)
    golden("split", raw.SplitV(value=x, size_splits=[1, 3], axis=2, num_split=2), x, sizes=[1, 3], axis=2)
    golden("take", tf.gather(x, [2, 0, 2], axis=1), x, indices=[2, 0, 2], axis=1)
    golden("mirrorPad", raw.MirrorPad(input=x, paddings=[[1, 0], [0, 2], [3, 1]], mode="REFLECT"), x,
           paddings=[[1, 0], [0, 2], [3, 1]], symmetric=False)
    golden("mirrorPad", raw.MirrorPad(input=x, paddings=[[2, 0], [0, 2], [3, 1]], mode="SYMMETRIC"), x,
           paddings=[[2, 0], [0, 2], [3, 1]], symmetric=True)
    indices = tf.constant([[1, 2, 0], [0, 0, 3]])
    golden("gather", raw.GatherV2(params=x, indices=indices, axis=2, batch_dims=1), x, indices, axis=2, batchDims=1)
    golden("gather", raw.GatherV2(params=x, indices=[[1], [0]], axis=1), x, [[1], [0]], axis=1, batchDims=0)
    golden("gatherNd", raw.GatherNd(params=x, indices=[[1, 2], [0, 0]]), x, [[1, 2], [0, 0]])
    golden("select", raw.SelectV2(condition=[[True], [False], [True]], t=x, e=x[:1, :1, ::-1]), [[True], [False], [True]], x,
           x[:1, :1, ::-1])
for x in MOVED[:3]:
    one = tf.cast(7, x.dtype)
    golden("pad", raw.PadV2(input=x, paddings=[[1, 0], [0, 2], [3, 1]], constant_values=one), x, one,
           paddings=[[1, 0], [0, 2], [3, 1]])
    indices, updates = tf.constant([[1, 2], [0, 0], [1, 2]]), x[0, :3]
    for name in ("Add", "Sub", "Min", "Max"):
        golden("scatter", getattr(raw, "TensorScatter" + name)(tensor=x, indices=indices, updates=updates), x, indices, updates,
               combine=name.lower())
    golden("scatter", raw.TensorScatterUpdate(tensor=x, indices=indices[:2], updates=updates[:2]), x, indices[:2], updates[:2],
           combine="update")

# --- sequences, order, segments -------------------------------------------------------------

for start, limit, delta, dtype in ((1, 9, 2, "int32"), (9, 1, -3, "int64"), (3, 3, 1, "int32"), (0.5, 3.0, 0.3, "float32")):
    scalars = [tf.constant(each, dtype) for each in (start, limit, delta)]
    golden("range", raw.Range(start=scalars[0], limit=scalars[1], delta=scalars[2]), *scalars)
for count in (1, 2, 7):
    golden("linSpace", raw.LinSpace(start=0.1, stop=5.3, num=count), 0.1, 5.3, count=count)
for axis in (0, 1, 2):
    places = tf.constant([[0, 3], [-1, 2], [5, 1]])
    golden("oneHot", raw.OneHot(indices=places, depth=4, on_value=2.0, off_value=-1.0, axis=axis), places, 2.0, -1.0, depth=4,
           axis=axis)
golden("full", raw.Fill(dims=[2, 3], value=tf.constant(5, tf.int64)), tf.constant(5, tf.int64), shape=[2, 3])
for x in (tf.constant([[3.0, 1.0, 3.0, 2.0], [0.0, -1.0, 5.0, 5.0]]), numbers(2, 5, dtype="int64")):
    golden("topK", list(raw.TopKV2(input=x, k=3)), x, k=3)
for x in (tf.constant([3, 1, 3, 2, 1]), tf.constant([2.5, 2.5, -1.0]), tf.constant(["b", "a", "b"])):
    golden("unique", list(raw.Unique(x=x)), x)
for x in (tf.constant([[True, False], [False, True]]), tf.constant([0.0, 2.0, -1.0]), numbers(3, 4, dtype="int64", low=0, high=2)):
    golden("where", raw.Where(condition=x), x)
ids = tf.constant([0, 3, 3, -1, 0])
for name in ("Sum", "Prod", "Max", "Min"):
    for dtype in ("float32", "int32"):
        x = numbers(5, 2, dtype=dtype, low=-5, high=5)
        golden("unsortedSegment", getattr(raw, "UnsortedSegment" + name)(data=x, segment_ids=ids, num_segments=5), x, ids,
               kind=name.lower(), segments=5)

if __name__ == "__main__":
    lines = ",\n".join(json.dumps(each) for each in GOLDENS)
    Path(__file__).with_name("goldens.json").write_text(f"[\n{lines}\n]\n")
    print(len(GOLDENS), "goldens")
