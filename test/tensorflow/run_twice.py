"""Runs models twice in a row and compares both runs with TensorFlow's.

    python run_twice.py < jobs.json      [{"id", "model", "folder", "reset"}]; prints a JSON record a line

With `reset` all variables are reset before the second run, as ops that keep their state need it.

A record has `ops`, the op counts over all subgraphs, `sqnr_db` of the worst output of either run, and `ratio`: the
shortest run of ours over that of `folder`/official.tflite, where there is one.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from measures import sqnr_db
from tflite_file import op_counts

TIMED_RUNS = 100


def signature_of(model: Path) -> Any:
    return Interpreter(str(model), num_threads=1).get_signature_runner("serving_default")


def shortest(model: Path, inputs: dict[str, np.ndarray]) -> float:
    run = signature_of(model)
    times = []
    for _ in range(TIMED_RUNS):
        begin = time.perf_counter()
        run(**inputs)
        times.append(time.perf_counter() - begin)
    return min(times)


def record_of(model: Path, folder: Path, reset: bool) -> dict[str, Any]:
    inputs = dict(np.load(folder / "inputs.npz"))
    interpreter = Interpreter(str(model), num_threads=1)
    run = interpreter.get_signature_runner("serving_default")
    worst = np.inf
    for name in ("first", "second"):
        if reset and name == "second":
            interpreter.reset_all_variables()
        expected = np.load(folder / f"{name}.npz")
        outputs = run(**inputs)
        for key in expected.files:
            if outputs[key].shape != expected[key].shape:
                return {"problem": f"{key} is {outputs[key].shape}, should be {expected[key].shape}"}
            error = outputs[key].astype(np.float64) - expected[key]
            worst = min(worst, sqnr_db(expected[key], error))
    counts = op_counts(model.read_bytes())
    record: dict[str, Any] = {"ops": sum(counts.values()), "op_counts": counts, "sqnr_db": round(float(worst), 1)}
    official = folder / "official.tflite"
    if official.exists():
        record["ratio"] = round(shortest(model, inputs) / shortest(official, inputs), 2)
    return record


for job in json.load(sys.stdin):
    try:
        result = record_of(Path(job["model"]), Path(job["folder"]), job.get("reset", False))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        result = {"problem": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": job["id"], **result}), flush=True)
