"""Elementwise ops."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from op_case_tables.vocabulary import In, b, case, f, free, i, raw, value, weights

# --- elementwise, one operand -----------------------------------------------------------

_POSITIVE = {"low": 0.1, "high": 4.0}
_UNARY: dict[str, dict[str, float]] = {
    "Ceil": {"low": -4, "high": 4},
    "Cos": {"low": -6, "high": 6},
    "Elu": {},
    "Erf": {},
    "Exp": {},
    "Expm1": {},
    "Floor": {"low": -4, "high": 4},
    "Inv": _POSITIVE,
    "Log": _POSITIVE,
    "Log1p": {"low": -0.9, "high": 4},
    "LogSoftmax": {},
    "Neg": {},
    "OnesLike": {},
    "Reciprocal": _POSITIVE,
    "Relu": {},
    "Relu6": {"low": -3, "high": 9},
    "Rint": {"low": -4, "high": 4},
    "Round": {"low": -4, "high": 4},
    "Rsqrt": _POSITIVE,
    "Selu": {},
    "Sigmoid": {},
    "Sign": {},
    "Sin": {"low": -6, "high": 6},
    "Softmax": {},
    "Softplus": {},
    "Softsign": {},
    "Sqrt": _POSITIVE,
    "Square": {},
    "Tan": {"low": -1.3, "high": 1.3},
    "Tanh": {},
    "ZerosLike": {},
    "Abs": {},
}
_FIRST = {
    "Softmax": "logits",
    "LogSoftmax": "logits",
    "Relu": "features",
    "Relu6": "features",
    "Elu": "features",
    "Selu": "features",
    "Softplus": "features",
    "Softsign": "features",
}
for _op, _range in _UNARY.items():

    def _unary(x: tf.Tensor, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(**{_FIRST.get(op, "x"): x})

    case(_op, _unary, f(2, 3, 4, **_range))
    case(_op, _unary, free(f(3, 5, **_range)))

for _op in ("Abs", "Neg", "Sign", "Square"):
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x), i(2, 5))
case("Relu", lambda x: raw.Relu(features=x), i(2, 5))
case("OnesLike", lambda x: raw.OnesLike(x=x), i(2, 3, dtype="int64"))
case("Round", lambda x: raw.Round(x=x), value([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]))
case("Rint", lambda x: raw.Rint(x=x), value([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]))
case("Sign", lambda x: raw.Sign(x=x), value([-2.5, 0.0, -0.0, 3.0]))

for _op in ("IsNan", "IsInf", "IsFinite"):
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x), value([[1.0, np.nan, np.inf], [-np.inf, 0.0, -3.5]]))

for _alpha in (0.2, 0.0):
    case("LeakyRelu", lambda x, alpha=_alpha: raw.LeakyRelu(features=x, alpha=alpha), f(2, 4, 3))
case("LeakyRelu", lambda x: raw.LeakyRelu(features=x, alpha=0.1), free(f(2, 6)))
case("L2Loss", lambda x: raw.L2Loss(t=x), f(3, 4))
case("LogicalNot", lambda x: raw.LogicalNot(x=x), b(3, 4))

for _source, _target in (
    ("float32", "int32"),
    ("int32", "float32"),
    ("float32", "bool"),
    ("bool", "float32"),
    ("int64", "int32"),
    ("uint8", "float32"),
    ("float32", "float16"),
):
    case(
        "Cast",
        lambda x, to=_target: raw.Cast(x=x, DstT=tf.as_dtype(to)),
        In((2, 4), _source, *((0, 255) if _source == "uint8" else (-5, 6) if _source != "bool" else (None, None))),
    )


# --- elementwise, two and more operands -----------------------------------------------------

_BINARY = ("Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference")
for _op in _BINARY:

    def _binary(a: tf.Tensor, c: tf.Tensor, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(x=a, y=c)

    case(_op, _binary, f(2, 3, 4), f(2, 3, 4))
    case(_op, _binary, free(f(2, 3, 4)), f(4))
    case(_op, _binary, i(2, 3), i(2, 3))
case("Add", lambda a, c: raw.Add(x=a, y=c), f(1, 3, 1, 4), f(2, 1, 5, 1))
case("AddV2", lambda x: raw.AddV2(x=x, y=tf.constant(weights(3))), free(f(2, 2, 2, 3)))
case("Mul", lambda a, c: raw.Mul(x=a, y=c), free(f(2, 1, 3)), free(f(2, 4, 1)))
case("Sub", lambda x: raw.Sub(x=1.0, y=x), f(2, 3))
case("Maximum", lambda x: raw.Maximum(x=x, y=0.0), f(2, 3))

for _op in ("Div", "RealDiv"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), f(2, 3), f(2, 3, low=0.5, high=2))
    case(_op, lambda x, op=_op: getattr(raw, op)(x=x, y=4.0), free(f(2, 3)))
case("Div", lambda a, c: raw.Div(x=a, y=c), i(2, 6), value([[1, -2, 3, -4, 5, 6]] * 2, "int32"))
_DENOMINATORS = [[0.0, 1.5, -2.0], [0.5, 0.0, 3.0]]
case("DivNoNan", lambda a, c: raw.DivNoNan(x=a, y=c), f(2, 3), value(_DENOMINATORS))
case("DivNoNan", lambda a, c: raw.DivNoNan(x=a, y=c), free(f(2, 3)), value([0.0, 2.0, -4.0]))
case(
    "MulNoNan",
    lambda a, c: raw.MulNoNan(x=a, y=c),
    value([[np.nan, 1.0, np.inf], [2.0, -1.0, 3.0]]),
    value(_DENOMINATORS),
)
case(
    "Xdivy",
    lambda a, c: raw.Xdivy(x=a, y=c),
    value([[0.0, 1.0, 2.0], [0.0, -1.0, 0.5]]),
    value([[0.0, 1.5, -2.0], [0.5, 2.0, 3.0]]),
)
case(
    "Xlogy",
    lambda a, c: raw.Xlogy(x=a, y=c),
    value([[0.0, 1.0, 2.0], [0.0, -1.0, 0.5]]),
    value([[0.0, 1.5, 2.0], [0.5, 2.0, 3.0]]),
)
for _op in ("FloorDiv", "FloorMod"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(2, 6), value([[1, -2, 3, -4, 5, 6]] * 2, "int32"))
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), f(2, 3, low=-9, high=9), value([[1.5, -2.0, 2.5]]))
case("FloorDiv", lambda x: raw.FloorDiv(x=x, y=tf.constant(3, tf.int64)), i(2, 4, dtype="int64"))
case("TruncateDiv", lambda a, c: raw.TruncateDiv(x=a, y=c), i(2, 6), value([[1, -2, 3, -4, 5, 6]] * 2, "int32"))
case("Pow", lambda a, c: raw.Pow(x=a, y=c), f(2, 3, low=0.2, high=2), f(2, 3))
for _exponent in (2.0, 0.5, -0.5, 3.0):
    case("Pow", lambda x, y=_exponent: raw.Pow(x=x, y=y), f(2, 3, low=0.2, high=2))
case("Atan2", lambda a, c: raw.Atan2(y=a, x=c), f(3, 4), f(3, 4))

for _op in ("Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), i(3, 4, low=0, high=3), i(3, 4, low=0, high=3))
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), free(f(3, 4)), f(4))
case("Equal", lambda a, c: raw.Equal(x=a, y=c), b(2, 4), b(2, 4))
for _op in ("LogicalAnd", "LogicalOr"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), b(3, 4), b(3, 4))
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=a, y=c), free(b(3, 4)), b(1, 4))

case("AddN", lambda a, c, d: raw.AddN(inputs=[a, c, d]), f(2, 3), f(2, 3), f(2, 3))
case("AddN", lambda a, c: raw.AddN(inputs=[a, c]), free(f(2, 3)), free(f(2, 3)))
case("BiasAdd", lambda x: raw.BiasAdd(value=x, bias=weights(5)), free(f(2, 3, 3, 5)))
case("BiasAdd", lambda x: raw.BiasAdd(value=x, bias=weights(4)), f(3, 4))
case("BiasAdd", lambda x: raw.BiasAdd(value=x, bias=weights(3), data_format="NCHW"), f(2, 3, 4, 5))
case("ClipByValue", lambda x: raw.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=0.7), free(f(2, 5)))
case("ClipByValue", lambda x: raw.ClipByValue(t=x, clip_value_min=0.0, clip_value_max=6.0), f(2, 5, low=-3, high=9))
case("Select", lambda a, c, d: raw.Select(condition=a, x=c, y=d), b(2, 3), f(2, 3), f(2, 3))
case("Select", lambda a, c, d: raw.Select(condition=a, x=c, y=d), b(2), f(2, 3), f(2, 3))
case("SelectV2", lambda a, c, d: raw.SelectV2(condition=a, t=c, e=d), free(b(2, 1)), free(f(2, 3)), f(3))
case("SelectV2", lambda a, c: raw.SelectV2(condition=a, t=c, e=0), b(2, 3), i(2, 3))
