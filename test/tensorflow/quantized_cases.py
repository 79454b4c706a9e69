"""Samples of cases of single ops, and what quantized models of them are like.

    python quantized_cases.py samples < jobs.json
        {"case": folder, "data": path} → {"data", "problem"?}
    python quantized_cases.py official < jobs.json
        as official_quantized.py, in processes that may break
    python quantized_cases.py measure < jobs.json
        {"id", "data", "reference": "float.tflite", "models": {name: path}}
        → {"id", "models": {name: {"error"} | {"size", "conversions", "float", "islands", "db", "same", "elements"}}}

Jobs are a JSON list, answers a JSON line each. `float` counts the ops with float32 data, `islands` those
of them that do not only look at inputs of the model. `db` is the SQNR over all
samples against the float model, of several outputs the mean, the worse of what XNNPACK and LiteRT's own kernels give,
and `elements` what it was measured on. `same` is the part that is equal of the elements of outputs that are no floats.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from litert import Tensors, load
from measures import sqnr_db
from workers import Worker, run_all

SAMPLES = 16
SEED = 7

OFFICIAL_TIMEOUT = 240
TIMEOUT = 60
"""Seconds for a case."""

Record = dict[str, Any]


# --- samples ------------------------------------------------------------------------------


PAIRED = {"Xdivy", "Xlog1py", "Xlogy"}
"""Ops that are finite where a zero of one input stands beside that of the other: their inputs are moved together."""


def write_samples(job: Record) -> Record:
    """The inputs of the case, and seeded ones with the same floats in other places: so they suit the op as well."""
    paired = not PAIRED.isdisjoint(json.loads((Path(job["case"]) / "case.json").read_text())["tf_ops"])
    inputs = load(Path(job["case"]) / "inputs.npz")
    values = [*inputs.values(), *load(Path(job["case"]) / "outputs.npz").values()]
    if not all(np.isfinite(value).all() for value in values if value.dtype == np.float32):
        return {"data": job["data"], "problem": "no range holds NaN or infinity"}
    random = np.random.RandomState(SEED)
    rows = {name: [value] for name, value in inputs.items()}
    for row in range(SAMPLES - 1):
        for name, value in inputs.items():
            moved = value.dtype == np.float32 and value.ndim > 0
            order = np.random.RandomState(row) if paired else random
            rows[name].append(order.permutation(value.ravel()).reshape(value.shape) if moved else value)
    Path(job["data"]).parent.mkdir(parents=True, exist_ok=True)
    np.savez(job["data"], **{name: np.stack(values) for name, values in rows.items()})
    return {"data": job["data"]}


def samples(path: str) -> Iterator[Tensors]:
    arrays = load(path)
    for index in range(SAMPLES):
        yield {name: array[index] for name, array in arrays.items()}


# --- the file -----------------------------------------------------------------------------

CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")


def structure(path: str) -> Record:
    """Size, conversions, ops with float32 data, and those of them that do not only look at inputs of the model."""
    from ai_edge_litert import schema_py_generated as schema

    from tflite_file import op_name

    data = Path(path).read_bytes()
    root = schema.Model.GetRootAs(data, 0)
    model = schema.ModelT.InitFromObj(root)
    names = [op_name(root.OperatorCodes(i)) for i in range(root.OperatorCodesLength())]
    floats: Counter[str] = Counter()
    islands: Counter[str] = Counter()
    conversions = 0
    for subgraph in model.subgraphs:
        given = {int(index) for index in subgraph.inputs}
        computed = {int(index) for op in subgraph.operators for index in op.outputs}
        given |= computed
        for op in subgraph.operators:
            name = names[op.opcodeIndex]
            if name in CONVERSIONS:
                conversions += 1
                continue
            ends = {int(index) for index in [*([] if op.inputs is None else op.inputs), *op.outputs]}
            real = {index for index in ends if subgraph.tensors[index].type == schema.TensorType.FLOAT32}
            floats[name] += bool(real & given)
            islands[name] += bool(real & computed)
    return {
        "size": len(data),
        "conversions": conversions,
        "float": dict(sorted((+floats).items())),
        "islands": dict(sorted((+islands).items())),
    }


# --- running ------------------------------------------------------------------------------


def outputs(path: str, data: str, kernels: str) -> list[Tensors]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = {"xnnpack": OpResolverType.AUTO, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}[kernels]
    interpreter = Interpreter(model_path=path, num_threads=1, experimental_op_resolver_type=resolver)
    keys = list(interpreter.get_signature_list())
    runner = interpreter.get_signature_runner(keys[0])
    details = runner.get_input_details()
    rows = []
    for sample in samples(data):
        given = {name: stored(value, details[name]) for name, value in sample.items() if name in details}
        ends = runner.get_output_details()
        rows.append({name: real(value, ends[name]) for name, value in run(runner, given).items()})
    return rows


def run(runner: Any, given: Tensors) -> Tensors:
    try:
        return runner(**given)
    except ValueError as error:
        # What the bindings say when asked for a tensor without elements.
        if str(error) != "Invalid tensor size.":
            raise
        return {name: np.empty(end["shape"], end["dtype"]) for name, end in runner.get_output_details().items()}


def stored(value: np.ndarray, end: Record) -> np.ndarray:
    scale, zero_point = end["quantization"]
    if value.dtype == end["dtype"] or scale == 0:
        return value
    limits = np.iinfo(end["dtype"])
    return np.clip(np.round(value / np.float32(scale)) + zero_point, limits.min, limits.max).astype(end["dtype"])


def real(value: np.ndarray, end: Record) -> np.ndarray:
    scale, zero_point = end["quantization"]
    if scale == 0:
        return value
    return ((value.astype(np.float32) - zero_point) * np.float32(scale)).astype(np.float32)


def difference(actual: list[Tensors], expected: list[Tensors]) -> Record:
    ratios: list[tuple[float, int]] = []
    equal = total = 0
    for name in expected[0]:
        if name not in actual[0]:
            return {"error": f"output {name} is missing"}
        pairs = [(a[name], e[name]) for a, e in zip(actual, expected)]
        if pairs[0][1].dtype.kind not in "fc":
            # As many as there are may depend on the data.
            equal += sum(int((a == e).sum()) if a.shape == e.shape else 0 for a, e in pairs)
            total += sum(e.size for _, e in pairs)
            continue
        for a, e in pairs:
            if a.shape != e.shape or a.dtype != e.dtype:
                return {"error": f"output {name} is {a.dtype} {list(a.shape)}, should be {e.dtype} {list(e.shape)}"}
        wide = np.complex128 if np.iscomplexobj(pairs[0][1]) else np.float64
        a, e = (np.concatenate([pair[side].ravel() for pair in pairs]).astype(wide) for side in (0, 1))
        finite = np.isfinite(e)
        if finite.any():
            ratios.append((sqnr_db(e[finite], np.abs(a - e)[finite]), int(finite.sum())))
    db = round(float(np.mean([ratio for ratio, _ in ratios])), 2) if ratios else None
    elements = sum(count for _, count in ratios)
    return {"db": db, "elements": elements, "same": round(equal / total, 4) if total else None}


def measure(job: Record) -> Record:
    expected = outputs(job["reference"], job["data"], "builtin")
    records = {}
    for name, path in job["models"].items():
        record: Record = {}
        try:
            record = structure(path)
            found = [difference(outputs(path, job["data"], kernels), expected) for kernels in ("xnnpack", "builtin")]
            failed = [each for each in found if "error" in each]
            worst = min(found, key=lambda each: (each.get("db") or 0, each.get("same") or 0))
            records[name] = record | (failed[0] if failed else worst)
        except Exception as error:  # noqa: BLE001 - the runtime's refusal is the finding
            records[name] = record | {"error": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
    return {"models": records}


def work() -> None:
    """A worker: jobs in, records out, a line each. Prints of the runtime go to stderr."""
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            record = measure(job)
        except Exception as error:  # noqa: BLE001 - a broken job must not end the others
            record = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
        results.write(json.dumps({"id": job["id"], **record}) + "\n")


def main() -> None:
    command = sys.argv[1]
    if command == "work":
        work()
        return
    jobs = json.load(sys.stdin)
    if command == "samples":
        records = map(write_samples, jobs)
    elif command == "official":
        script = str(Path(__file__).parent / "official_quantized.py")
        records = run_all(jobs, lambda: Worker([sys.executable, script], OFFICIAL_TIMEOUT), 2)
    else:
        records = run_all(jobs, lambda: Worker([sys.executable, __file__, "work"], TIMEOUT), 2)
    for record in records:
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
