"""Writes linear-goldens.json: what TensorFlow gives for the kernels of transpose.ts, matmul.ts, reduce.ts and
error-function.ts. Run it with TensorFlow installed: python test/tensor/kernels/linear-goldens.py
"""

import json
import pathlib

import numpy as np
import tensorflow as tf

random = np.random.default_rng(7)
cases = []


def values(array):
    array = np.asarray(array)
    # JSON has no NaN and no infinities.
    items = [str(item) if isinstance(item, float) and not np.isfinite(item) else item for item in array.ravel().tolist()]
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": items}


def case(kernel, options, result, *operands):
    cases.append(
        {
            "kernel": kernel,
            "options": options,
            "operands": [values(operand) for operand in operands],
            "result": values(result.numpy()),
        }
    )


def floats(*shape):
    return np.round(random.standard_normal(shape), 3).astype(np.float32)


def integers(low, high, shape, dtype):
    return random.integers(low, high, shape).astype(dtype)


for shape, perm in [
    ((2, 3), (1, 0)),
    ((3, 2, 2, 5), (3, 0, 1, 2)),
    ((2, 3, 4), (0, 2, 1)),
    ((2, 3, 9), (1, 0, 2)),
    ((2, 3, 4, 2), (2, 0, 3, 1)),
    ((1, 3, 1, 4), (3, 2, 1, 0)),
]:
    for dtype in (np.float32, np.uint8, np.int64):
        x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
        case("transpose", {"perm": perm}, tf.transpose(x, perm), x)

for a, b, flip_a, flip_b in [
    ((2, 3), (3, 4), False, False),
    ((3, 2), (4, 3), True, True),
    ((2, 1, 2, 3), (3, 4, 3), False, True),
    ((2, 2, 3), (3, 2), False, False),
]:
    options = {"transposeA": flip_a, "transposeB": flip_b}
    x, y = floats(*a), floats(*b)
    case("matMul", options, tf.matmul(x, y, transpose_a=flip_a, transpose_b=flip_b), x, y)
    x, y = integers(-9, 9, a, np.int32), integers(-9, 9, b, np.int32)
    case("matMul", options, tf.matmul(x, y, transpose_a=flip_a, transpose_b=flip_b), x, y)

reductions = {
    "sum": tf.reduce_sum,
    "mean": tf.reduce_mean,
    "prod": tf.reduce_prod,
    "max": tf.reduce_max,
    "min": tf.reduce_min,
}
for name, function in reductions.items():
    for axes, keep in [([0], False), ([1, 2], True), ([0, 1, 2], False)]:
        for x in (floats(2, 3, 2), integers(-7, 7, (2, 3, 2), np.int32), integers(-7, 7, (2, 3, 2), np.int64)):
            options = {"reduction": name, "axes": axes, "keepDims": keep}
            case("reduce", options, function(x, axis=axes, keepdims=keep), x)
for name, function in {"all": tf.reduce_all, "any": tf.reduce_any}.items():
    x = random.random((3, 2)) > 0.4
    case("reduce", {"reduction": name, "axes": [1], "keepDims": False}, function(x, axis=1), x)
wide = np.array([2**31 - 1, 2**31 - 1, 3], np.int32)
for name in ("sum", "prod"):
    case("reduce", {"reduction": name, "axes": [0], "keepDims": False}, reductions[name](wide, axis=0), wide)
for name in ("sum", "prod", "max", "min", "mean"):
    empty = np.zeros((2, 0), np.float32)
    case("reduce", {"reduction": name, "axes": [1], "keepDims": False}, reductions[name](empty, axis=1), empty)

for extreme, function in {"max": tf.argmax, "min": tf.argmin}.items():
    for axis in (0, 1):
        for x in (integers(0, 3, (3, 4), np.float32), integers(0, 3, (3, 4), np.int64)):
            for index in ("int32", "int64"):
                options = {"extreme": extreme, "axis": axis, "indexType": index}
                case("argExtreme", options, function(x, axis=axis, output_type=index), x)

for operation, function in {"sum": tf.cumsum, "prod": tf.math.cumprod}.items():
    for exclusive in (False, True):
        for reverse in (False, True):
            for x in (floats(2, 4, 2), integers(1, 5, (2, 4, 2), np.int64)):
                options = {"operation": operation, "axis": 1, "exclusive": exclusive, "reverse": reverse}
                case("cumulate", options, function(x, axis=1, exclusive=exclusive, reverse=reverse), x)

points = np.array([-30, -6, -2.6, -2.5, -1, -1e-9, 0, 1e-3, 0.5, 2.4, 2.5, 3, 5, 9, 26])
case("erf", {}, tf.math.erf(points), points)
case("erfc", {}, tf.math.erfc(points), points)

path = pathlib.Path(__file__).with_name("linear-goldens.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
