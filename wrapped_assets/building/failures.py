"""Describes failures of assets with their place but without values, because a library's message may quote a listener's data."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import BuildError, WrappedError
from wrapped_assets.contracts.places import line_of, place_of, raised_at
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.rules import UndeclaredRule

_KINDS = {
    "InvalidOperationError": "an operation or a cast that a column's type, or one of its values, does not allow",
    "ComputeError": "a computation that failed on some value",
    "SchemaError": "columns whose types do not go together",
    "ShapeError": "columns of different lengths",
    "DuplicateError": "a column that came out twice",
    "ZeroDivisionError": "a division by zero",
}
_VALUES = "values are not shown here"


def failure(declaration: Declaration, message: str, keyword: str = "", item: str = "") -> BuildError:
    """The error of a result that breaks its declaration, with the place of the keyword that it breaks."""
    return BuildError(f"{place_of(declaration.function, keyword, item)}: {declaration.key}: {message}")


def described(error: Exception, declaration: Declaration | None = None) -> str:
    """What an exception says, without a value: file, line and kind; of an asset's computation, to its author, also the remedy."""
    if isinstance(error, WrappedError):  # ours: it holds no value
        return str(error)
    if declaration is None:
        return f"{type(error).__name__} at {raised_at(error) or 'a library'}; {_VALUES}"
    path = inspect.unwrap(declaration.function).__code__.co_filename
    place = raised_at(error, path) if _passed(error, path) else line_of(declaration.function)
    return f"{place}: {declaration.key}: {_said(error, declaration)}"


def _passed(error: Exception, path: str) -> bool:
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            return True
        trace = trace.tb_next
    return False


def _said(error: Exception, declaration: Declaration) -> str:
    name = type(error).__name__
    remedy = f"run its examples to see the error, `pytest -k {declaration.name}`; {_VALUES}"
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        quoted = re.search(r'"([^"]+)"', str(error)) or re.match(r"(\w+)", str(error))
        if quoted and quoted[1] in BY_NAME:
            return f"the column {quoted[1]!r} is not declared: add it to `reads` (or to `columns`, if it should come out)"
        if quoted and quoted[1] in set(_names_in(declaration.function.__code__)):
            return f"there is no column {quoted[1]!r} at this point; make it with `.with_columns({quoted[1]}=…)`, or correct the name"
        return f"a column that the dictionary does not have is not declared; {remedy}"
    if isinstance(error, MemoryError):
        return "the machine has no more memory to give; free some, use fewer `--workers`, or a data root of more buckets"
    if isinstance(error, UndeclaredRule):
        return str(error)
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        return f"AttributeError: a {type(error.obj).__name__} has no {error.name!r}; correct the name"
    if isinstance(error, NameError) and error.name:
        return f"{name}: the name {error.name!r} is not defined; define it or import it at the top of the file"
    return f"{name}: {_KINDS[name]}; {remedy}" if name in _KINDS else f"{name}; {remedy}"


def _names_in(code: types.CodeType) -> Iterator[str]:
    """Texts of a function that look like names of columns: they were written by its author."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_in(constant)
        elif isinstance(constant, str) and re.fullmatch(r"[a-z_][a-z0-9_]*", constant):
            yield constant
    yield from (name for name in code.co_names if name.isidentifier())
