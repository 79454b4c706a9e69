"""Makes one small case per TensorFlow op: a SavedModel, inputs, and TensorFlow's own outputs.

    python op_cases.py [--only OP]… [--missing] [--out DIR]

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

from compare import new_worker
from op_case_tables import CASES, Case, In
from saved_model_runner import Signature, run_signature
from strip_saved_model import read_message, strip
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
        return np.array(spec.value, "S" if spec.dtype == "string" else spec.dtype)
    if spec.dtype == "bool":
        return rng.random(spec.shape) < 0.5
    if np.dtype(spec.dtype).kind in "iu":
        return rng.integers(int(spec.low), int(spec.high), spec.shape).astype(spec.dtype)
    if spec.low is None:
        return np.asarray(rng.normal(0, 1, spec.shape)).astype(spec.dtype)
    return np.asarray(rng.uniform(spec.low, spec.high, spec.shape)).astype(spec.dtype)


def save(case: Case, inputs: dict[str, np.ndarray], folder: Path) -> None:
    if case.tf1:
        return save_as_tf1(case, inputs, folder)
    module = tf.Module()
    module.held = [tf.Variable(value, name=f"v{index}") for index, value in enumerate(case.variables)]
    module.resources = case.resources()

    def body(**tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        return outputs_of(case.build(*(tensors[name] for name in case.inputs), *module.held, *module.resources))

    specs = {
        name: tf.TensorSpec(spec.signature_shape(inputs[name].shape), spec.dtype, name)
        for name, spec in case.inputs.items()
    }
    function = tf.function(body, autograph=False).get_concrete_function(**specs)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": function})


def save_as_tf1(case: Case, inputs: dict[str, np.ndarray], folder: Path) -> None:
    """A graph in a session, with variables that are references, as TensorFlow 1 made them."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        tensors = {
            name: v1.placeholder(spec.dtype, spec.signature_shape(inputs[name].shape), name)
            for name, spec in case.inputs.items()
        }
        held = [v1.Variable(value, name=f"v{n}", use_resource=False) for n, value in enumerate(case.variables)]
        outputs = outputs_of(case.build(*tensors.values(), *held))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), tensors, outputs)


def outputs_of(result: Any) -> dict[str, tf.Tensor]:
    if isinstance(result, tf.Tensor):
        return {"y": result}
    return {f"y{index}": each for index, each in enumerate(result)}


def graph_ops(saved_model: Path) -> list[str]:
    """The ops of the signature's functions, without those of saving and restoring."""
    graph = read_message(saved_model).meta_graphs[0].graph_def
    ops = {node.op for node in graph.node} - PLUMBING
    for function in graph.library.function:
        if not function.signature.name.startswith("__inference__traced_"):
            ops |= {node.op for node in function.node_def}
    return sorted(ops)


class Official:
    """What the official converter makes of cases: it and LiteRT run in processes of their own."""

    def __init__(self) -> None:
        self.converter = Worker([sys.executable, str(Path(__file__).with_name("official.py"))], timeout=60)
        self.runtime = new_worker(timeout=60)

    def close(self) -> None:
        self.converter.close()
        self.runtime.close()

    def describe(self, folder: Path) -> dict[str, Any]:
        """Its ops and errors for a case, or why it fails."""
        with tempfile.TemporaryDirectory() as scratch:
            model = Path(scratch) / "official.tflite"
            job = {"id": folder.name, "model": str(model)}
            converted = self.converter.run(job | {"saved_model": str(folder / "saved_model")})
            if not converted["passed"]:
                return {"builtins": converted["problem"].replace("LiteRT", "The converter")}
            arrays = {"inputs": str(folder / "inputs.npz"), "expected": str(folder / "outputs.npz")}
            outputs = self.runtime.run(job | arrays).get("outputs", {}).values()
            judged = self.runtime.run(job | {"case": str(folder)})
            errors = {
                f"max_{kind}_err": max((each.get(f"max_{kind}_error") or 0.0 for each in outputs), default=None)
                for kind in ("abs", "rel")
            }
            return {
                "builtins": "ok",
                "op_counts": op_counts(model),
                "size": model.stat().st_size,
                **errors,
                **({} if judged["passed"] else {"problem": judged["problem"]}),
            }


def write(name: str, case: Case, out: Path, official: Official) -> dict[str, Any]:
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng([SEED, *name.encode()])
    inputs = {key: values(spec, rng) for key, spec in case.inputs.items()}
    save(case, inputs, folder / "saved_model")
    spec, outputs = run_signature(folder / "saved_model", inputs)
    outputs = {key: array.astype("S") if array.dtype == object else array for key, array in outputs.items()}
    np.savez_compressed(folder / "inputs.npz", **inputs)
    np.savez_compressed(folder / "outputs.npz", **outputs)
    description = describe(name, case, folder, spec, inputs, outputs)
    (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
    description["official"] = official.describe(folder)
    (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
    strip(folder / "saved_model")
    run_signature(folder / "saved_model", inputs)
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
        "nondeterministic": case.random,
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
    parser.add_argument("--missing", action="store_true", help="make only those that are not there yet")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    options = parser.parse_args()
    official = Official()
    failed = 0
    for name, case in named_cases().items():
        if options.only and case.op not in options.only:
            continue
        if options.missing and (options.out / name / "case.json").exists():
            continue
        try:
            result = write(name, case, options.out, official)["official"]
            found = result.get("problem") or result["builtins"]
            print(name, found if found != "ok" else result["op_counts"], flush=True)
        except Exception as error:  # noqa: BLE001 - the other cases are still to be made
            shutil.rmtree(options.out / name, ignore_errors=True)
            print(name, "NOT MADE:", " ".join(f"{type(error).__name__}: {error}".split())[:300], flush=True)
            failed += 1
    official.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
