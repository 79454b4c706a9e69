"""Makes one small case per TensorFlow op: a SavedModel, inputs, and TensorFlow's own outputs.

    python op_cases.py [--only OP]… [--out DIR]

Each case is a folder of `test/op-cases` (`<TfOp>__<n>`):

    saved_model/      signature serving_default
    inputs.npz        keys = the signature's input names
    outputs.npz       keys = its output names; values as TensorFlow computed them
    case.json         tf_ops, tensor specs, nondeterministic, and what the official converter makes of it

The tables in `op_case_tables/` say how each is built. **Adding an op is a line there**, running this
with `--only`, and committing the folder that it writes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from compare import new_worker
from op_case_tables import CASES, Case, In
from saved_model_runner import Signature, run_signature
from tflite_file import op_counts
from workers import Worker

SEED = 11
DEFAULT_OUT = Path(__file__).parent.parent / "op-cases"
PLUMBING = {
    "MergeV2Checkpoints",
    "NoOp",
    "Pack",
    "Placeholder",
    "RestoreV2",
    "SaveV2",
    "Select",
    "ShardedFilename",
    "StaticRegexFullMatch",
    "StringJoin",
}
"""What saving itself puts into the functions that only save and restore."""


def values(spec: In, rng: np.random.Generator) -> np.ndarray:
    """Random values of a spec; whole numbers in [low, high) for integers."""
    if spec.value is not None:
        return np.array(spec.value, spec.dtype)
    if spec.dtype == "bool":
        return rng.random(spec.shape) < 0.5
    if np.dtype(spec.dtype).kind in "iu":
        return rng.integers(int(spec.low), int(spec.high), spec.shape).astype(spec.dtype)
    if spec.low is None:
        return np.asarray(rng.normal(0, 1, spec.shape)).astype(spec.dtype)
    return np.asarray(rng.uniform(spec.low, spec.high, spec.shape)).astype(spec.dtype)


def save(case: Case, inputs: dict[str, np.ndarray], folder: Path) -> None:
    module = tf.Module()
    module.held = [tf.Variable(value, name=f"v{index}") for index, value in enumerate(case.variables)]

    def body(**tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        result = case.build(*(tensors[name] for name in case.inputs), *module.held)
        if isinstance(result, tf.Tensor):
            return {"y": result}
        return {f"y{index}": each for index, each in enumerate(result)}

    specs = {
        name: tf.TensorSpec(spec.signature_shape(inputs[name].shape), spec.dtype, name)
        for name, spec in case.inputs.items()
    }
    function = tf.function(body, autograph=False).get_concrete_function(**specs)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": function})
    strip(folder)


def strip(folder: Path) -> None:
    """Drops what no reader of a graph needs: the definitions of ops, the fingerprint, empty folders."""
    file = folder / "saved_model.pb"
    message = read_message(folder)
    for meta in message.meta_graphs:
        meta.meta_info_def.ClearField("stripped_op_list")
    file.write_bytes(message.SerializeToString(deterministic=True))
    (folder / "fingerprint.pb").unlink(missing_ok=True)
    shutil.rmtree(folder / "assets", ignore_errors=True)


def read_message(saved_model: Path) -> saved_model_pb2.SavedModel:
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((saved_model / "saved_model.pb").read_bytes())
    return message


def graph_ops(saved_model: Path) -> list[str]:
    """The ops of the signature's functions, without those of saving and restoring."""
    graph = read_message(saved_model).meta_graphs[0].graph_def
    ops = {node.op for node in graph.node} - PLUMBING
    for function in graph.library.function:
        if not function.signature.name.startswith("__inference__traced_"):
            ops |= {node.op for node in function.node_def}
    return sorted(ops)


def official(folder: Path, worker: Worker) -> dict[str, Any]:
    """What the official converter makes of a case: its ops and errors, or why it fails."""
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "official.tflite"
        try:
            converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
            model.write_bytes(converter.convert())
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            return {"builtins": " ".join(f"{type(error).__name__}: {error}".split())[:160]}
        measured = worker.run(
            {
                "id": folder.name,
                "model": str(model),
                "inputs": str(folder / "inputs.npz"),
                "expected": str(folder / "outputs.npz"),
            }
        )
        outputs = measured.get("outputs", {}).values()
        errors = {
            f"max_{kind}_err": max((each.get(f"max_{kind}_error") or 0.0 for each in outputs), default=None)
            for kind in ("abs", "rel")
        }
        judged = worker.run({"id": folder.name, "model": str(model), "case": str(folder)})
        return {
            "builtins": "ok",
            "op_counts": op_counts(model),
            "size": model.stat().st_size,
            **errors,
            **({} if judged["passed"] else {"problem": judged["problem"]}),
        }


def write(name: str, case: Case, out: Path, worker: Worker) -> dict[str, Any]:
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng([SEED, *name.encode()])
    inputs = {key: values(spec, rng) for key, spec in case.inputs.items()}
    save(case, inputs, folder / "saved_model")
    spec, outputs = run_signature(folder / "saved_model", inputs)
    np.savez_compressed(folder / "inputs.npz", **inputs)
    np.savez_compressed(folder / "outputs.npz", **outputs)
    description = describe(name, case, folder, spec, inputs, outputs)
    (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
    description["official"] = official(folder, worker)
    (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
    return description


def describe(
    name: str,
    case: Case,
    folder: Path,
    signature: Signature,
    inputs: dict[str, np.ndarray],
    outputs: dict[str, np.ndarray],
) -> dict[str, Any]:
    def tensors(specs: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        return {
            key: {"dtype": dtype, "shape": shape, "value_shape": list(arrays[key].shape)}
            for key, (dtype, shape) in sorted(specs.items())
        }

    return {
        "case": name,
        "family": case.op,
        "params": {},
        "tf_ops": graph_ops(folder / "saved_model"),
        "inputs": tensors(signature.inputs, inputs),
        "outputs": tensors(signature.outputs, outputs),
        "nondeterministic": False,
    }


def named_cases() -> dict[str, Case]:
    """`<TfOp>__<n>` for every line of the table, counted per op."""
    count: dict[str, int] = {}
    named = {}
    for case in CASES:
        number = count.setdefault(case.op, 0)
        count[case.op] += 1
        named[f"{case.op}__{number}"] = case
    return named


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="OP")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    options = parser.parse_args()
    worker = new_worker(timeout=60)
    failed = 0
    for name, case in named_cases().items():
        if options.only and case.op not in options.only:
            continue
        try:
            result = write(name, case, options.out, worker)["official"]
            found = result.get("problem") or result["builtins"]
            print(name, found if found != "ok" else result["op_counts"], flush=True)
        except Exception as error:  # noqa: BLE001 - the other cases are still to be made
            shutil.rmtree(options.out / name, ignore_errors=True)
            print(name, "NOT MADE:", " ".join(f"{type(error).__name__}: {error}".split())[:300], flush=True)
            failed += 1
    worker.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
