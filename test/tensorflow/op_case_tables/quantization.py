"""Ops by which a model learns to be quantized."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, raw, weights

_X = free(f(4, 5, 3))


def _vars(low: float, high: float, bits: int = 8, narrow: bool = False) -> Any:
    return lambda x: raw.FakeQuantWithMinMaxVars(inputs=x, min=low, max=high, num_bits=bits, narrow_range=narrow)


for _arguments in ((-1.0, 2.0), (0.0, 6.0), (-1.1, 1.3, 8, True), (-1.0, 2.0, 4), (-2.0, 2.0, 4, True)):
    case("FakeQuantWithMinMaxVars", _vars(*_arguments), _X)
case("FakeQuantWithMinMaxVars", _vars(-1.5, 1.5, 16), _X)
case("FakeQuantWithMinMaxVars", _vars(0.0, 0.0), _X)
case("FakeQuantWithMinMaxVars", _vars(0.5, 2.0), _X)
case(
    "FakeQuantWithMinMaxVars",
    lambda x: tf.matmul(x, raw.FakeQuantWithMinMaxVars(inputs=weights(3, 4), min=-1.0, max=1.0, narrow_range=True)),
    free(f(4, 3)),
)

case("FakeQuantWithMinMaxArgs", lambda x: raw.FakeQuantWithMinMaxArgs(inputs=x), _X)
case("FakeQuantWithMinMaxArgs", lambda x: raw.FakeQuantWithMinMaxArgs(inputs=x, min=-1, max=3, num_bits=5), _X)


def _per_channel(x: tf.Tensor, bits: int = 8, narrow: bool = False) -> tf.Tensor:
    low, high = np.float32([-1, 0, -0.5]), np.float32([2, 1, 0])
    return raw.FakeQuantWithMinMaxVarsPerChannel(inputs=x, min=low, max=high, num_bits=bits, narrow_range=narrow)


case("FakeQuantWithMinMaxVarsPerChannel", _per_channel, _X)
case("FakeQuantWithMinMaxVarsPerChannel", lambda x: _per_channel(x, 4, True), _X)
case(
    "FakeQuantWithMinMaxVarsPerChannel",
    lambda x: tf.nn.conv2d(x, _per_channel(weights(3, 3, 2, 3), narrow=True), 1, "SAME"),
    free(f(1, 5, 5, 2)),
)

_QUANTIZE_AND_DEQUANTIZE: tuple[dict[str, Any], ...] = (
    {"range_given": True},
    {"range_given": True, "narrow_range": True},
    {"range_given": True, "num_bits": 4},
    {"range_given": True, "signed_input": False},
    {"range_given": False},
    {"range_given": False, "axis": 2, "narrow_range": True},
)
for _version in ("V2", "V3", "V4"):
    for _options in _QUANTIZE_AND_DEQUANTIZE:

        def _quantized(x: tf.Tensor, version: str = _version, options: dict[str, Any] = _options) -> tf.Tensor:
            bits = {"num_bits": 8} if version == "V3" else {}
            low, high = -1.0 if options.get("signed_input", True) else 0.0, 2.0
            ends = {"input_min": low, "input_max": high}
            if "axis" in options:
                ends = {"input_min": [low] * 3, "input_max": [high] * 3}
            return getattr(raw, f"QuantizeAndDequantize{version}")(input=x, **ends, **bits | options)

        case(f"QuantizeAndDequantize{_version}", _quantized, _X)
for _version in ("V2", "V4"):

    def _half_up(x: tf.Tensor, version: str = _version) -> tf.Tensor:
        options = {"range_given": True, "num_bits": 18, "round_mode": "HALF_UP"}
        return getattr(raw, f"QuantizeAndDequantize{version}")(input=x, input_min=-1.0, input_max=2.0, **options)

    case(f"QuantizeAndDequantize{_version}", _half_up, _X)
case(
    "QuantizeAndDequantizeV3",
    lambda x: raw.QuantizeAndDequantizeV3(
        input=x, input_min=[-1.0, -2.0, 0.0], input_max=[1.0, 1.0, 2.0], num_bits=8, range_given=True, axis=2
    ),
    _X,
)
