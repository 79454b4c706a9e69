"""Builds recurrent networks of Keras 2 (`tf_keras`) and Keras 3, with TensorFlow's answers to two runs.

    python recurrent.py --keras 2|3 [--only NAME]... [--out DIR] [--list]

`NAME` is the layer, `__`, and the batch that the SavedModel is exported with: `lstm__free`, `lstm__1`. A folder of
`DIR` has saved_model/, inputs.npz, first.npz and second.npz (the outputs of two runs in a row: a stateful network
gives others the second time), official.json, and official.tflite where the official converter makes one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

STEPS, FEATURES, UNITS = 20, 16, 32
SEED = 20240229
ROWS = 3
"""Rows of a free batch."""


def networks(keras: Any) -> dict[str, Callable[[int | None], Any]]:
    layers = keras.layers

    def chain(*stack: Callable[[], Any], steps: int | None = STEPS) -> Callable[[int | None], Any]:
        def build(batch: int | None) -> Any:
            given = keras.Input((steps, FEATURES), batch_size=batch)
            x = given
            for layer in stack:
                x = layer()(x)
            return keras.Model(given, x)

        return build

    def embedded(batch: int | None) -> Any:
        given = keras.Input((STEPS,), batch_size=batch, dtype="int32")
        x = layers.Embedding(50, FEATURES, mask_zero=True)(given)
        return keras.Model(given, layers.Dense(3)(layers.LSTM(UNITS)(x)))

    def images(batch: int | None) -> Any:
        given = keras.Input((5, 8, 8, 2), batch_size=batch)
        return keras.Model(given, layers.ConvLSTM2D(4, 3, return_sequences=True)(given))

    every = {"return_sequences": True}
    return {
        "lstm": chain(lambda: layers.LSTM(UNITS)),
        "lstm_sequence": chain(lambda: layers.LSTM(UNITS, **every)),
        "lstm_states": chain(lambda: layers.LSTM(UNITS, **every, return_state=True)),
        "lstm_backwards": chain(lambda: layers.LSTM(UNITS, go_backwards=True, **every)),
        "lstm_unrolled": chain(lambda: layers.LSTM(UNITS, unroll=True)),
        "lstm_dropout": chain(lambda: layers.LSTM(UNITS, dropout=0.3, recurrent_dropout=0.2)),
        "lstm_activations": chain(lambda: layers.LSTM(UNITS, activation="relu", recurrent_activation="hard_sigmoid")),
        "lstm_masked": chain(lambda: layers.Masking(0.0), lambda: layers.LSTM(UNITS)),
        "lstm_stateful": chain(lambda: layers.LSTM(UNITS, stateful=True)),
        "gru": chain(lambda: layers.GRU(UNITS)),
        "gru_sequence": chain(lambda: layers.GRU(UNITS, **every)),
        "gru_reset_before": chain(lambda: layers.GRU(UNITS, reset_after=False)),
        "gru_stateful": chain(lambda: layers.GRU(UNITS, stateful=True, **every)),
        "rnn": chain(lambda: layers.SimpleRNN(UNITS, **every)),
        "rnn_stateful": chain(lambda: layers.SimpleRNN(UNITS, stateful=True)),
        "bidirectional_lstm": chain(lambda: layers.Bidirectional(layers.LSTM(UNITS, **every))),
        "bidirectional_last": chain(lambda: layers.Bidirectional(layers.LSTM(UNITS))),
        "bidirectional_rnn": chain(lambda: layers.Bidirectional(layers.SimpleRNN(UNITS, **every))),
        "bidirectional_gru": chain(lambda: layers.Bidirectional(layers.GRU(UNITS))),
        "stacked": chain(
            lambda: layers.LSTM(UNITS, **every),
            lambda: layers.Dropout(0.2),
            lambda: layers.LSTM(UNITS),
            lambda: layers.Dense(5),
        ),
        "stacked_masked": chain(
            lambda: layers.Masking(0.0), lambda: layers.GRU(UNITS, **every), lambda: layers.LSTM(UNITS)
        ),
        "stacked_cells": chain(lambda: layers.RNN([layers.LSTMCell(UNITS), layers.GRUCell(UNITS)], **every)),
        "any_length": chain(lambda: layers.LSTM(UNITS, **every), lambda: layers.GRU(UNITS), steps=None),
        "time_distributed": chain(
            lambda: layers.LSTM(UNITS, **every), lambda: layers.TimeDistributed(layers.Dense(4))
        ),
        "embedded": embedded,
        "convolutional": images,
    }


SEVERAL_ROWS = ["lstm_sequence", "bidirectional_lstm", "bidirectional_last", "bidirectional_rnn", "stacked"]
"""Networks that are also made with a fixed batch of 3."""


def names_of(keras_version: str, keras: Any = None) -> list[str]:
    """State belongs to a fixed batch; else both kinds are made."""

    def batches(name: str) -> list[str]:
        if "stateful" in name:
            return ["2"]
        return ["free", "1", "3"] if name in SEVERAL_ROWS else ["free", "1"]

    return [f"{name}__{batch}" for name in networks(keras or _Nothing()) for batch in batches(name)]


class _Nothing:
    """Stands for Keras where only the names are asked for."""

    layers = None


def inputs_for(name: str, shape: tuple[int | None, ...], rng: np.random.Generator) -> np.ndarray:
    sizes = [shape[0] or ROWS, *(size or STEPS for size in shape[1:])]
    if name.startswith("embedded"):
        tokens = rng.integers(1, 50, sizes).astype(np.int32)
        tokens[:, 12:] = 0
        return tokens
    x = rng.normal(size=sizes).astype(np.float32)
    if "masked" in name:
        x[0, 15:] = 0
        x[-1, 3] = 0
    return x


def build(keras_version: str, keras: Any, name: str, folder: Path) -> str:
    import tensorflow as tf

    kind, batch = name.split("__")
    rng = np.random.default_rng([SEED, *name.encode()])
    keras.utils.set_random_seed(SEED)
    model = networks(keras)[kind](None if batch == "free" else int(batch))
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, 0.3, weight.shape).astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    path = str(folder / "saved_model")
    given = model.inputs[0]
    if keras_version == "2":
        model.export(path)
    else:
        static = [tf.TensorSpec(given.shape, given.dtype)] if batch != "free" else None
        model.export(path, verbose=False, input_signature=static)
    function = tf.saved_model.load(path).signatures["serving_default"]
    [key] = function.structured_input_signature[1]
    x = inputs_for(kind, tuple(given.shape), rng)
    np.savez(folder / "inputs.npz", **{key: x})
    for run in ("first", "second"):
        np.savez(folder / f"{run}.npz", **{k: v.numpy() for k, v in function(**{key: tf.constant(x)}).items()})
    return convert_officially(path, folder)


def convert_officially(saved_model: str, folder: Path) -> str:
    import tensorflow as tf

    from tflite_file import op_counts

    official: dict[str, Any] = {"op_counts": None, "ops": None, "error": None}
    try:
        model = tf.lite.TFLiteConverter.from_saved_model(saved_model).convert()
        (folder / "official.tflite").write_bytes(model)
        counts = op_counts(model)
        official |= {"op_counts": counts, "ops": sum(counts.values())}
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        official["error"] = f"{type(error).__name__}: {error}"[:500]
    (folder / "official.json").write_text(json.dumps(official, indent=1) + "\n")
    return f"official {official['ops'] or 'fails'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keras", choices=["2", "3"], required=True)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(names_of(options.keras)))
        return 0
    os.environ["TF_USE_LEGACY_KERAS"] = "1" if options.keras == "2" else "0"
    if options.keras == "2":
        import tf_keras as keras
    else:
        import keras
    for name in options.only or names_of(options.keras, keras):
        folder = options.out / name
        if (folder / "official.json").exists():
            print(f"{name}: cached", flush=True)
            continue
        try:
            print(f"{name}: {build(options.keras, keras, name, folder)}", flush=True)
        except Exception as error:  # noqa: BLE001 - the others are still to be made
            print(f"{name}: NOT MADE: {type(error).__name__}: {error}"[:300], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
