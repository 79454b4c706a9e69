"""The official converter, in a process of its own: some models bring it down.

python official.py      {"id", "saved_model", "model"} a line in, {"id", "passed", "problem"?} a line out
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import tensorflow as tf


def convert(job: dict[str, str]) -> dict[str, object]:
    try:
        Path(job["model"]).write_bytes(tf.lite.TFLiteConverter.from_saved_model(job["saved_model"]).convert())
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        return {"passed": False, "problem": " ".join(f"{type(error).__name__}: {error}".split())[:160]}
    return {"passed": True}


def main() -> None:
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        results.write(json.dumps({"id": job["id"], **convert(job)}) + "\n")


if __name__ == "__main__":
    main()
