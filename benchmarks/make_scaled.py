"""Writes a SavedModel with a given number of megabytes of weights: `python make_scaled.py MEGABYTES FOLDER`.

A chain of square matrix products of 4 MB each, so that only the amount of weights differs from size to size.
"""

import sys

import numpy as np
import tensorflow as tf

WIDTH = 1024
MEGABYTES_PER_LAYER = WIDTH * WIDTH * 4 / 1e6


class Chain(tf.Module):
    def __init__(self, layers: int) -> None:
        super().__init__()
        random = np.random.default_rng(0)
        self.weights = [
            tf.Variable(random.standard_normal((WIDTH, WIDTH), dtype=np.float32) / WIDTH**0.5) for _ in range(layers)
        ]

    @tf.function(input_signature=[tf.TensorSpec([None, WIDTH], tf.float32, "x")])
    def __call__(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        for weights in self.weights:
            x = tf.nn.relu(tf.matmul(x, weights))
        return {"y": x}


megabytes, folder = sys.argv[1:]
chain = Chain(max(1, round(float(megabytes) / MEGABYTES_PER_LAYER)))
tf.saved_model.save(chain, folder, signatures=chain.__call__.get_concrete_function())
