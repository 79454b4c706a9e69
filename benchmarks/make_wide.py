"""Makes a SavedModel whose samples are large, and 2 GB of them: `python make_wide.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

ROWS, WIDTH = 8192, 65536


class Wide(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec((None, WIDTH), tf.float32, name="x")])
    def serve(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": tf.reduce_mean(tf.reshape(x, (-1, 16, WIDTH // 16)), axis=2)}


folder = Path(sys.argv[1])
module = Wide()
tf.saved_model.save(module, str(folder / "wide"), signatures={"serving_default": module.serve})
values = np.lib.format.open_memmap(folder / "x.npy", mode="w+", dtype=np.float32, shape=(ROWS, WIDTH))
row = np.random.default_rng(3).random(WIDTH, dtype=np.float32)
for i in range(ROWS):
    values[i] = row + i
values.flush()
