"""Writes SavedModels of many kinds, for the tests of the reader: as TensorFlow writes them, unstripped.

    python saved_models.py [--out DIR]

A fixture is a folder:

    saved_model/
    fixture.json              tags, signatures, dtypes of the checkpoint's tensors, what is special
    variables.npz             every tensor of the checkpoint by its key (bfloat16 as float32, strings as bytes)
    <signature>.inputs.npz    and <signature>.outputs.npz: what TensorFlow computed
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from saved_model_runner import run_signature

v1 = tf.compat.v1
DEFAULT_OUT = Path(__file__).parent.parent / "saved-model" / "fixtures" / "tf"

Inputs = dict[str, dict[str, np.ndarray]]
"""For each signature whose outputs are kept, its inputs."""


def floats(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


# --- as TensorFlow 1 wrote them -----------------------------------------------------------


def tf1_variables(folder: str) -> Inputs:
    """Reference and resource variables, two signatures, an init op, a second graph for training."""
    builder = v1.saved_model.Builder(folder)
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 4], "x")
        with v1.variable_scope("dense"):
            kernel = v1.get_variable("kernel", initializer=floats(4, 3), use_resource=False)
            bias = v1.get_variable("bias", initializer=floats(3, seed=1), use_resource=True)
        logits = tf.nn.bias_add(tf.matmul(x, kernel), bias, name="logits")
        classes = tf.argmax(logits, -1, name="classes")
        steps = v1.get_variable("steps", initializer=np.int64(0), trainable=False)
        init = tf.group(v1.assign(steps, 7), name="init_all_tables")
        session.run(v1.global_variables_initializer())

        def signature(outputs: dict[str, tf.Tensor]) -> object:
            return v1.saved_model.predict_signature_def({"features": x}, outputs)

        signatures = {
            "serving_default": signature({"scores": logits}),
            "classify": signature({"classes": classes, "scores": tf.nn.softmax(logits)}),
        }
        builder.add_meta_graph_and_variables(session, ["serve"], signatures, main_op=init)
    with tf.Graph().as_default(), v1.Session():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        noisy = signature_of_training(x)
        builder.add_meta_graph(
            ["train"], {"loss": v1.saved_model.predict_signature_def({"features": x}, {"loss": noisy})}
        )
    builder.save()
    inputs = {"features": floats(2, 4, seed=9)}
    return {"serving_default": inputs, "classify": inputs}


def signature_of_training(x: tf.Tensor) -> tf.Tensor:
    """The second graph of `tf1_variables`: the same variables under another tag."""
    with v1.variable_scope("dense"):
        kernel = v1.get_variable("kernel", [4, 3], use_resource=False)
        v1.get_variable("bias", [3], use_resource=True)
    return tf.reduce_mean(tf.square(tf.matmul(x, kernel)))


def tf1_partitioned(folder: str) -> Inputs:
    """A variable in parts: the checkpoint holds slices of one tensor."""
    with tf.Graph().as_default(), v1.Session() as session:
        ids = v1.placeholder(tf.int32, [None], "ids")
        x = v1.placeholder(tf.float32, [None, 6], "x")
        with v1.variable_scope("model", partitioner=v1.fixed_size_partitioner(3)):
            table = v1.get_variable(
                "table", [10, 6], initializer=v1.random_normal_initializer(seed=1), use_resource=False
            )
            kernel = v1.get_variable(
                "kernel", [6, 4], initializer=v1.random_normal_initializer(seed=2), use_resource=True
            )
        rows = tf.nn.embedding_lookup(v1.convert_to_tensor(table), ids)
        output = tf.matmul(rows + x, v1.convert_to_tensor(kernel))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"ids": ids, "x": x}, {"y": output})
    return {"serving_default": {"ids": np.array([0, 9, 4], np.int32), "x": floats(3, 6)}}


def tf1_frozen(folder: str) -> Inputs:
    """Constants only: no variables folder to read."""
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [1, 3], "x")
        y = tf.nn.relu(tf.matmul(x, tf.constant(floats(3, 2))), name="y")
        v1.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
    return {"serving_default": {"x": floats(1, 3, seed=3)}}


# --- as TensorFlow 2 writes them ------------------------------------------------------------

_NUMBERS = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
)


def tf2_dtypes(folder: str) -> Inputs:
    """A variable of every dtype, and one without elements; each is an output."""
    module = tf.Module()
    numbers = [0, 1, 100, 7, 3, 120]
    module.values = {
        **{dtype: tf.Variable(tf.cast(tf.reshape(numbers, [2, 3]), dtype)) for dtype in _NUMBERS},
        "bool": tf.Variable([True, False, True]),
        "string": tf.Variable(["", "seven", "größe", "x" * 300]),
        "complex64": tf.Variable(tf.constant([1 + 2j, -0.5j], tf.complex64)),
        "scalar": tf.Variable(2.5),
        "empty": tf.Variable(tf.zeros([0, 4])),
    }

    @tf.function(input_signature=[])
    def read() -> dict[str, tf.Tensor]:
        # Strings and unsigned numbers have fewer kernels: reading is all that is asked of them.
        return {name: variable.read_value() for name, variable in module.values.items()}

    tf.saved_model.save(module, folder, signatures={"serving_default": read})
    return {"serving_default": {}}


def tf2_training(folder: str) -> Inputs:
    """Custom objects, an optimizer with slots, and a signature that trains, beside the one that serves."""

    class Dense(tf.Module):
        def __init__(self, size: int, units: int) -> None:
            super().__init__()
            self.kernel = tf.Variable(floats(size, units), name="kernel")
            self.bias = tf.Variable(floats(units, seed=1), name="bias")

        def __call__(self, x: tf.Tensor) -> tf.Tensor:
            return tf.matmul(x, self.kernel) + self.bias

    class Trainer(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [Dense(4, 2)]
            self.optimizer = v1.train.AdamOptimizer(0.01)
            self.history = {"losses": tf.Variable(tf.zeros([8]), trainable=False)}

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
        def predict(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"y": tf.tanh(self.blocks[0](x))}

        @tf.function(
            input_signature=[tf.TensorSpec([None, 4], tf.float32, "x"), tf.TensorSpec([None, 2], tf.float32, "target")]
        )
        def train(self, x: tf.Tensor, target: tf.Tensor) -> dict[str, tf.Tensor]:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self.predict(x)["y"] - target))
            weights = [each for block in self.blocks for each in block.trainable_variables]
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
            return {"loss": loss}

    trainer = Trainer()
    trainer.train(floats(6, 4), floats(6, 2, seed=2))
    tf.saved_model.save(trainer, folder, signatures={"serving_default": trainer.predict, "train": trainer.train})
    return {"serving_default": {"x": floats(3, 4, seed=5)}}


def tf2_shards(folder: str) -> Inputs:
    """Weights over several data files, one of them split between two."""
    module = tf.Module()
    module.layers = [tf.Variable(floats(16, 16, seed=seed), name=f"w{seed}") for seed in range(5)]

    @tf.function(input_signature=[tf.TensorSpec([None, 16], tf.float32, "x")])
    def chain(x: tf.Tensor) -> dict[str, tf.Tensor]:
        for kernel in module.layers:
            x = tf.tanh(tf.matmul(x, kernel))
        return {"y": x}

    policy = tf.train.experimental.MaxShardSizePolicy(max_shard_size=1500)
    options = tf.saved_model.SaveOptions(experimental_sharding_callback=policy)
    tf.saved_model.save(module, folder, signatures=chain, options=options)
    return {"serving_default": {"x": floats(2, 16, seed=8)}}


def tf2_assets(folder: str) -> Inputs:
    """A vocabulary file, read into a table when the model is loaded."""
    scratch = Path(folder).parent / "vocabulary.txt"
    scratch.write_text("the\nquick\nbrown\nfox\ngrüße\n", encoding="utf-8")

    class Lookup(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vocabulary = tf.saved_model.Asset(str(scratch))
            rows = tf.lookup.TextFileInitializer(
                self.vocabulary,
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            )
            self.table = tf.lookup.StaticHashTable(rows, default_value=-1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "words")])
        def find(self, words: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"ids": self.table.lookup(words)}

    lookup = Lookup()
    tf.saved_model.save(lookup, folder, signatures=lookup.find)
    scratch.unlink()
    return {"serving_default": {"words": np.array(["fox", "the", "cat", "grüße"]).astype(object)}}


def keras3_export(folder: str) -> Inputs:
    """Keras 3's own `export`, which writes the endpoint `serve` and repeats it as serving_default."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    image = keras.Input((6, 6, 2), name="image")
    x = layers.Conv2D(3, 3)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    model = keras.Model(image, layers.Dense(4, name="logits")(layers.Flatten()(x)))
    model.compile(optimizer="adam", loss="mse")
    model.fit(floats(8, 6, 6, 2), floats(8, 4, seed=1), verbose=0)
    model.export(folder, verbose=False)
    return {"serving_default": {"image": floats(2, 6, 6, 2, seed=4)}}


FIXTURES: dict[str, Callable[[str], Inputs]] = {
    make.__name__: make
    for make in (
        tf1_variables,
        tf1_partitioned,
        tf1_frozen,
        tf2_dtypes,
        tf2_training,
        tf2_shards,
        tf2_assets,
        keras3_export,
    )
}


# --- what is kept beside a SavedModel --------------------------------------------------------


def as_npz(value: np.ndarray) -> np.ndarray:
    """A value in a dtype that numpy's files have: strings as bytes, bfloat16 as float32."""
    value = np.asarray(value)
    if value.dtype == object:
        return np.array([each.encode() if isinstance(each, str) else each for each in value.ravel()], "S").reshape(
            value.shape
        )
    return value.astype(np.float32) if value.dtype == tf.bfloat16.as_numpy_dtype else value


def checkpoint(saved_model: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Every tensor of the checkpoint by its key, without the object graph; and the dtypes."""
    prefix = saved_model / "variables" / "variables"
    if not prefix.with_suffix(".index").exists():
        return {}, {}
    reader = tf.train.load_checkpoint(str(prefix))
    dtypes = {
        key: dtype.name
        for key, dtype in sorted(reader.get_variable_to_dtype_map().items())
        if key != "_CHECKPOINTABLE_OBJECT_GRAPH"
    }
    return {key: as_npz(reader.get_tensor(key)) for key in dtypes}, dtypes


def write(name: str, out: Path) -> None:
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make = FIXTURES[name]
    signatures = make(str(folder / "saved_model"))
    tensors, dtypes = checkpoint(folder / "saved_model")
    if tensors:
        np.savez_compressed(folder / "variables.npz", **tensors)
    specs = {}
    for signature, inputs in signatures.items():
        spec, outputs = run_signature(folder / "saved_model", inputs, signature)
        specs[signature] = {"inputs": spec.inputs, "outputs": spec.outputs}
        np.savez_compressed(folder / f"{signature}.inputs.npz", **{k: as_npz(v) for k, v in inputs.items()})
        np.savez_compressed(folder / f"{signature}.outputs.npz", **{k: as_npz(v) for k, v in outputs.items()})
    summary = {
        "about": make.__doc__,
        "tensorflow": tf.__version__,
        "meta_graphs": meta_graphs(folder / "saved_model"),
        "signatures": specs,
        "checkpoint_dtypes": dtypes,
    }
    (folder / "fixture.json").write_text(json.dumps(summary, indent=1) + "\n")


def meta_graphs(saved_model: Path) -> list[dict[str, list[str]]]:
    """Tags and signature keys of every graph in the file, init ops among them."""
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    message.ParseFromString((saved_model / "saved_model.pb").read_bytes())
    return [
        {"tags": list(meta.meta_info_def.tags), "signatures": sorted(meta.signature_def)}
        for meta in message.meta_graphs
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--only", action="append", choices=FIXTURES)
    options = parser.parse_args()
    for name in options.only or FIXTURES:
        write(name, options.out)
        size = sum(file.stat().st_size for file in (options.out / name).rglob("*") if file.is_file())
        print(f"{name}: {size / 1000:.0f} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
