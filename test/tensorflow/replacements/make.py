"""Makes a model for each ready replacement rule, with inputs and what TensorFlow computes from them.

Run it in the environment of requirements.txt: python test/tensorflow/replacements/make.py
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from strip_saved_model import strip  # noqa: E402

random = np.random.default_rng(7)


def uniform(least: float, most: float, *shape: int) -> np.ndarray:
    return random.uniform(least, most, shape).astype(np.float32)


def integers(values) -> np.ndarray:
    return np.array(values, np.int32)


MODELS = {
    "erf-tanh": (tf.math.erf, {"x": uniform(-4, 4, 64)}),
    "hard-swish": (lambda x: x * tf.sigmoid(x), {"x": uniform(-5, 5, 64)}),
    "hard-sigmoid": (tf.sigmoid, {"x": uniform(-5, 5, 64)}),
    "cross-product": (tf.linalg.cross, {"a": uniform(-2, 2, 5, 3), "b": uniform(-2, 2, 5, 3)}),
    "approximate-equal": (
        lambda a, b: tf.raw_ops.ApproximateEqual(x=a, y=b, tolerance=0.3), {"a": uniform(0, 1, 40), "b": uniform(0, 1, 40)}
    ),
    "adjust-contrast": (lambda images: tf.image.adjust_contrast(images, 1.7), {"images": uniform(0, 1, 2, 4, 5, 3)}),
    "rgb-to-hsv": (tf.image.rgb_to_hsv, {"images": np.concatenate([uniform(0, 1, 8, 3), np.eye(3, dtype=np.float32), np.zeros((1, 3), np.float32)])}),
    "hsv-to-rgb": (tf.image.hsv_to_rgb, {"images": uniform(0, 1, 6, 8, 3)}),
    "in-top-k": (
        lambda predictions, targets: tf.raw_ops.InTopKV2(predictions=predictions, targets=targets, k=2),
        {"predictions": uniform(0, 1, 12, 5), "targets": integers([0, 1, 2, 3, 4] * 2 + [0, 1])},
    ),
    "nth-smallest": (lambda x: tf.raw_ops.NthElement(input=x, n=2, reverse=False), {"x": uniform(-3, 3, 6, 7)}),
    "nth-largest": (lambda x: tf.raw_ops.NthElement(input=x, n=3, reverse=True), {"x": uniform(-3, 3, 6, 7)}),
    "histogram": (
        lambda values: tf.raw_ops.HistogramFixedWidth(values=values, value_range=[-1.0, 2.0], nbins=7),
        {"values": uniform(-2, 3, 50)},
    ),
    "segment-mean": (
        lambda data: tf.raw_ops.SegmentMean(data=data, segment_ids=tf.constant([0, 0, 1, 3, 3, 3])),
        {"data": uniform(-2, 2, 6, 4)},
    ),
    "erfinv": (tf.math.erfinv, {"x": uniform(-0.999, 0.999, 64)}),
    "ndtri": (tf.math.ndtri, {"x": uniform(0.001, 0.999, 64)}),
    "digamma": (tf.math.digamma, {"x": uniform(0.1, 30, 64)}),
    "bicubic-bilinear": (lambda images: tf.image.resize(images, [7, 9], "bicubic"), {"images": uniform(0, 1, 1, 5, 6, 3)}),
    "inverse-2x2": (tf.linalg.inv, {"x": uniform(-1, 1, 5, 2, 2) + 2 * np.eye(2, dtype=np.float32)}),
}

for name, (function, inputs) in MODELS.items():
    folder = HERE / "models" / name
    shutil.rmtree(folder, ignore_errors=True)
    module = tf.Module()
    specs = [tf.TensorSpec(value.shape, value.dtype, key) for key, value in inputs.items()]
    module.f = tf.function(function, input_signature=specs)
    tf.saved_model.save(module, str(folder), signatures=module.f.get_concrete_function())
    strip(folder)
    np.savez_compressed(folder / "samples.npz", **inputs, output=module.f(*inputs.values()).numpy())
