"""What the Python sides share: how they are called, and the samples of a data file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

NO_SUCH_SCHEME = 3
"""Exit code of a side that does not have the scheme it was asked for."""


def arguments() -> tuple[str, str, str, Path]:
    """`MODEL SCHEME DATA.npz OUTPUT`."""
    model, scheme, data, output = sys.argv[1:]
    return model, scheme, data, Path(output)


def samples(path: str) -> Iterator[dict[str, np.ndarray]]:
    """The samples of a `.npz`, each with a batch of one."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    for index in range(len(next(iter(arrays.values())))):
        yield {name: array[index : index + 1] for name, array in arrays.items()}


def no_such_scheme(scheme: str) -> SystemExit:
    print(f"has no {scheme}", file=sys.stderr)
    return SystemExit(NO_SUCH_SCHEME)
