"""What the tables of cases are written with: inputs, constants, and `case` itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tensorflow as tf

raw = tf.raw_ops


@dataclass(frozen=True)
class In:
    """One input: the shape of its values, and which of its dimensions the signature leaves free."""

    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    low: float | None = None
    high: float | None = None
    value: Any = None
    free: tuple[int, ...] = ()

    def signature_shape(self, shape: tuple[int, ...]) -> list[int | None]:
        return [None if axis in self.free else size for axis, size in enumerate(shape)]


@dataclass(frozen=True)
class Case:
    op: str
    build: Callable[..., Any]
    inputs: dict[str, In]
    variables: tuple[np.ndarray, ...] = field(default=())
    resources: Callable[[], tuple[Any, ...]] = tuple
    """Makes tables and the like, which stay what they are; `build` gets them last."""
    random: bool = False
    tf1: bool = False


CASES: list[Case] = []
"""Every case, in the order of the tables: `case` adds to it."""


def f(*shape: int, low: float | None = None, high: float | None = None) -> In:
    """float32, normal, or uniform in [low, high)."""
    return In(shape, "float32", low, high)


def i(*shape: int, low: float = -10, high: float = 11, dtype: str = "int32") -> In:
    """Whole numbers in [low, high)."""
    return In(shape, dtype, low, high)


def b(*shape: int) -> In:
    return In(shape, "bool")


def value(value: Any, dtype: str = "float32") -> In:
    return In(value=value, dtype=dtype)


def text(*texts: Any) -> In:
    return In(value=texts, dtype="string")


def free(spec: In, *axes: int) -> In:
    """Leaves dimensions of a spec free, the first by default."""
    return replace(spec, free=axes or (0,))


def case(op: str, build: Callable[..., Any], *inputs: In, **options: Any) -> None:
    """Adds a case; options are `variables`, `resources`, `random` outputs, and a graph of TensorFlow 1 (`tf1`)."""
    names = ("x",) if len(inputs) == 1 else tuple("abcdefgh"[: len(inputs)])
    CASES.append(Case(op, build, dict(zip(names, inputs)), **options))


def weights(*shape: int, seed: int = 1) -> np.ndarray:
    """Constants of a case: the same on every run."""
    return np.random.default_rng(seed).normal(0, 0.5, shape).astype(np.float32)


def scales(*shape: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 1.5, shape).astype(np.float32)
