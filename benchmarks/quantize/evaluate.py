"""Runs quantized models in LiteRT and measures them: `python evaluate.py < jobs.json`, one JSON line a job.

    {"id": …, "model": "m.tflite", "inputs": "in.npz", "expected": "out.npz", "labels"?: "labels.npz",
     "kernels": "xnnpack" | "builtin"}
    → {"id", "size", "op_counts", "float_ops",
       "error" | "sqnr_db", "worst_sqnr_db", "outputs": {name: dB}, "argmax_agreement",
       "accuracy"?, "float_accuracy"?}

The ratio is that of one input's output, in dB; given is its mean over the inputs, and over the outputs of a model that
has several. Inputs go through one at a time: a hybrid kernel chooses its scales by the batch.
Each model runs in a worker process, so that one that crashes the runtime is a finding about that model.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "test/tensorflow"))

from litert import DEFAULT_SIGNATURE, Tensors, load  # noqa: E402
from measures import argmax_agreement, sqnr_db  # noqa: E402
from schemes import samples  # noqa: E402
from workers import Worker, run_all  # noqa: E402

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import SignatureRunner

TIMEOUT = 3600
"""Seconds for one model: int16 activations run on portable kernels."""

Record = dict[str, object]


def open_model(path: str, kernels: str) -> SignatureRunner:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = {"xnnpack": OpResolverType.AUTO, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
    interpreter = Interpreter(
        model_path=path, num_threads=os.cpu_count(), experimental_op_resolver_type=resolver[kernels]
    )
    keys = list(interpreter.get_signature_list())
    return interpreter.get_signature_runner(DEFAULT_SIGNATURE if DEFAULT_SIGNATURE in keys else keys[0])


def run(job: Record) -> Record:
    expected = load(job["expected"])
    try:
        runner = open_model(job["model"], job["kernels"])
        rows = [run_in_float(runner, sample) for sample in samples(job["inputs"])]
    except Exception as error:  # noqa: BLE001 - the runtime's refusal is the finding
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())[:400]}
    if set(rows[0]) != set(expected):
        return {"error": f"outputs are {sorted(rows[0])}, should be {sorted(expected)}"}
    actual = {name: np.concatenate([row[name] for row in rows]) for name in expected}
    for name, value in actual.items():
        if value.shape != expected[name].shape or value.dtype != expected[name].dtype:
            found, wanted = (f"{each.dtype} {list(each.shape)}" for each in (value, expected[name]))
            return {"error": f"output {name} is {found}, should be {wanted}"}
    return measured(actual, expected) | accuracy(actual, expected, job.get("labels"))


def run_in_float(runner: SignatureRunner, sample: Tensors) -> Tensors:
    """Converts at the model's ends where those are integer, as QUANTIZE and DEQUANTIZE would."""
    ends = runner.get_input_details()
    inputs = {name: quantized(value, ends[name]) for name, value in sample.items()}
    ends = runner.get_output_details()
    return {name: dequantized(value, ends[name]) for name, value in runner(**inputs).items()}


def quantized(value: np.ndarray, end: dict) -> np.ndarray:
    scale, zero_point = end["quantization"]
    if value.dtype == end["dtype"] or scale == 0:
        return value
    limits = np.iinfo(end["dtype"])
    return np.clip(np.round(value / np.float32(scale)) + zero_point, limits.min, limits.max).astype(end["dtype"])


def dequantized(value: np.ndarray, end: dict) -> np.ndarray:
    scale, zero_point = end["quantization"]
    return value if scale == 0 else ((value.astype(np.float32) - zero_point) * np.float32(scale)).astype(np.float32)


def measured(actual: Tensors, expected: Tensors) -> Record:
    ratios = {name: ratio_of_each(actual[name], expected[name]) for name in expected}
    agreements = [argmax_agreement(actual[name], expected[name])["argmax_agreement"] for name in expected]
    return {
        "sqnr_db": round(float(np.mean(list(ratios.values()))), 2),
        "worst_sqnr_db": round(float(np.min(list(ratios.values()))), 2),
        "outputs": {name: round(float(np.mean(each)), 2) for name, each in ratios.items()},
        "argmax_agreement": round(float(np.mean(agreements)), 4),
    }


def ratio_of_each(actual: np.ndarray, expected: np.ndarray) -> list[float]:
    wide = expected.astype(np.float64)
    error = np.abs(actual.astype(np.float64) - wide)
    return [sqnr_db(one, difference) for one, difference in zip(wide, error)]


def accuracy(actual: Tensors, expected: Tensors, labels: str | None) -> Record:
    if labels is None:
        return {}
    [logits], [float_logits], [truth] = actual.values(), expected.values(), load(labels).values()
    quantized, floats = (float((each.argmax(-1) == truth).mean()) for each in (logits, float_logits))
    return {"accuracy": round(quantized, 4), "float_accuracy": round(floats, 4)}


# --- the file ---------------------------------------------------------------------------


def structure(path: str) -> Record:
    """Size, ops, and the ops that compute in float: those that give a float tensor, but for what only converts."""
    from ai_edge_litert import schema_py_generated as schema

    from tflite_file import op_counts

    data = Path(path).read_bytes()
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    names = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    floats = (schema.TensorType.FLOAT32, schema.TensorType.FLOAT16)
    float_ops: Counter[str] = Counter()
    for subgraph in model.subgraphs:
        for op in subgraph.operators:
            code = model.operatorCodes[op.opcodeIndex]
            name = names[max(code.builtinCode, code.deprecatedBuiltinCode)]
            if name in ("QUANTIZE", "DEQUANTIZE"):
                continue
            if any(subgraph.tensors[index].type in floats for index in op.outputs):
                float_ops[name] += 1
    return {
        "size": len(data),
        "op_counts": op_counts(data),
        "float_ops": dict(float_ops.most_common()),
    }


def work() -> None:
    """A worker: jobs in, records out, a line each. Prints of the runtime go to stderr."""
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        results.write(json.dumps({"id": job["id"], **structure(job["model"]), **run(job)}) + "\n")


def main() -> None:
    if sys.argv[1:] == ["work"]:
        work()
        return
    jobs = json.load(sys.stdin)
    for record in run_all(jobs, lambda: Worker([sys.executable, __file__, "work"], TIMEOUT), 1):
        print(json.dumps(record), flush=True)


main()
