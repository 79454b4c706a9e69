"""Runs `.tflite` files in LiteRT and measures them against what TensorFlow computed.

    python compare.py < jobs.json            a JSON list of jobs; one JSON line for each
    python compare.py latency MODEL BASELINE --inputs IN.npz

Jobs are of two kinds. A *network* is measured, for the caller to judge:

    {"id": …, "model": "m.tflite", "inputs": "in.npz", "expected": "out.npz", "signature"?: key}
    → {"id", "error" | "outputs": {name: {sqnr_db, max_abs_error, max_rel_error, same_argmax,
       argmax_agreement, variation, dtype, expected_dtype, shape, expected_shape, matches}},
       "op_counts", "ops", "size", "seconds"}

A *case* (a folder with inputs.npz, outputs.npz and case.json) is judged here, element by element:

    {"id": …, "model": "m.tflite", "case": "folder"}  →  {"id", "passed", "problem"}

Models run in worker processes: a model that crashes or hangs the runtime ends its worker,
which is a finding about that model and does not touch the others.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from litert import Model, latency, load
from measures import differences, measure
from workers import Worker, run_all

Record = dict[str, Any]


def measure_network(job: Record) -> Record:
    from tflite_file import op_counts

    counts = op_counts(Path(job["model"]))
    record: Record = {"op_counts": counts, "ops": sum(counts.values()), "size": os.path.getsize(job["model"])}
    begin = time.perf_counter()
    try:
        actual = Model(job["model"], job.get("signature")).run(load(job["inputs"]))
    except Exception as error:  # noqa: BLE001 - the runtime's refusal is the finding
        return record | {"error": f"{type(error).__name__}: {error}"}
    record["seconds"] = round(time.perf_counter() - begin, 3)
    expected = load(job["expected"])
    if set(actual) != set(expected):
        return record | {"error": f"outputs are {sorted(actual)}, should be {sorted(expected)}"}
    return record | {"outputs": {name: measure(actual[name], expected[name]) for name in expected}}


def judge_case(job: Record) -> Record:
    folder = Path(job["case"])
    case = json.loads((folder / "case.json").read_text())
    try:
        actual = Model(job["model"], case.get("signature")).run(load(folder / "inputs.npz"))
    except Exception as error:  # noqa: BLE001 - the runtime's refusal is the finding
        return {"passed": False, "problem": f"LiteRT: {_one_line(error)}"}
    expected = load(folder / "outputs.npz")
    problem = differences(actual, expected, bool(case.get("nondeterministic")))
    return {"passed": problem is None, "problem": problem}


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:400]


def work() -> None:
    """A worker: jobs in, records out, a line each. Prints of the runtime go to stderr."""
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            record = judge_case(job) if "case" in job else measure_network(job)
        except Exception as error:  # noqa: BLE001 - a broken job must not end the others
            record = {"passed": False, "error": _one_line(error), "problem": _one_line(error)}
        results.write(json.dumps({"id": job["id"], **record}) + "\n")


def new_worker(timeout: float) -> Worker:
    return Worker([sys.executable, __file__, "work"], timeout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one model")
    commands.add_parser("work", help=argparse.SUPPRESS)
    timing = commands.add_parser("latency", help="compare the speed of two models")
    timing.add_argument("model")
    timing.add_argument("baseline")
    timing.add_argument("--inputs", required=True)
    timing.add_argument("--batch", type=int, default=1)
    timing.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    if options.command == "work":
        work()
    elif options.command == "latency":
        print(json.dumps(latency(options.model, options.baseline, options.inputs, options.batch, options.runs)))
    else:
        for record in run_all(json.load(sys.stdin), lambda: new_worker(options.timeout), options.workers):
            print(json.dumps(record), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
