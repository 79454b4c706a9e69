"""Looks at `.tflite` files past 2 GB: how they are laid out, and what they compute.

    python large.py expect SAVED_MODEL FILE.npz     writes what TensorFlow computes of some rows, with the inputs
    python large.py check MODEL FILE.npz            loads the model by its path in the Interpreter and runs it on them

`check` prints a JSON record: `sqnr_db` against TensorFlow, and of buffers that lie outside of the flatbuffer how many
there are, how many bytes they have, whether all start at multiples of 16, and the `buffer_location` of the metadata.
Each in a process of its own: TensorFlow and the Interpreter hold the weights one after the other.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

ROWS = 8


def expect(saved_model: str, file: str) -> None:
    import tensorflow as tf

    # Held: signatures do not keep the variables that they use.
    loaded = tf.saved_model.load(saved_model)
    signature = loaded.signatures["serving_default"]
    ((name, spec),) = signature.structured_input_signature[1].items()
    random = np.random.default_rng(0)
    if spec.dtype.is_integer:
        # Also the last rows of the table, which lie behind 2 GB.
        last = max(int(variable.shape[0]) for variable in signature.variables)
        x = np.concatenate([np.arange(ROWS // 2), last - 1 - np.arange(ROWS // 2)]).astype(np.int32)
    else:
        x = random.standard_normal((ROWS, *spec.shape[1:])).astype(np.float32)
    outputs = signature(**{name: tf.constant(x)})
    np.savez(file, **{f"in/{name}": x}, **{f"out/{key}": value.numpy() for key, value in outputs.items()})


def check(model: str, file: str) -> dict[str, Any]:
    from ai_edge_litert.interpreter import Interpreter

    from measures import sqnr_db

    arrays = dict(np.load(file))
    inputs = {key[3:]: value for key, value in arrays.items() if key.startswith("in/")}
    expected = {key[4:]: value for key, value in arrays.items() if key.startswith("out/")}
    got = Interpreter(model_path=model).get_signature_runner("serving_default")(**inputs)
    return {"sqnr_db": min(sqnr_db(expected[key], got[key] - expected[key]) for key in expected), **layout(model)}


def layout(path: str) -> dict[str, Any]:
    from tensorflow.lite.python import schema_py_generated as schema

    content = np.memmap(path, np.uint8, "r")
    model = schema.Model.GetRootAs(content)
    buffers = [model.Buffers(i) for i in range(model.BuffersLength())]
    outside = [(buffer.Offset(), buffer.Size()) for buffer in buffers if buffer.Offset() > 1]
    entries = [model.Metadata(i) for i in range(model.MetadataLength())]
    location = {entry.Name(): bytes(buffers[entry.Buffer()].DataAsNumpy()).decode() for entry in entries}
    return {
        "bytes": len(content),
        "outside": len(outside),
        "outside_bytes": sum(size for _, size in outside),
        "aligned": all(offset % 16 == 0 for offset, _ in outside),
        "ends_at": max((offset + size for offset, size in outside), default=0),
        "buffer_location": location.get(b"buffer_location"),
    }


command, model, file = sys.argv[1:]
if command == "expect":
    expect(model, file)
else:
    print(json.dumps(check(model, file)))
