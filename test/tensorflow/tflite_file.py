"""What a `.tflite` file holds, read through the schema that LiteRT itself ships.

Read with the generated classes of the `ai-edge-litert` wheel, not with our own
reader, so that a mistake in the writer cannot hide behind the same mistake here.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ai_edge_litert import schema_py_generated as schema

_BUILTIN_NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}


def op_counts(model: bytes | Path) -> dict[str, int]:
    """How often each op occurs in all subgraphs together, most frequent first.

    A custom op is counted under the name it is registered by.
    """
    data = model if isinstance(model, bytes) else Path(model).read_bytes()
    root = schema.Model.GetRootAs(data, 0)
    names = [op_name(root.OperatorCodes(i)) for i in range(root.OperatorCodesLength())]
    counts: Counter[str] = Counter()
    for index in range(root.SubgraphsLength()):
        subgraph = root.Subgraphs(index)
        counts.update(names[subgraph.Operators(op).OpcodeIndex()] for op in range(subgraph.OperatorsLength()))
    return dict(counts.most_common())


def op_name(code: schema.OperatorCode) -> str:
    """The op of an operator code: codes up to 127 may sit in the older, narrower field."""
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if builtin == schema.BuiltinOperator.CUSTOM:
        return (code.CustomCode() or b"CUSTOM").decode()
    return _BUILTIN_NAMES[builtin]
