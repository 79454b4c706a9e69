"""Recurrent networks in fewer bits: the official converter's, and how far any are from TensorFlow's answers.

    python recurrent_quantized.py make FOLDER...         for what recurrent.py made in each FOLDER
    python recurrent_quantized.py measure < jobs.json    [{"id", "model", "folder"}]; prints a JSON record a line

`make` writes into the folder DATA of FOLDER, named after this file's content: calibration.npz (a sample in each row),
evaluation.npz (a run in each row), expected.npz (TensorFlow's outputs of these runs), for each scheme the official
SCHEME.tflite, and official.json with `null` or why there is none: in int8 the official calibration ends its process at
every loop. A record of `measure` has `sqnr_db`, of the worst output over all runs, and `op_counts`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from workers import Worker

SCHEMES = ["dynamic", "float16", "int8", "int16x8"]
SEED = 20240229
CALIBRATION_RUNS = 64
EVALUATION_RUNS = 48
TIMEOUT = 300.0
FUSED = ["UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN"]


def data_of(folder: Path) -> Path:
    return folder / f"quantized-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"


def inputs_like(folder: Path, kind: str, runs: int, seed: int) -> tuple[str, np.ndarray]:
    """Inputs for as many runs, each like that of the folder; a free batch is one."""
    from recurrent import inputs_for

    given = np.load(folder / "inputs.npz")
    [key] = given.files
    shape = given[key].shape
    if folder.name.endswith("__free"):
        shape = (1, *shape[1:])
    rng = np.random.default_rng([SEED, seed, *folder.name.encode()])
    return key, np.stack([inputs_for(kind, shape, rng) for _ in range(runs)])


def make(folder: Path) -> None:
    import tensorflow as tf

    kind = folder.name.split("__")[0]
    data = data_of(folder)
    data.mkdir(exist_ok=True)
    key, calibration = inputs_like(folder, kind, CALIBRATION_RUNS, 1)
    np.savez(data / "calibration.npz", **{key: calibration.reshape(-1, *calibration.shape[2:])})
    key, evaluation = inputs_like(folder, kind, EVALUATION_RUNS, 2)
    np.savez(data / "evaluation.npz", **{key: evaluation})
    function = tf.saved_model.load(str(folder / "saved_model")).signatures["serving_default"]
    outputs = [function(**{key: tf.constant(x)}) for x in evaluation]
    expected = {name: np.stack([run[name].numpy() for run in outputs]) for name in outputs[0]}
    np.savez(data / "expected.npz", **expected)


def convert(job: dict[str, str]) -> dict[str, Any]:
    """The official converter with all that it is told for a scheme."""
    import tensorflow as tf

    folder, scheme = Path(job["folder"]), job["scheme"]
    data = data_of(folder)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    given = np.load(data / "evaluation.npz")
    [key] = given.files
    calibration = np.load(data / "calibration.npz")[key]

    def samples() -> Iterator[dict[str, np.ndarray]]:
        for x in calibration.reshape(-1, *given[key].shape[1:]):
            yield {key: x}

    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme in ("int8", "int16x8"):
        converter.representative_dataset = samples
    if scheme == "int16x8":
        both = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [both, tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        (data / f"{scheme}.tflite").write_bytes(converter.convert())
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        return {"problem": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
    return {"problem": None}


def serve() -> None:
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        results.write(json.dumps({"id": job["id"], **convert(job)}) + "\n")


def make_all(folders: list[Path]) -> None:
    worker = Worker([sys.executable, __file__, "convert"], TIMEOUT)
    for folder in folders:
        done = data_of(folder) / "official.json"
        if done.exists():
            continue
        make(folder)
        problems = {}
        for scheme in SCHEMES:
            record = worker.run({"id": scheme, "folder": str(folder), "scheme": scheme})
            problems[scheme] = record["problem"]
        done.write_text(json.dumps(problems, indent=1) + "\n")
        print(f"{folder.parent.name}_{folder.name}: {', '.join(s for s in SCHEMES if problems[s] is None)}", flush=True)
    worker.close()


def measure(job: dict[str, str]) -> dict[str, Any]:
    from ai_edge_litert.interpreter import Interpreter

    from measures import sqnr_db
    from tflite_file import op_counts

    folder = Path(job["folder"])
    data = data_of(folder)
    given = np.load(data / "evaluation.npz")
    [key] = given.files
    counts = op_counts(Path(job["model"]))
    interpreter = Interpreter(job["model"], num_threads=1)
    run = interpreter.get_signature_runner("serving_default")
    outputs = []
    for x in given[key]:
        # What a run gives is a view of memory that the next one writes to.
        outputs.append({name: value.copy() for name, value in run(**{key: x}).items()})
        # Fused ops keep their state from one run to the next, which no layer but a stateful one does.
        if "stateful" not in folder.name and any(op in counts for op in FUSED):
            interpreter.reset_all_variables()
    expected = np.load(data / "expected.npz")
    found = {}
    for name in expected.files:
        actual = np.stack([output[name] for output in outputs]).astype(np.float64)
        found[name] = sqnr_db(expected[name], actual - expected[name])
    return {"sqnr_db": min(found.values()), "op_counts": counts}


def main() -> None:
    command, *folders = sys.argv[1:]
    if command == "convert":
        serve()
    elif command == "make":
        make_all([Path(folder) for folder in folders])
    else:
        for job in json.load(sys.stdin):
            try:
                record = measure(job)
            except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
                record = {"problem": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
            print(json.dumps({"id": job["id"], **record}), flush=True)


if __name__ == "__main__":
    main()
