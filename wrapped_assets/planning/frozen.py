"""Whether a value that code keeps can never change: what is shared between assets, and between two runs of one, must not."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import re
import types
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.planning.loaded import is_ours, was_read


class _Named(NamedTuple):
    field: int


_PLAIN = (
    bool, int, float, complex, str, bytes, types.NoneType, types.EllipsisType, range, slice, datetime.date, datetime.time,
    datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction, re.Pattern, pl.DataType, pl.Expr, np.generic, np.dtype,
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.ModuleType, np.ufunc,
    types.GenericAlias, types.UnionType, type(_Named.field),
)  # fmt: skip
_INSTEAD: dict[type, str] = {
    list: "write a tuple, ( … )", dict: "write types.MappingProxyType({ … })", set: "write frozenset({ … })",
    bytearray: "write bytes", pl.Series: "write a tuple, and make the series where it is used",
    pl.DataFrame: "make the frame in a function", pl.LazyFrame: "make the frame in a function", np.ndarray: "write a tuple",
}  # fmt: skip


def what_can_change(value: Any, path: str) -> tuple[str, str] | None:
    """The first thing inside `value` that can change, and what to write instead; None where nothing can."""
    waiting: list[tuple[Any, str]] = [(value, path)]
    seen: set[int] = set()
    while waiting:
        one, at = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, frozenset) and one is not value:
            return f"{at} (a frozenset)", "write a tuple: nobody sees there that it is a set, whose order differs from process to process"
        inner = _inside(one, at)
        if inner is None:
            known = (text for kind, text in _INSTEAD.items() if isinstance(one, kind))
            return f"{at} (a {type(one).__name__})", next(known, "use a number, text, date, tuple or frozen dataclass")
        waiting.extend(inner)
    return None


def _inside(value: Any, at: str) -> list[tuple[Any, str]] | None:
    """What a value that cannot change holds; None for one that can."""
    kind = type(value)
    own = [(one, f"{at}.{name}") for name, one in vars(value).items()] if is_ours(kind.__module__) and hasattr(value, "__dict__") else []
    if isinstance(value, Declaration):
        return []  # hashed by its own fields
    if isinstance(value, enum.Enum):
        return [(value.value, f"{at}.value")]
    if isinstance(value, (tuple, frozenset)):
        return [*own, *((one, f"{at}[…]") for one in value)]
    if kind is types.MappingProxyType:
        return [(one, f"{at}[…]") for pair in value.items() for one in pair]
    if isinstance(value, types.FunctionType):
        return list(_of_function(value, at)) if was_read(value.__code__.co_filename) else []  # not what dataclass writes
    if isinstance(value, functools._lru_cache_wrapper):
        return [(value.__wrapped__, at)]
    if kind is functools.partial:
        return [(value.func, at), (value.args, at), *((one, at) for one in value.keywords.values())]
    if isinstance(value, types.MethodType):
        return [(value.__self__, at), (value.__func__, at)]
    if isinstance(value, types.BuiltinMethodType) and not isinstance(value.__self__, types.ModuleType | type | None):
        return [(value.__self__, at)]
    if isinstance(value, type):
        return list(_of_class(value, at)) if is_ours(value.__module__) else []
    if isinstance(value, _PLAIN):
        return own
    if dataclasses.is_dataclass(value) and value.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return [(getattr(value, field.name), f"{at}.{field.name}") for field in dataclasses.fields(value)]
    if kind.__module__ in ("typing", "polars.functions.col", "__future__"):
        return []
    return None


def _of_function(function: types.FunctionType, at: str) -> Iterator[tuple[Any, str]]:
    for one in function.__defaults__ or ():
        yield one, f"a default of {at}"
    for name, one in (function.__kwdefaults__ or {}).items():
        yield one, f"the default of {name!r} of {at}"
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield cell.cell_contents, f"the closure over {name!r} of {at}"
    yield from ((one, f"{at}.{name}") for name, one in vars(function).items())


def _of_class(found: type, at: str) -> Iterator[tuple[Any, str]]:
    for name, one in vars(found).items():
        if name in _MADE_BY_PYTHON or isinstance(one, (types.GetSetDescriptorType, types.MemberDescriptorType)):
            continue
        if isinstance(one, property):
            yield from ((part, f"{at}.{name}") for part in (one.fget, one.fset, one.fdel) if part is not None)
        elif isinstance(one, (classmethod, staticmethod)):
            yield one.__func__, f"{at}.{name}"
        elif not (isinstance(one, Mapping) and name.startswith("_")) and not (issubclass(found, enum.Enum) and name.startswith("_")):
            yield one, f"{at}.{name}"


_MADE_BY_PYTHON = frozenset({
    "__dict__", "__weakref__", "__doc__", "__annotations__", "__dataclass_fields__", "__dataclass_params__",
    "__match_args__", "__module__", "__orig_bases__", "__parameters__", "__abstractmethods__", "_abc_impl", "__slots__",
    "__hash__", "__static_attributes__", "__firstlineno__", "__new__", "_field_defaults", "__annotate__",
    "__annotations_cache__", "__annotate_func__", "__protocol_attrs__", "__non_callable_proto_members__",
})  # fmt: skip
