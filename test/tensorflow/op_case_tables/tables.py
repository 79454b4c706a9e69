"""Look-up tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from op_case_tables.vocabulary import In, case, free, raw, text, value

_lookup = tf.lookup


def _static(keys: Any, values: Any, default: Any, key: str, held: str) -> Callable[[], tuple[Any, ...]]:
    entries = lambda: _lookup.KeyValueTensorInitializer(keys, values, getattr(tf, key), getattr(tf, held))  # noqa: E731
    return lambda: (_lookup.StaticHashTable(entries(), default),)


def _find(x: tf.Tensor, table: Any) -> tf.Tensor:
    return table.lookup(x)


_WORDS = ["cat", "dog", "", "Vögel"]
_KEYS = text("dog", "cow", "", "Vögel".encode(), "cat", "dog")
_NEAR = [3, -1, 7, 4]
_FAR = [5, -(2**40), 10**15, 77]


def _asked(keys: list[int], dtype: str = "int64") -> In:
    return value([*keys, keys[0] + 1, -(2**31), 0, 2**31 - 1], dtype)


_FALLING = [4, 3, 2, 1]
for _asking, _table in (
    (free(_KEYS), _static(_WORDS, _FALLING, -1, "string", "int64")),
    (free(_asked(_FAR)), _static(_FAR, _WORDS, "none", "int64", "string")),
    (_KEYS, _static(_WORDS, list("wxyz"), "?", "string", "string")),
    (free(_KEYS), _static(_WORDS, [0.5, 1.5, 2.5, 3.5], -1.0, "string", "float32")),
    (_KEYS, _static(_WORDS, _FALLING, -1, "string", "int32")),
    (free(_asked(_NEAR)), _static(_NEAR, [10, 20, 30, 40], -5, "int64", "int64")),
    (_asked(_NEAR, "int32"), _static(_NEAR, [1.5, 2, 3, 4], 0.0, "int32", "float32")),
    (free(_asked(_FAR)), _static(_FAR, [1.5, 2, 3, 4], 0.0, "int64", "float32")),
    (_asked(_FAR), _static(_FAR, [1, 2, 3, 4], -1, "int64", "int64")),
    (value([[3, 9], [7, -1]], "int32"), _static(_NEAR, _WORDS, "none", "int32", "string")),
):
    case("LookupTableFindV2", _find, _asking, resources=_table)
case(
    "LookupTableFindV2",
    lambda x, table: (table.lookup(x), table.lookup(x[::-1]) * table.size()),
    _KEYS,
    resources=_static(_WORDS, _FALLING, -1, "string", "int64"),
)
case("HashTableV2", _find, _KEYS, resources=_static(["dog"], [1], 0, "string", "int64"))
case("LookupTableImportV2", _find, value([4, 5], "int64"), resources=_static([5], [8], 0, "int64", "int64"))
case(
    "LookupTableSizeV2",
    lambda x, table: x + table.size(),
    value([1, 2], "int64"),
    resources=_static(_WORDS, _FALLING, -1, "string", "int64"),
)
case(
    "LookupTableFindV2",
    lambda a, c, table: raw.LookupTableFindV2(table_handle=table.resource_handle, keys=a, default_value=c),
    _asked(_NEAR),
    value(7.5),
    resources=_static(_NEAR, [1.5, 2, 3, 4], 0.0, "int64", "float32"),
)


def _from_file(name: str, lines: str, *columns: Any, **options: Any) -> Callable[[], tuple[Any, ...]]:
    def make() -> tuple[Any, ...]:
        path = Path(tempfile.mkdtemp()) / name
        path.write_bytes(lines.encode())
        return (_lookup.StaticHashTable(_lookup.TextFileInitializer(str(path), *columns, **options), *_DEFAULTS[name]),)

    return make


_DEFAULTS = {"words.txt": (-1,), "names.txt": ("none",), "pairs.tsv": (-1.0,)}
_LINE, _NUMBER = _lookup.TextFileIndex.WHOLE_LINE, _lookup.TextFileIndex.LINE_NUMBER
case(
    "InitializeTableFromTextFileV2",
    _find,
    free(text("dog", "cow", "cat")),
    resources=_from_file("words.txt", "cat\r\ndog\nbird", tf.string, _LINE, tf.int64, _NUMBER),
)
case(
    "InitializeTableFromTextFileV2",
    _find,
    value([0, 2, 5], "int64"),
    resources=_from_file("names.txt", "cat\ndog\nbird\nfly\n", tf.int64, _NUMBER, tf.string, _LINE, vocab_size=3),
)
case(
    "InitializeTableFromTextFileV2",
    _find,
    text("b", "c", "x"),
    resources=_from_file("pairs.tsv", "a,1.5,x\nb,2.5,y\nc,-3e2,z\n", tf.string, 0, tf.float32, 1, delimiter=","),
)


def _vocabulary() -> tuple[Any, ...]:
    entries = _lookup.KeyValueTensorInitializer(["a", "b", "c"], tf.constant([0, 1, 2], tf.int64))
    return (_lookup.StaticVocabularyTable(entries, 1),)


case("StringToHashBucketFast", _find, free(text("b", "x", "c")), resources=_vocabulary)
case("StringToHashBucketFast", lambda x: raw.StringToHashBucketFast(input=x, num_buckets=1), text("b", "x"))
case("StringToHashBucket", lambda x: raw.StringToHashBucket(string_tensor=x, num_buckets=1), free(text("b", "x")))
case(
    "StringToHashBucketStrong",
    lambda x: raw.StringToHashBucketStrong(input=x, num_buckets=1, key=[1, 2]),
    free(text("b", "x")),
)
