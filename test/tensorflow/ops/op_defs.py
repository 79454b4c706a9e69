"""Writes op-defs.json: how TensorFlow itself declares the ops of src/tensorflow/ops, for index.test.ts.

    python test/tensorflow/ops/op_defs.py

A line an op: operands and results (a star behind lists), attributes with kind and default. Names are all those of
TensorFlow ops that the sources quote.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import op_def_registry

HERE = Path(__file__).parent
SOURCES = HERE.parents[2] / "src" / "tensorflow" / "ops"


def argument(arg: Any) -> str:
    return arg.name + ("*" if arg.number_attr or arg.type_list_attr else "")


def default(attribute: Any) -> Any:
    value = attribute.default_value
    match value.WhichOneof("value"):
        case "type":
            return tf.as_dtype(value.type).name
        case "s":
            return value.s.decode()
        case "list":
            return [*value.list.i, *value.list.f]
        case "shape":
            return None if value.shape.unknown_rank else [dim.size for dim in value.shape.dim]
        case kind:
            return getattr(value, kind)


def describe(name: str) -> dict[str, Any]:
    definition = op_def_registry.get(name)
    return {
        "operands": [argument(arg) for arg in definition.input_arg],
        "results": [argument(arg) for arg in definition.output_arg],
        "attributes": {
            each.name: [each.type, default(each)] if each.HasField("default_value") else [each.type]
            for each in definition.attr
        },
    }


def main() -> None:
    quoted = {name for file in SOURCES.glob("*.ts") for name in re.findall(r"'([A-Z]\w*)'", file.read_text())}
    names = sorted(name for name in quoted if op_def_registry.get(name) is not None)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(describe(name))}" for name in names)
    (HERE / "op-defs.json").write_text(f"{{\n{lines}\n}}\n")
    print(len(names), "ops")


if __name__ == "__main__":
    main()
