"""Writes official-schema.json: what the generated schema of the PyPI package ai-edge-litert says about each table.

Usage: python dump_schema.py > official-schema.json   (in an environment with ai-edge-litert)

Every generated function is called with a builder, or a table, that only records what is asked of it, so that slots,
widths, defaults and element types come from the code itself:
    enums:  {name: {value name: number}}
    tables: {name: [[field, slot, type, default or null], ...]}   type: int32, string, table, [float32], [string], [table]
"""

import inspect
import json

from ai_edge_litert import schema_py_generated as schema


class RecordingBuilder:
    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *args: self.calls.append((name, args))


class RecordingTable:
    """Stands in for flatbuffers.table.Table: every field is present, every vector has an element."""

    Bytes = b""
    Pos = 0

    def __init__(self):
        self.seen = None

    def Offset(self, slot):
        return slot

    def Vector(self, _):
        return 0

    def VectorLen(self, _):
        return 1

    def Indirect(self, _):
        self.seen = "table"
        return 0

    def String(self, _):
        self.seen = "string"

    def Union(self, *_):
        self.seen = "table"

    def Get(self, flags, _):
        self.seen = flags.__name__.removesuffix("Flags").lower()
        return 0


def scalar(method):
    return method.removeprefix("Prepend").removesuffix("Slot").lower()


def read_type(reader, accessor):
    """The type that an accessor reads, and whether it takes an index: then it is a vector's element."""
    is_vector = "j" in inspect.signature(accessor).parameters
    instance = reader()
    instance._tab = RecordingTable()
    try:
        accessor(instance, 0) if is_vector else accessor(instance)
    except Exception:  # Accessors of unions build a plain Table from the recorded one.
        pass
    return f"[{instance._tab.seen}]" if is_vector else instance._tab.seen


def table_fields(name, reader):
    fields = []
    prefix = f"{name}Add"
    for function_name, add in vars(schema).items():
        field = function_name.removeprefix(prefix)
        if not function_name.startswith(prefix) or not hasattr(reader, field):
            continue
        builder = RecordingBuilder()
        add(builder, 1)
        (method, (slot, _, default)), = builder.calls
        if method == "PrependUOffsetTRelativeSlot":
            fields.append([field, slot, read_type(reader, getattr(reader, field)), None])
        else:
            fields.append([field, slot, scalar(method), default])
    return sorted(fields, key=lambda entry: entry[1])


def main():
    enums, tables = {}, {}
    for name, value in vars(schema).items():
        if not inspect.isclass(value):
            continue
        if hasattr(value, "GetRootAs"):
            tables[name] = table_fields(name, value)
        elif not hasattr(value, "InitFromObj"):
            enums[name] = {key: number for key, number in vars(value).items() if not key.startswith("_")}
    lines = []
    for section, entries in (("enums", enums), ("tables", tables)):
        rows = [f"{json.dumps(key)}:{json.dumps(entries[key], separators=(',', ':'))}" for key in sorted(entries)]
        lines.append(f'"{section}":{{\n' + ",\n".join(rows) + "\n}")
    print("{\n" + ",\n".join(lines) + "\n}")


main()
