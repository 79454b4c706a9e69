"""Recurrent networks of Keras 2 that `--fuse-rnn` makes single ops of, quantized.

    python fused_quantized.py build FOLDER            the network that the folder is named after, as in recurrent.py
    python fused_quantized.py official FOLDER SCHEME  official-SCHEME.tflite; SCHEME is int8 or dynamic
    python fused_quantized.py measure < jobs.json     [{"id", "model", "folder"}]; prints a JSON record a line

A folder has saved_model/, calibration.npz and evaluation.npz (inputs, a sample a row) and expected.npz, TensorFlow's
outputs for the latter, each from a fresh state. A record has `sqnr_db` of the worst output over all of them, the op
counts, and of each recurrent op its name with the element types of its data and of its weights: `data/weights`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SIZE = 64
"""Features and units: the official converter leaves fewer than 1024 weights in float32."""

CALIBRATION, EVALUATION = 64, 32
FUSED = ("SEQUENCE_LSTM", "SEQUENCE_RNN")


def build(folder: Path) -> None:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    import tf_keras as keras

    import recurrent

    recurrent.FEATURES = recurrent.UNITS = SIZE
    rng = np.random.default_rng([recurrent.SEED, *folder.name.encode()])
    keras.utils.set_random_seed(recurrent.SEED)
    model = recurrent.networks(keras)[folder.name](1)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, 0.15, weight.shape).astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    model.export(str(folder / "saved_model"))
    function = tf.saved_model.load(str(folder / "saved_model")).signatures["serving_default"]
    [key] = function.structured_input_signature[1]
    shape = model.inputs[0].shape[1:]
    for name, count in (("calibration", CALIBRATION), ("evaluation", EVALUATION)):
        x = rng.normal(size=[count, *shape]).astype(np.float32)
        np.savez(folder / f"{name}.npz", **{key: x})
    runs = [function(**{key: tf.constant(row[None])}) for row in x]
    # Written last: a folder without it is made anew.
    np.savez(folder / "expected.npz", **{name: np.stack([run[name].numpy() for run in runs]) for name in runs[0]})


def convert_officially(folder: Path, scheme: str) -> None:
    """The process may be ended by a crash of the converter's."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "int8":
        data = np.load(folder / "calibration.npz")

        def samples() -> Iterator[dict[str, np.ndarray]]:
            for row in data[data.files[0]]:
                yield {data.files[0]: row[None]}

        converter.representative_dataset = samples
    (folder / f"official-{scheme}.tflite").write_bytes(converter.convert())


def measure(model: Path, folder: Path) -> dict[str, Any]:
    from ai_edge_litert.interpreter import Interpreter

    from measures import sqnr_db
    from tflite_file import op_counts

    interpreter = Interpreter(str(model), num_threads=1)
    interpreter.allocate_tensors()
    run = interpreter.get_signature_runner("serving_default")
    data = np.load(folder / "evaluation.npz")
    expected = np.load(folder / "expected.npz")
    found: dict[str, list[np.ndarray]] = {name: [] for name in expected.files}
    for row in data[data.files[0]]:
        interpreter.reset_all_variables()
        outputs = run(**{data.files[0]: row[None]})
        for name, rows in found.items():
            rows.append(outputs[name])
    errors = {name: np.stack(rows).astype(np.float64) - expected[name] for name, rows in found.items()}
    types = {tensor["index"]: tensor["dtype"].__name__ for tensor in interpreter.get_tensor_details()}
    fused = [
        f"{op['op_name']} {types[op['inputs'][0]]}/{types[op['inputs'][2]]}"
        for op in interpreter._get_ops_details()
        if op["op_name"].endswith(FUSED)
    ]
    worst = min(sqnr_db(expected[name], error) for name, error in errors.items())
    return {"sqnr_db": worst, "op_counts": op_counts(model.read_bytes()), "fused": fused}


def main() -> None:
    command, *rest = sys.argv[1:]
    if command == "build":
        build(Path(rest[0]))
    elif command == "official":
        convert_officially(Path(rest[0]), rest[1])
    else:
        for job in json.load(sys.stdin):
            try:
                record = measure(Path(job["model"]), Path(job["folder"]))
            except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
                record = {"problem": f"{type(error).__name__}: {error}"}
            print(json.dumps({"id": job["id"], **record}), flush=True)


main()
