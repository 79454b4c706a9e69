"""Loops, branches, lists of tensors, tensor arrays, and variables that are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, i, raw, value, weights

# --- branches ---------------------------------------------------------------------------------


def _branch(c: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    return tf.cond(c, lambda: x * 2 + 1, lambda: tf.sin(x))


for _truth in (True, False):
    case("StatelessIf", _branch, value(_truth, "bool"), free(f(2, 3)))
    case(
        "If",
        lambda c, x, v: tf.cond(c, lambda: x + v, lambda: tf.stack([v.assign_add(x), x])[0]),
        value(_truth, "bool"),
        f(3),
        variables=(weights(3),),
    )
case("StatelessIf", lambda c, x: tf.cond(c, lambda: tf.concat([x, x], 0), lambda: x[:1]), value(True, "bool"), free(f(3, 2)))
for _number in (0, 1, 2, 9):
    case(
        "StatelessCase",
        lambda n, x: tf.switch_case(n, [lambda: x + 1, lambda: x * x, lambda: tf.tanh(x) @ weights(3, 3)]),
        value(_number, "int32"),
        free(f(2, 3)),
    )
case(
    "Case",
    lambda n, x, v: tf.switch_case(n, [lambda: x + v, lambda: v.assign_sub(x) + 0.0, lambda: x]),
    value(1, "int32"),
    f(3),
    variables=(weights(3),),
)

# --- loops --------------------------------------------------------------------------------------


def _loop(count: Any, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    return tf.while_loop(lambda n, y: n < count, lambda n, y: (n + 1, tf.tanh(y @ weights(3, 3)) + x), (0, x))


case("StatelessWhile", lambda n, x: _loop(n, x), value(4, "int32"), free(f(2, 3)))
case("StatelessWhile", lambda n, x: _loop(n, x), value(0, "int32"), free(f(2, 3)))
case("StatelessWhile", lambda x: _loop(1, x), free(f(2, 3)))
case(
    "StatelessWhile",
    lambda n, x: tf.while_loop(
        lambda k, y: k < n,
        lambda k, y: (k + 1, tf.concat([y, x * tf.cast(k, tf.float32)], 0)),
        (0, x),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3])),
    ),
    value(3, "int32"),
    f(2, 3),
)


def _nested(n: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    def inner(y: tf.Tensor) -> tf.Tensor:
        step = lambda k, z: (k + 1, tf.cond(k > 1, lambda: z * 0.5 + y, lambda: tf.sin(z)))  # noqa: E731
        return tf.while_loop(lambda k, z: k < 3, step, (0, y))[1]

    return tf.while_loop(lambda k, y: k < n, lambda k, y: (k + 1, inner(y)), (0, x))[1]


case("StatelessWhile", _nested, value(3, "int32"), free(f(2, 3)))


def _counted(x: tf.Tensor, v: tf.Variable) -> tuple[tf.Tensor, ...]:
    def body(n: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, ...]:
        v.assign(v * 0.5 + x)
        return n + 1, y + v

    return *tf.while_loop(lambda n, y: n < 3, body, (0, x)), v.read_value()


case("While", _counted, f(3), variables=(weights(3),))

# --- lists ----------------------------------------------------------------------------------------


def _reserve(count: Any, shape: Any, dtype: Any = tf.float32) -> tf.Tensor:
    return raw.TensorListReserve(element_shape=shape, num_elements=count, element_dtype=dtype)


def _listed(x: tf.Tensor, shape: Any = -1) -> tf.Tensor:
    return raw.TensorListFromTensor(tensor=x, element_shape=shape)


def _stack(handle: tf.Tensor, shape: Any = -1, dtype: Any = tf.float32) -> tf.Tensor:
    return raw.TensorListStack(input_handle=handle, element_shape=shape, element_dtype=dtype)


def _set(handle: tf.Tensor, index: Any, item: tf.Tensor) -> tf.Tensor:
    return raw.TensorListSetItem(input_handle=handle, index=index, item=item)


case("TensorListFromTensor", lambda x: _stack(_listed(x)), free(f(4, 3)))
case("TensorListStack", lambda x: _stack(_listed(x, [3]), [3]), free(f(4, 3)))
case("TensorListReserve", lambda x: _stack(_set(_reserve(3, [-1, 3]), 1, x), [-1, 3]), free(f(2, 3)))
case("TensorListReserve", lambda n, x: _stack(_set(_reserve(n, -1), n - 1, x)), value(4, "int32"), f(2, 3))
case("TensorListSetItem", lambda n, x, c: _stack(_set(_listed(x), n, c)), value(2, "int32"), free(f(4, 3)), f(3))
case("TensorListSetItem", lambda x, c: _stack(_set(_listed(x), 0, c), dtype=tf.int32), i(4, 3), i(3))
case(
    "TensorListGetItem",
    lambda n, x: raw.TensorListGetItem(input_handle=_listed(x), index=n, element_shape=-1, element_dtype=tf.float32),
    value(2, "int32"),
    free(f(4, 2, 3)),
)
case("TensorListLength", lambda x: raw.TensorListLength(input_handle=_listed(x)) + 1, free(f(4, 3)))
case(
    "TensorListElementShape",
    lambda x: raw.TensorListElementShape(input_handle=_listed(x), shape_type=tf.int32) + 0,
    free(f(4, 3)),
)


def _empty(shape: Any, dtype: Any = tf.float32) -> tf.Tensor:
    return raw.EmptyTensorList(element_shape=shape, max_num_elements=-1, element_dtype=dtype)


def _push(handle: tf.Tensor, item: tf.Tensor) -> tf.Tensor:
    return raw.TensorListPushBack(input_handle=handle, tensor=item)


case("EmptyTensorList", lambda x: _stack(_push(_empty([-1, 3]), x), [-1, 3]), free(f(2, 3)))
case("TensorListPushBack", lambda x: _stack(_push(_push(_empty([2, 3]), x), -x)), f(2, 3))


def _grown(n: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    body = lambda k, items: (k + 1, _push(items, x * tf.cast(k, tf.float32)))  # noqa: E731
    return _stack(tf.while_loop(lambda k, items: k < n, body, (0, _empty([-1, 3])))[1], [-1, 3])


case("TensorListPushBack", _grown, value(3, "int32"), free(f(2, 3)))


def _popped(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    handle, item = raw.TensorListPopBack(input_handle=_listed(x), element_shape=-1, element_dtype=tf.float32)
    return _stack(handle), item


case("TensorListPopBack", _popped, free(f(4, 3)))
for _size in (2, 4, 7):
    case("TensorListResize", lambda x, size=_size: _stack(raw.TensorListResize(input_handle=_listed(x), size=size)), f(4, 3))
case(
    "TensorListResize",
    lambda n, x: _stack(raw.TensorListResize(input_handle=_listed(x), size=n)),
    value(6, "int32"),
    free(f(4, 3)),
)
case(
    "TensorListGather",
    lambda n, x: raw.TensorListGather(input_handle=_listed(x), indices=n, element_shape=-1, element_dtype=tf.float32),
    value([2, 0, 2], "int32"),
    free(f(4, 3)),
)
case(
    "TensorListScatter",
    lambda x: _stack(raw.TensorListScatter(tensor=x, indices=[2, 0, 1], element_shape=[3])),
    f(3, 3),
)
for _count in (-1, 5):
    case(
        "TensorListScatterV2",
        lambda x, count=_count: _stack(
            raw.TensorListScatterV2(tensor=x, indices=[2, 0], element_shape=[3], num_elements=count), [3]
        ),
        f(2, 3),
    )
case(
    "TensorListScatterIntoExistingList",
    lambda a, c: _stack(
        raw.TensorListScatterIntoExistingList(input_handle=_listed(a, [3]), tensor=c, indices=[3, 1]), [3]
    ),
    free(f(4, 3)),
    f(2, 3),
)
case(
    "TensorListConcatLists",
    lambda a, c: _stack(
        raw.TensorListConcatLists(input_a=_listed(a, [3]), input_b=_listed(c, [3]), element_dtype=tf.float32), [3]
    ),
    free(f(4, 3)),
    f(2, 3),
)
case(
    "TensorListSplit",
    lambda x: _stack(raw.TensorListSplit(tensor=x, element_shape=[2, 3], lengths=np.array([2, 2, 2])), [2, 3]),
    f(6, 3),
)
case(
    "TensorListConcat",
    lambda x: tuple(raw.TensorListConcat(input_handle=_listed(x), element_dtype=tf.float32, element_shape=None)),
    free(f(4, 2, 3)),
)
case(
    "TensorListConcatV2",
    lambda x: tuple(
        raw.TensorListConcatV2(
            input_handle=_listed(x), element_shape=[-1, 3], leading_dims=np.zeros(0, np.int64), element_dtype=tf.float32
        )
    ),
    free(f(4, 2, 3)),
)


def _read_and_written(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    given = tf.TensorArray(tf.float32, tf.shape(x)[0], clear_after_read=False).unstack(x)
    made = tf.TensorArray(tf.float32, 0, dynamic_size=True, clear_after_read=False)

    def body(n: tf.Tensor, state: tf.Tensor, made: tf.TensorArray) -> tuple[Any, ...]:
        state = state * 0.5 + tf.tanh(given.read(n) @ weights(3, 3))
        return n + 1, state, made.write(n, state)

    count = tf.shape(x)[0]
    _, state, made = tf.while_loop(lambda n, *_: n < count, body, (0, tf.zeros_like(x[0]), made))
    return state, made.stack(), made.gather([0, 2])


case("TensorListSetItem", _read_and_written, free(f(5, 2, 3), 0, 1))
case("TensorListGetItem", lambda x: tf.map_fn(lambda row: tf.reduce_sum(row @ weights(3, 2), 0), x), free(f(4, 2, 3)))

# --- variables --------------------------------------------------------------------------------------


def _written(change: str) -> Callable[..., Any]:
    def build(x: tf.Tensor, v: tf.Variable) -> tuple[tf.Tensor, ...]:
        before = v * 1.0
        getattr(v, change)(x)
        return before, v + 0.0

    return build


case("AssignVariableOp", _written("assign"), f(3), variables=(weights(3),))
case("AssignAddVariableOp", _written("assign_add"), f(2, 3), variables=(weights(2, 3),))
case("AssignSubVariableOp", _written("assign_sub"), f(3), variables=(weights(3),))
case("AssignVariableOp", _written("assign_add"), f(), variables=(weights(),))
case(
    "ResourceGather",
    lambda n, x, v: (tf.gather(v.assign(v + x), n), tf.gather(v, n)),
    value([2, 0], "int32"),
    f(3),
    variables=(weights(4, 3),),
)


def _rows_written(change: str) -> Callable[..., Any]:
    def build(n: tf.Tensor, x: tf.Tensor, v: tf.Variable) -> tuple[tf.Tensor, ...]:
        before = v * 1.0
        getattr(v, change)(tf.IndexedSlices(x, n))
        return before, v + 0.0

    return build


for _op, _change in {"Update": "scatter_update", "Add": "scatter_add", "Sub": "scatter_sub"}.items():
    case(
        f"ResourceScatter{_op}",
        _rows_written(_change),
        value([2, 0], "int32"),
        f(2, 3),
        variables=(weights(4, 3),),
    )
case(
    "VarIsInitializedOp",
    lambda x, v: tf.where(raw.VarIsInitializedOp(resource=v.handle), x + v, x),
    f(3),
    variables=(weights(3),),
)

# --- as TensorFlow 1 wrote them ---------------------------------------------------------------------


def _tf1(build: Callable[..., Any]) -> Callable[..., Any]:
    def built(*tensors: tf.Tensor) -> Any:
        tf.compat.v1.disable_control_flow_v2()
        try:
            return build(*tensors)
        finally:
            tf.compat.v1.enable_control_flow_v2()

    return built


for _truth in (True, False):
    case("Switch", _tf1(_branch), value(_truth, "bool"), free(f(2, 3)), tf1=True)
case(
    "Merge",
    _tf1(lambda c, x: tf.cond(c, lambda: (x, x * 2), lambda: (tf.cond(x[0] > 0, lambda: x, lambda: -x), x + 1))),
    value(False, "bool"),
    f(3),
    tf1=True,
)
case("Enter", _tf1(lambda n, x: _loop(n, x)), value(4, "int32"), free(f(2, 3)), tf1=True)
case("NextIteration", _tf1(_nested), value(3, "int32"), f(2, 3), tf1=True)
case("TensorArrayV3", _tf1(lambda x: _read_and_written(x)), f(5, 2, 3), tf1=True)
