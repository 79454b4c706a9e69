"""The official converter quantizing one case by one scheme after the other, in a process of its own: some models bring
it down.

    python official_quantized.py     a job a line in, a record a line out:
    {"id", "saved_model", "data": "samples.npz", "models": {"int8": path, "dynamic": path}}
    → {"id", "errors": {scheme: why there is no model}}

Ops without an integer kernel may stay float32, inputs and outputs are float32.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import tensorflow as tf

from quantized_cases import samples


def convert(saved_model: str, scheme: str, data: str) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "int8":
        converter.representative_dataset = lambda: samples(data)
    return converter.convert()


def main() -> None:
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        errors = {}
        for scheme, path in job["models"].items():
            try:
                Path(path).write_bytes(convert(job["saved_model"], scheme, job["data"]))
            except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
                errors[scheme] = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        results.write(json.dumps({"id": job["id"], "errors": errors}) + "\n")


if __name__ == "__main__":
    main()
