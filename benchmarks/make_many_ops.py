"""Writes a SavedModel with a given number of ops: `python make_many_ops.py OPS FOLDER`.

Residual blocks in a row, each of a convolution or a matrix product with weights, a bias, elementwise ops with constants
and the sum with its input. All blocks are alike, so that only their number differs from size to size, and weights are
small, so that hardly anything but ops is converted. OPS counts TensorFlow's nodes without constants.
"""

import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import function_pb2, types_pb2
from tensorflow.core.protobuf import saved_model_pb2

WIDTH = 8
"""Nodes of a pair of blocks, constants not counted."""
PER_PAIR = 12


def block(x: tf.Tensor, random: np.random.Generator, number: int) -> tf.Tensor:
    def constant(*shape: int) -> tf.Tensor:
        return tf.constant(random.standard_normal(shape, dtype=np.float32) / 4)

    with tf.name_scope(f"conv_{number}"):
        y = tf.nn.bias_add(tf.nn.conv2d(x, constant(1, 1, WIDTH, WIDTH), 1, "SAME"), constant(WIDTH))
        x = x + tf.nn.relu(y) * constant(WIDTH)
    with tf.name_scope(f"dense_{number}"):
        y = tf.reshape(x, [-1, WIDTH])
        y = tf.tanh(tf.matmul(y, constant(WIDTH, WIDTH)) + constant(WIDTH))
        y = tf.reshape(y, [1, 4, 4, WIDTH])
        return tf.maximum(x - y, constant(WIDTH))


def main() -> None:
    ops, folder = int(sys.argv[1]), sys.argv[2]
    random = np.random.default_rng(0)

    @tf.function(input_signature=[tf.TensorSpec([1, 4, 4, WIDTH], tf.float32, "x")])
    def chain(x: tf.Tensor) -> dict[str, tf.Tensor]:
        for number in range(2):
            x = block(x, random, number)
        return {"y": x}

    module = tf.Module()
    module.chain = chain
    tf.saved_model.save(module, folder, signatures=chain.get_concrete_function())
    repeat(os.path.join(folder, "saved_model.pb"), max(2, round(ops / PER_PAIR)), random)


def repeat(path: str, count: int, random: np.random.Generator) -> None:
    """Makes `count` pairs of blocks of two in the file: tracing so many ops would take TensorFlow half an hour."""
    model = saved_model_pb2.SavedModel()
    with open(path, "rb") as file:
        model.ParseFromString(file.read())
    for function in model.meta_graphs[0].graph_def.library.function:
        if any(node.op == "Conv2D" for node in function.node_def):
            repeat_in(function, count, random)
    with open(path, "wb") as file:
        file.write(model.SerializeToString())


def repeat_in(chain: function_pb2.FunctionDef, count: int, random: np.random.Generator) -> None:
    nodes = list(chain.node_def)
    blocks = [node for node in nodes if "_0/" in node.name or "_1/" in node.name]
    del chain.node_def[:]
    chain.node_def.extend(blocks)
    for number in range(2, count):
        for node in blocks:
            if "_1/" not in node.name:
                continue
            copy = chain.node_def.add()
            copy.CopyFrom(node)
            copy.name = renumbered(node.name, number)
            copy.input[:] = [renumbered(name, number) for name in node.input]
            content = copy.attr["value"].tensor if node.op == "Const" else None
            if content is not None and content.tensor_content and content.dtype == types_pb2.DT_FLOAT:
                values = np.frombuffer(content.tensor_content, np.float32)
                content.tensor_content = (values + random.standard_normal(1, dtype=np.float32) / 8).tobytes()
    for node in nodes:
        if node not in blocks:
            copy = chain.node_def.add()
            copy.CopyFrom(node)
            copy.input[:] = [name.replace("_1/", f"_{count - 1}/") for name in node.input]


def renumbered(name: str, number: int) -> str:
    """The name in the second pair of blocks as it is in another: what it has of the first is of that before."""
    return name.replace("_1/", f"_{number}/").replace("_0/", f"_{number - 1}/")


main()
