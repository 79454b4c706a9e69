"""How far an output is from what it should be: measured for networks, judged for cases."""

from __future__ import annotations

from typing import Any

import numpy as np

RELATIVE_BAR = {"float16": 2e-3, "float32": 1e-4, "float64": 1e-4, "complex64": 1e-4, "complex128": 1e-4}
"""Any one of the bars is enough: the relative one for large values, the absolute near zero."""
ABSOLUTE_BAR = {"float16": 1e-3, "float32": 1e-5, "float64": 1e-5, "complex64": 1e-5, "complex128": 1e-5}

TYPICAL_BAR = 5e-7
"""A third bar, by the median size of the output where it is not zero: a sum of large terms that nearly cancel keeps
the rounding error of its terms."""

IDENTICAL_DB = 300.0
"""The ratio given for outputs without any error: JSON has no infinity."""

TIE = 1e-5
"""Two logits this close, by the size of the output (100 dB), are a tie: TensorFlow itself
orders them differently on another processor."""

Tensors = dict[str, np.ndarray]
Record = dict[str, Any]


# --- measuring ----------------------------------------------------------------------------


def measure(actual: np.ndarray, expected: np.ndarray) -> Record:
    """How far one output is from what it should be."""
    record: Record = {
        "dtype": str(actual.dtype),
        "expected_dtype": str(expected.dtype),
        "shape": list(actual.shape),
        "expected_shape": list(expected.shape),
        "matches": actual.dtype == expected.dtype and actual.shape == expected.shape,
    }
    if actual.shape != expected.shape:
        return record
    if not np.issubdtype(expected.dtype, np.number):
        return record | {"equal": bool(np.array_equal(actual, expected))}
    wide = np.complex128 if np.iscomplexobj(expected) else np.float64
    a, e = actual.astype(wide), expected.astype(wide)
    error = np.abs(a - e)
    return record | {
        "equal": bool(np.array_equal(a, e, equal_nan=True)),
        "finite": bool(np.isfinite(a).all()),
        "sqnr_db": sqnr_db(e, error),
        "max_abs_error": _finite(error.max(initial=0)),
        "max_rel_error": _finite((error / np.maximum(np.abs(e), 1e-30)).max(initial=0)),
        "variation": _finite(variation(a)),
        "expected_variation": _finite(variation(e)),
        **({} if np.iscomplexobj(e) else argmax_agreement(a, e)),
    }


def sqnr_db(expected: np.ndarray, error: np.ndarray) -> float:
    """Signal to noise: the power of the expected output by the power of the error, in dB."""
    noise = np.square(error).mean() if error.size else 0.0
    if not np.isfinite(noise):
        return -IDENTICAL_DB
    if noise == 0:
        return IDENTICAL_DB
    signal_power = np.square(np.abs(expected)).mean()
    return round(float(10 * np.log10(max(signal_power, 1e-300) / noise)), 2)


def variation(values: np.ndarray) -> float:
    """How much an output changes from input to input: its deviation over the batch, by its size."""
    if values.ndim == 0 or values.size == 0:
        return 0.0
    return float(np.sqrt(values.var(axis=0).mean() / max(np.square(np.abs(values)).mean(), 1e-30)))


def argmax_agreement(actual: np.ndarray, expected: np.ndarray) -> Record:
    """Whether the last axis peaks at the same place: in what part of the rows, and, but for ties, in all."""
    if expected.ndim == 0 or expected.shape[-1] < 2 or expected.size == 0:
        return {"same_argmax": True, "argmax_agreement": 1.0}
    picked = actual.argmax(-1)
    agreement = float((picked == expected.argmax(-1)).mean())
    lost = expected.max(-1) - np.take_along_axis(expected, picked[..., None], -1)[..., 0]
    tie = TIE * float(np.sqrt(np.square(expected).mean()))
    return {"same_argmax": bool((lost <= tie).all()), "argmax_agreement": agreement}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


# --- judging ------------------------------------------------------------------------------


def differences(actual: Tensors, expected: Tensors, random: bool) -> str | None:
    if set(actual) != set(expected):
        return f"outputs are {sorted(actual)}, should be {sorted(expected)}"
    for name in expected:
        problem = difference(actual[name], expected[name], random)
        if problem:
            return f"output {name}: {problem}"
    return None


def difference(actual: np.ndarray, expected: np.ndarray, random: bool = False) -> str | None:
    """What is wrong with one output, or None. Floats have a bar, everything else must be equal."""
    if actual.shape != expected.shape:
        return f"shape is {list(actual.shape)}, should be {list(expected.shape)}"
    if expected.dtype.kind in "SOU":
        if actual.dtype.kind not in "SOU":
            return f"dtype is {actual.dtype}, should be string"
        return None if actual.astype("S").tolist() == expected.astype("S").tolist() else "strings differ"
    if actual.dtype != expected.dtype:
        return f"dtype is {actual.dtype}, should be {expected.dtype}"
    if random:
        return out_of_range(actual, expected)
    if expected.dtype.kind not in "fc":
        wrong = int((actual != expected).sum())
        return f"{wrong} of {expected.size} values differ" if wrong else None
    return out_of_bars(actual, expected)


def out_of_bars(actual: np.ndarray, expected: np.ndarray) -> str | None:
    wide = np.complex128 if np.iscomplexobj(expected) else np.float64
    a, e = actual.astype(wide), expected.astype(wide)
    size = np.abs(e)
    finite = size[np.isfinite(size) & (size > 0)]
    typical = TYPICAL_BAR * float(np.median(finite)) if finite.size else 0.0
    dtype = str(expected.dtype)
    bar = np.maximum(max(ABSOLUTE_BAR[dtype], typical), RELATIVE_BAR[dtype] * size)
    with np.errstate(invalid="ignore"):
        error = np.abs(a - e)
        right = (error <= bar) | (a == e) | (np.isnan(a) & np.isnan(e))
    if right.all():
        return None
    worst = np.argmax(np.where(right, -1.0, np.nan_to_num(error / bar, nan=np.inf)))
    return (
        f"{int((~right).sum())} of {e.size} values differ, the worst is "
        f"{a.ravel()[worst]:.7g}, should be {e.ravel()[worst]:.7g}"
    )


def out_of_range(actual: np.ndarray, expected: np.ndarray) -> str | None:
    """For random values: about the range that TensorFlow's had, and as random."""
    if expected.size == 0:
        return None
    span = max(float(np.ptp(expected)), 1.0)
    low, high = expected.min() - span, expected.max() + span
    if not ((actual >= low) & (actual <= high)).all():
        found = f"[{actual.min():.4g}, {actual.max():.4g}]"
        return f"values are in {found}, expected about [{expected.min():.4g}, {expected.max():.4g}]"
    if np.ptp(expected) > 0 and np.ptp(actual) == 0:
        return "random values are all the same"
    return None
