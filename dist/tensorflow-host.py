"""Runs TensorFlow for TFLite Gate: a JSON request a line in, a JSON reply a line out.

The first request is {"kind": "start"}; then "convert" makes a .tflite file of a SavedModel, or
"load" loads one, which "run" then runs on inputs from .npz files. When the input ends, the process ends at once.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import zipfile
from pathlib import Path

requests: queue.Queue[str] = queue.Queue()


def read_requests() -> None:
    """In a thread of its own, so that the end of the input is noticed while TensorFlow is at work."""
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)


def start(_: dict) -> dict:
    import tensorflow

    return {"version": tensorflow.__version__}


SCHEMES = ("float32", "dynamic", "float16", "int8", "int8-only", "int16x8")


def convert(request: dict) -> dict:
    import tensorflow as tf

    source, keys = request["savedModel"], request["signatures"]
    if request["inputShapes"]:
        source = with_shapes(request)
    converter = tf.lite.TFLiteConverter.from_saved_model(source, signature_keys=keys, tags=request["tags"])
    scheme = request["scheme"]
    if scheme not in SCHEMES:
        raise ValueError(f"unknown scheme {scheme}")
    ops = tf.lite.OpsSet
    kernels = {
        "int8-only": [ops.TFLITE_BUILTINS_INT8],
        "int16x8": [ops.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8, ops.TFLITE_BUILTINS],
    }.get(scheme, [ops.TFLITE_BUILTINS])
    converter.target_spec.supported_ops = kernels + ([ops.SELECT_TF_OPS] if request["selectTfOps"] else [])
    converter.allow_custom_ops = request["allowCustomOps"]
    if scheme != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if request["samples"] is not None:
        converter.representative_dataset = lambda: samples(request["samples"], keys)
    converter.inference_input_type = converter.inference_output_type = tf.dtypes.as_dtype(request["ioType"])
    Path(request["output"]).write_bytes(converter.convert())
    return {}


def with_shapes(request: dict) -> str:
    """Writes the SavedModel anew with signatures whose inputs have the shapes that are asked for."""
    import tensorflow as tf

    loaded = tf.saved_model.load(request["savedModel"], tags=request["tags"])
    signatures = {key: narrowed(loaded.signatures[key], request["inputShapes"]) for key in request["signatures"]}
    tf.saved_model.save(loaded, request["scratch"], signatures=signatures)
    request["tags"] = ["serve"]
    return request["scratch"]


def narrowed(signature, shapes: dict):
    import tensorflow as tf

    _, inputs = signature.structured_input_signature
    specs = {
        name: tf.TensorSpec(shapes.get(name, spec.shape), spec.dtype, name=name) for name, spec in inputs.items()
    }
    return tf.function(lambda **values: signature(**values)).get_concrete_function(**specs)


def samples(folder: str, keys: list[str]):
    """The arrays of the files `<signature's number>-<sample's number>.npz`, as the converter wants them."""
    import numpy as np

    for file in sorted(Path(folder).iterdir()):
        with np.load(file) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        yield values if len(keys) == 1 else (keys[int(file.name.split("-")[0])], values)


loaded: dict = {}


def load(request: dict) -> dict:
    import tensorflow as tf

    # What owns the variables has to live as long as the signature.
    loaded["model"] = tf.saved_model.load(request["savedModel"], tags=request["tags"])
    loaded["signature"] = loaded["model"].signatures[request["signature"]]
    return {}


def run(request: dict) -> dict:
    import numpy as np
    import tensorflow as tf

    with np.load(request["inputs"]) as arrays:
        values = {name: tf.constant(arrays[name]) for name in arrays.files}
    outputs = loaded["signature"](**values)
    with zipfile.ZipFile(request["outputs"], "w") as archive:
        for name, tensor in outputs.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array_of(tensor))
    return {}


def array_of(tensor):
    import numpy as np
    import tensorflow as tf

    if tensor.dtype == tf.bfloat16:
        tensor = tf.cast(tensor, tf.float32)
    array = np.asarray(tensor.numpy())
    return array.astype(bytes) if array.dtype == object else array


def answer(line: str) -> dict:
    request = json.loads(line)
    kinds = {"start": start, "convert": convert, "load": load, "run": run}
    try:
        return {"ok": True, **kinds[request["kind"]](request)}
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        return {"ok": False, "error": type(error).__name__, "message": str(error)}


def main() -> None:
    # Libraries write to the standard output as they like: replies have a descriptor of their own.
    replies = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=read_requests, daemon=True).start()
    while True:
        replies.write(json.dumps(answer(requests.get())) + "\n")


if __name__ == "__main__":
    main()
