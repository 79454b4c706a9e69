"""Colours, resampling, counting and segments."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, i, raw, value

# --- colours ------------------------------------------------------------------------------------

_IMAGES = f(2, 4, 5, 3, low=0, high=1)
_GREYS = value([[[0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [1.0, 0.2, 0.2], [0.2, 1.0, 1.0]]])
for _op in ("RGBToHSV", "HSVToRGB"):
    case(_op, lambda x, op=_op: getattr(raw, op)(images=x), free(_IMAGES))
    case(_op, lambda x, op=_op: getattr(raw, op)(images=x), _GREYS)
case("AdjustSaturation", lambda x: raw.AdjustSaturation(images=x, scale=1.6), free(_IMAGES))
case("AdjustHue", lambda x: raw.AdjustHue(images=x, delta=-0.3), free(_IMAGES))
case("AdjustContrastv2", lambda x: raw.AdjustContrastv2(images=x, contrast_factor=1.7), free(_IMAGES))

# --- resampling ---------------------------------------------------------------------------------

for _size in ([9, 11], [3, 4]):
    for _options in ({"half_pixel_centers": True}, {}, {"align_corners": True}):

        def _bicubic(x: tf.Tensor, size: list[int] = _size, options: dict[str, bool] = _options) -> tf.Tensor:
            return raw.ResizeBicubic(images=x, size=size, **options)

        case("ResizeBicubic", _bicubic, free(f(2, 6, 7, 3)))
    for _align in (False, True):
        case(
            "ResizeArea",
            lambda x, size=_size, align=_align: raw.ResizeArea(images=x, size=size, align_corners=align),
            free(f(2, 6, 7, 3)),
        )
_BOXES = [[0.1, 0.2, 0.8, 0.9], [0.0, 0.0, 1.0, 1.0], [0.9, 0.8, 0.3, 0.1], [-0.2, 0.5, 0.6, 1.3]]
for _method in ("bilinear", "nearest"):
    for _size in ([4, 5], [1, 3]):

        def _crops(a: tf.Tensor, c: tf.Tensor, d: tf.Tensor, size: Any = _size, method: str = _method) -> tf.Tensor:
            return raw.CropAndResize(
                image=a, boxes=c, box_ind=d, crop_size=size, method=method, extrapolation_value=-1.0
            )

        case("CropAndResize", _crops, free(f(2, 6, 7, 3)), free(value(_BOXES)), free(value([0, 1, 1, 0], "int32")))

# --- counting -----------------------------------------------------------------------------------

case("Bincount", lambda x: raw.Bincount(arr=x, size=6, weights=tf.constant([], tf.int32)), free(i(9, low=0, high=8)))
case("Bincount", lambda a, c: raw.Bincount(arr=a, size=6, weights=c), free(i(9, low=0, high=6)), free(f(9)))
case(
    "DenseBincount",
    lambda x: raw.DenseBincount(input=x, size=7, weights=tf.constant([], tf.float32)),
    free(i(3, 5, low=0, high=9)),
)
case(
    "DenseBincount",
    lambda x: raw.DenseBincount(input=x, size=7, weights=tf.constant([], tf.float32), binary_output=True),
    free(i(3, 5, low=0, high=7, dtype="int64")),
)
case(
    "DenseBincount",
    lambda a, c: raw.DenseBincount(input=a, size=7, weights=c),
    free(i(3, 5, low=0, high=7)),
    free(f(3, 5)),
)
_SORTED = [[-3.0, 0.0, 0.0, 2.0, 5.0], [1.0, 2.0, 3.0, 4.0, 9.0]]
for _op in ("LowerBound", "UpperBound"):
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(sorted_inputs=a, values=c),
        free(value(_SORTED)),
        free(value([[0.0, 1.0, 9.0], [3.0, -1.0, 9.0]])),
    )
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(sorted_inputs=a, values=c, out_type=tf.int64),
        value(_SORTED, "int32"),
        value([[0, 1, 9, 2], [3, -1, 9, 2]], "int32"),
    )
case("InTopK", lambda a, c: raw.InTopK(predictions=a, targets=c, k=2), free(f(5, 4)), free(i(5, low=0, high=4)))
case(
    "InTopKV2",
    lambda a, c: raw.InTopKV2(predictions=a, targets=c, k=tf.constant(3, tf.int64)),
    free(f(5, 4)),
    free(i(5, low=0, high=4, dtype="int64")),
)

# --- segments -----------------------------------------------------------------------------------

for _op in ("SegmentMax", "SegmentMin", "SegmentProd", "SegmentMean"):
    case(
        _op,
        lambda a, c, op=_op: getattr(raw, op)(data=a, segment_ids=c),
        free(f(6, 3)),
        free(value([0, 0, 2, 2, 2, 3], "int32")),
    )
    case(_op, lambda x, op=_op: getattr(raw, op)(data=x, segment_ids=[0, 1, 1, 4]), f(4))
for _op in ("SegmentSumV2", "SegmentMaxV2", "SegmentMinV2", "SegmentProdV2"):

    def _counted(a: tf.Tensor, c: tf.Tensor, op: str = _op) -> tf.Tensor:
        run = getattr(raw, op)
        return tf.function(lambda a, c: run(data=a, segment_ids=c, num_segments=5), jit_compile=True)(a, c)

    case(_op, _counted, f(6, 3), value([0, 0, 2, 2, 3, 4], "int32"))
