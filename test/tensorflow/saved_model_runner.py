"""Runs a signature of a SavedModel the way the file describes it.

Through TensorFlow's v1 loader, which imports the graph and restores its variables
and nothing more. `tf.saved_model.load` rebuilds Python objects as well, and fails on
models whose objects today's TensorFlow no longer knows (an optimizer of Keras 2, say).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

DEFAULT_SIGNATURE = "serving_default"


@dataclass(frozen=True)
class Signature:
    """Names, dtypes and shapes (None: free) of a signature's tensors."""

    inputs: dict[str, tuple[str, list[int | None] | None]]
    outputs: dict[str, tuple[str, list[int | None] | None]]


def _spec(info: object) -> tuple[str, list[int | None] | None]:
    shape = info.tensor_shape
    dims = None if shape.unknown_rank else [None if d.size < 0 else d.size for d in shape.dim]
    return tf.dtypes.as_dtype(info.dtype).name, dims


def run_signature(
    saved_model: Path, inputs: dict[str, np.ndarray], signature: str = DEFAULT_SIGNATURE
) -> tuple[Signature, dict[str, np.ndarray]]:
    """TensorFlow's outputs of one signature for `inputs` (keyed by the signature's names)."""
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], str(saved_model))
        found = meta.signature_def[signature]
        feeds = {found.inputs[name].name: value for name, value in inputs.items()}
        fetches = {name: info.name for name, info in found.outputs.items()}
        outputs = session.run(fetches, feeds)
    spec = Signature(
        inputs={name: _spec(info) for name, info in found.inputs.items()},
        outputs={name: _spec(info) for name, info in found.outputs.items()},
    )
    return spec, outputs


def signature_inputs(saved_model: Path, signature: str = DEFAULT_SIGNATURE) -> list[str]:
    """The input names of a signature, without building its graph."""
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    message.ParseFromString((Path(saved_model) / "saved_model.pb").read_bytes())
    return sorted(message.meta_graphs[0].signature_def[signature].inputs)
