"""Writes a SavedModel with a given number of megabytes of weights: `python make_scaled.py MEGABYTES FOLDER`.

A chain of square matrix products of 4 MB each, so that only the amount of weights differs from size to size. With
`--table MEGABYTES`, so many of them are one table in front of the chain, whose rows are looked up by the input; with
`--shard MEGABYTES`, the checkpoint is written in files of at most that size, and tensors that are larger in slices.
"""

import argparse

import tensorflow as tf

WIDTH = 1024
MEGABYTES_PER_LAYER = WIDTH * WIDTH * 4 / 1e6


class Chain(tf.Module):
    def __init__(self, layers: int, rows: int) -> None:
        super().__init__()
        random = tf.random.Generator.from_seed(0)
        self.table = tf.Variable(random.normal((rows, WIDTH))) if rows > 0 else None
        self.weights = [tf.Variable(random.normal((WIDTH, WIDTH), stddev=(2 / WIDTH) ** 0.5)) for _ in range(layers)]

    def __call__(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        if self.table is not None:
            x = tf.gather(self.table, x)
        for weights in self.weights:
            x = tf.nn.relu(tf.matmul(x, weights))
        return {"y": x}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", type=float)
    parser.add_argument("folder")
    parser.add_argument("--table", type=float, default=0)
    parser.add_argument("--shard", type=float)
    options = parser.parse_args()
    rows = round(options.table * 1e6 / (WIDTH * 4))
    chain = Chain(max(1, round((options.megabytes - options.table) / MEGABYTES_PER_LAYER)), rows)
    spec = tf.TensorSpec([None], tf.int32, "x") if rows > 0 else tf.TensorSpec([None, WIDTH], tf.float32, "x")
    signature = tf.function(chain.__call__, input_signature=[spec])
    split = options.shard and tf.train.experimental.MaxShardSizePolicy(round(options.shard * 1e6))
    saving = tf.saved_model.SaveOptions(experimental_sharding_callback=split or None)
    tf.saved_model.save(chain, options.folder, signatures=signature.get_concrete_function(), options=saving)


main()
