"""Locates declarations as `path:line:column`, the form that editors open. Sources are read only after an error."""

from __future__ import annotations

import ast
import inspect
import linecache
import traceback
from collections.abc import Callable, Iterator
from os import sep
from typing import Any

LAWS = __file__.rpartition(sep)[0]
PACKAGE = LAWS.rpartition(sep)[0]
Position = tuple[int, int]


def shown_path(path: str) -> str:
    """The path to show: `wrapped_assets/…` for a file of the package, otherwise the file's name."""
    if _is_in(path, PACKAGE):
        return path.removeprefix(PACKAGE.rpartition(sep)[0] + sep).replace(sep, "/")
    return path.rpartition(sep)[2]


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(folder + sep)


def line_of(function: Callable[..., Any]) -> str:
    """The file and line of a function's first decorator or `def`; the object's name if it has no source."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{shown_path(code.co_filename)}:{code.co_firstlineno}" if code else repr(type(function).__name__)


def place_of(function: Callable[..., Any], keyword: str = "", item: str = "") -> str:
    """The place of a keyword of the function's decorator, or of a name inside it; the function's line if neither is found."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return line_of(function)
    try:
        linecache.checkcache(code.co_filename)
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return line_of(function)
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name)
    wanted = next((node for node in nodes if code.co_firstlineno in (node.lineno, *(each.lineno for each in node.decorator_list))), None)
    line, column = (code.co_firstlineno, 0) if wanted is None else _position(wanted, keyword, item)
    return f"{shown_path(code.co_filename)}:{line}" + (f":{column}" if column else "")


def _position(function: ast.FunctionDef | ast.AsyncFunctionDef, keyword: str, item: str) -> Position:
    if not keyword:
        return function.lineno, function.col_offset + 1
    for call in (node for node in function.decorator_list if isinstance(node, ast.Call)):
        for argument in (each for each in call.keywords if each.arg == keyword):
            found = next(_holding(argument.value, item), argument.value) if item else argument
            return found.lineno, found.col_offset + 1
    first = next(iter(function.decorator_list), function)
    return first.lineno, first.col_offset + 1


def _holding(tree: ast.AST, item: str) -> Iterator[ast.expr | ast.keyword]:
    """The syntax nodes that name the item: `c.item`, `item`, `item=`, or a text that contains it; exact matches first."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.keyword)]
    yield from (node for node in nodes if item in (getattr(node, name, None) for name in ("attr", "id", "arg", "value")))
    yield from (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str) and item in node.value)


def raised_at(error: BaseException, path: str = "") -> str:
    """The place where an exception was raised: the deepest line in `path`, or else in the package outside `contracts`, or empty."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown_path(error.filename)}:{error.lineno or 1}" + (f":{error.offset}" if error.offset else "")
    frames = traceback.extract_tb(error.__traceback__)
    ours = (frame for frame in frames if _is_in(frame.filename, PACKAGE) and not _is_in(frame.filename, LAWS))
    chosen = [frame for frame in frames if frame.filename == path] if path else list(ours)
    if not chosen:
        return ""
    frame = chosen[-1]
    column = getattr(frame, "colno", None)
    return f"{shown_path(frame.filename)}:{frame.lineno}" + (f":{column + 1}" if column is not None else "")
