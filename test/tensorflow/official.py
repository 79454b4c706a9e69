"""The official converter, in a process of its own: some models bring it down.

python official.py                     {"id", "saved_model", "model"} a line in, {"id", "passed", "problem"?} a line out
python official.py all < jobs.json     a JSON list of the same: one process converts them, until one brings it down
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from workers import Worker, run_all


def convert(job: dict[str, str]) -> dict[str, object]:
    import tensorflow as tf

    try:
        Path(job["model"]).write_bytes(tf.lite.TFLiteConverter.from_saved_model(job["saved_model"]).convert())
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        return {"passed": False, "problem": " ".join(f"{type(error).__name__}: {error}".split())[:160]}
    return {"passed": True}


def work() -> None:
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        results.write(json.dumps({"id": job["id"], **convert(job)}) + "\n")


def convert_all(timeout: float = 600) -> None:
    """`timeout` is in seconds, for one model."""
    for record in run_all(json.load(sys.stdin), lambda: Worker([sys.executable, __file__], timeout), 1):
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    convert_all() if sys.argv[1:] == ["all"] else work()
