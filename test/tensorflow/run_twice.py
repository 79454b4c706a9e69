"""Runs models twice in a row and compares both runs with TensorFlow's.

    python run_twice.py < jobs.json      [{"id", "model", "folder", "reset", "latency"}]; prints a JSON record a line

With `reset` all variables are reset before the second run, as ops that keep their state need it.

A record has `ops`, the op counts over all subgraphs, `sqnr_db` of the worst output of either run, and with `latency`
`microseconds`: the shortest runs of ours and of `folder`/official.tflite, taken in turns, where there is one.
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


def shortest(models: list[Path], inputs: dict[str, np.ndarray]) -> list[float]:
    """Seconds of the shortest run of each."""
    interpreters = [Interpreter(str(model), num_threads=1) for model in models]
    for interpreter in interpreters:
        interpreter.get_signature_runner("serving_default")(**inputs)
    times = [np.inf] * len(models)
    for _ in range(TIMED_RUNS):
        for i, interpreter in enumerate(interpreters):
            # Without the copies in and out that the signature's runner makes.
            begin = time.perf_counter()
            interpreter.invoke()
            times[i] = min(times[i], time.perf_counter() - begin)
    return times


def record_of(model: Path, folder: Path, reset: bool, latency: bool) -> dict[str, Any]:
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
    if latency and official.exists():
        record["microseconds"] = [round(1e6 * seconds, 1) for seconds in shortest([model, official], inputs)]
    return record


for job in json.load(sys.stdin):
    try:
        result = record_of(Path(job["model"]), Path(job["folder"]), job.get("reset", False), job.get("latency", False))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        result = {"problem": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": job["id"], **result}), flush=True)
