"""Makes the fixtures of flex.test.ts: SavedModels, and what the official converter packs for their ops.

Run it in the environment of requirements.txt: python test/tensorflow/flex/make.py
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from strip_saved_model import strip  # noqa: E402
from tensorflow.lite.python import schema_py_generated as schema  # noqa: E402


def select(x, words, indices):
    """Ops of the allow-list that have no builtin, with attributes of every kind that they have."""
    root = tf.linalg.cholesky(tf.matmul(x, x, transpose_b=True) + 5.0 * tf.eye(3))
    mean = tf.raw_ops.SparseSegmentMean(data=x, indices=indices, segment_ids=tf.constant([0, 0, 1]))
    padded, *_ = tf.raw_ops.SparseFillEmptyRows(
        indices=tf.constant([[0, 1], [2, 0]], tf.int64), values=tf.gather(x[0], [0, 1]),
        dense_shape=tf.constant([4, 5], tf.int64), default_value=x[0, 0],
    )
    crops = tf.image.crop_and_resize(
        tf.reshape(x, [1, 3, 4, 1]), tf.constant([[0.0, 0.0, 0.5, 0.75]]), [0], [2, 2], extrapolation_value=0.25
    )
    example = tf.raw_ops.ParseExampleV2(
        serialized=words, names=tf.constant([], tf.string), sparse_keys=tf.constant(["s"]),
        dense_keys=tf.constant(["a", "b"]), ragged_keys=tf.constant([], tf.string),
        dense_defaults=[tf.constant([1.0, 2.0]), tf.constant([], tf.int64)], num_sparse=1, sparse_types=[tf.string],
        ragged_value_types=[], ragged_split_types=[], dense_shapes=[[2], [None, 3]],
    )
    return {
        "hash": tf.strings.to_hash_bucket_fast(words, 2**40),
        "text": tf.strings.as_string(x, precision=3, fill="0", width=8),
        "replaced": tf.strings.regex_replace(words, "a+", "b", replace_global=False),
        "root": root,
        "mean": mean,
        "padded": padded,
        "crops": crops,
        "inverse": tf.linalg.inv(root),
        "dense": example.dense_values[0],
        "many": example.dense_values[1],
    }


def custom(x, words, splits):
    """Ops that an application brings along."""
    ngrams, rows = tf.raw_ops.StringNGrams(
        data=words, data_splits=splits, separator=" ", ngram_widths=[2, 3], left_pad="", right_pad="pad", pad_width=0,
        preserve_short_sequences=True,
    )
    crops = tf.image.crop_and_resize(
        tf.reshape(x, [1, 3, 4, 1]), tf.constant([[0.0, 0.0, 0.5, 0.75]]), [0], [2, 2], extrapolation_value=2.0
    )
    return {"ngrams": ngrams, "rows": rows, "crops": crops}


F32 = tf.TensorSpec([3, 4], tf.float32, "x")
WORDS = tf.TensorSpec([None], tf.string, "words")
SPLITS = tf.TensorSpec([None], tf.int64, "splits")
INDICES = tf.TensorSpec([3], tf.int32, "indices")


def save(name: str, function, *specs) -> None:
    module = tf.Module()
    module.f = tf.function(function, input_signature=specs)
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    tf.saved_model.save(module, str(folder), signatures=module.f.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    if name == "select":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    else:
        converter.allow_custom_ops = True
    model = schema.ModelT.InitFromPackedBuf(converter.convert())
    found = []
    for graph in model.subgraphs:
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex].customCode
            if code:
                types = [[int(graph.tensors[i].type) for i in side] for side in (operator.inputs, operator.outputs)]
                options = base64.b64encode(np.array(operator.customOptions, np.uint8).tobytes()).decode()
                found.append({"code": code.decode(), "operands": types[0], "results": types[1], "options": options})
    found.sort(key=lambda each: each["code"])
    (folder / "official.json").write_text(json.dumps({"tensorflow": tf.__version__, "operators": found}, indent=1) + "\n")
    strip(folder)


save("select", select, F32, WORDS, INDICES)
save("custom", custom, F32, WORDS, SPLITS)
