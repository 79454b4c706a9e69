"""Runs `.tflite` files in LiteRT, by signature."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DEFAULT_SIGNATURE = "serving_default"
WARM_UP = 3

Tensors = dict[str, np.ndarray]


class Model:
    """One signature of a .tflite file, run by LiteRT with inputs and outputs by name."""

    def __init__(self, path: str, signature: str | None = None, threads: int | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=path, num_threads=threads)
        keys = list(self.interpreter.get_signature_list())
        key = signature or (DEFAULT_SIGNATURE if DEFAULT_SIGNATURE in keys else None)
        if key is None and len(keys) == 1:
            key = keys[0]
        if key not in keys:
            raise ValueError(f"signature {key} is not in the model, which has {keys}")
        self.runner = self.interpreter.get_signature_runner(key)

    def run(self, inputs: Tensors) -> Tensors:
        self._check(inputs)
        try:
            return self.runner(**inputs)
        except ValueError as error:
            # What the bindings say when asked for a tensor without elements.
            if str(error) != "Invalid tensor size.":
                raise
        return {name: self._output(detail) for name, detail in self.runner.get_output_details().items()}

    def _output(self, detail: dict[str, Any]) -> np.ndarray:
        if 0 in detail["shape"]:
            return np.empty(detail["shape"], detail["dtype"])
        return self.interpreter.get_tensor(detail["index"], self.runner._subgraph_index)

    def ready(self, inputs: Tensors) -> Callable[[], None]:
        """Puts inputs in place; gives what invokes the model (its first subgraph) on them."""
        self.run(inputs)
        # The runner's hold on the interpreter is what the latter takes for a view of its memory.
        del self.runner
        return self.interpreter.invoke

    def _check(self, inputs: Tensors) -> None:
        """The runtime would resize any input: a dimension that the model fixes must fit instead."""
        details = self.runner.get_input_details()
        if set(details) != set(inputs):
            raise ValueError(f"inputs are {sorted(details)}, should be {sorted(inputs)}")
        for name, value in inputs.items():
            fixed = details[name]["shape_signature"].tolist()
            shape = list(value.shape)
            fits = len(fixed) == len(shape) and all(f in (-1, s) for f, s in zip(fixed, shape))
            if not fits and fixed:
                raise ValueError(f"input {name} is {fixed}, cannot take {shape}")


def load(path: str | Path) -> Tensors:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


# --- latency ------------------------------------------------------------------------------


def latency(model: str, baseline: str, inputs: str, batch: int, runs: int) -> dict[str, Any]:
    """Times two models on one thread, turn by turn, so that what else the machine does hits both.

    What is timed is the invocation alone: inputs are in place, outputs are not copied.
    """
    data = {name: value[:batch] if value.ndim else value for name, value in load(inputs).items()}
    invokes = [Model(path, threads=1).ready(data) for path in (model, baseline)]
    times: list[list[float]] = [[], []]
    for turn in range(WARM_UP + runs):
        for index in (0, 1) if turn % 2 else (1, 0):
            begin = time.perf_counter()
            invokes[index]()
            if turn >= WARM_UP:
                times[index].append((time.perf_counter() - begin) * 1e3)
    (median, base_median), (least, base_least) = map(np.median, times), map(min, times)
    return {
        "ratio_of_medians": round(float(median / base_median), 4),
        "ratio_of_minima": round(float(least / base_least), 4),
        "model_ms": {"median": round(float(median), 3), "min": round(float(least), 3)},
        "baseline_ms": {"median": round(float(base_median), 3), "min": round(float(base_least), 3)},
        "runs": runs,
    }
