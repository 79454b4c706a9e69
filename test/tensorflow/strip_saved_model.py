"""Makes a SavedModel small, for a repository that keeps hundreds of them. TensorFlow's v1 loader still reads it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tensorflow.core.framework import node_def_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2


STATE = {"VarHandleOp", "VariableV2", "Variable", "HashTableV2", "MutableHashTableV2"}
"""Ops whose values the SavedModel restores or initialises, by nodes that no signature reaches."""


def read_message(saved_model: Path) -> saved_model_pb2.SavedModel:
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((saved_model / "saved_model.pb").read_bytes())
    return message


def strip(saved_model: Path) -> None:
    """Drops what no reader of a graph needs; without state, also what only saves and restores it."""
    message = read_message(saved_model)
    for meta in message.meta_graphs:
        meta.meta_info_def.ClearField("stripped_op_list")
        if not any(node.op in STATE for node in meta.graph_def.node):
            meta.ClearField("saver_def")
            meta.ClearField("object_graph_def")
            meta.ClearField("collection_def")
            meta.signature_def.pop("__saved_model_init_op", None)
            keep_reachable(meta)
            shutil.rmtree(saved_model / "variables", ignore_errors=True)
    (saved_model / "saved_model.pb").write_bytes(message.SerializeToString(deterministic=True))
    (saved_model / "fingerprint.pb").unlink(missing_ok=True)
    assets = saved_model / "assets"
    if assets.exists() and not any(assets.iterdir()):
        assets.rmdir()


def keep_reachable(meta: meta_graph_pb2.MetaGraphDef) -> None:
    """Keeps the nodes that signatures reach, and the functions that those call."""
    graph = meta.graph_def
    nodes = {node.name: node for node in graph.node}
    signatures = meta.signature_def.values()
    ends = [info.name for each in signatures for info in (*each.inputs.values(), *each.outputs.values())]
    wanted = walk(map(node_name, ends), lambda name: map(node_name, nodes[name].input))
    kept_nodes = [node for node in graph.node if node.name in wanted]
    del graph.node[:]
    graph.node.extend(kept_nodes)

    functions = {each.signature.name: each for each in graph.library.function}
    called = walk(functions_of(kept_nodes), lambda name: functions_of(functions[name].node_def))
    kept_functions = [each for name, each in functions.items() if name in called]
    del graph.library.function[:]
    graph.library.function.extend(kept_functions)


def node_name(tensor: str) -> str:
    """The node of a tensor `node:0` or of a control input `^node`."""
    return tensor.removeprefix("^").split(":")[0]


def functions_of(nodes: Iterable[node_def_pb2.NodeDef]) -> list[str]:
    """The functions that nodes call."""
    values = [value for node in nodes for value in node.attr.values()]
    return [each.name for value in values for each in (value.func, *value.list.func) if each.name]


def walk(start: Iterable[str], next_of: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that can be reached from `start`."""
    seen: set[str] = set()
    stack = list(start)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            stack.extend(next_of(name))
    return seen
