"""The logic fingerprint of an asset: a hash over its function and over everything that it reaches, prose apart.

Comments, docstrings, formatting, type hints, names of local variables and where a function stands leave it alone. Helpers,
constants, column types, reads, rules and the libraries that decide numbers do not. What cannot be resolved is an error.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import datetime
import enum
import functools
import importlib.metadata
import inspect
import os
import textwrap
import types
from collections import ChainMap
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.kernels.hashing import combined
from wrapped_assets.vocabulary.columns import Column
from wrapped_assets.vocabulary.periods import Month

PACKAGE = "wrapped_assets"
# What decides a number beside our own code: a version of these is part of every fingerprint that reaches them.
DECIDING_LIBRARIES = ("polars", "tzdata")
_DYNAMIC = {"eval", "exec", "globals", "locals", "__import__", "getattr", "setattr", "vars"}


def logic_fingerprint(declaration: Declaration) -> str:
    """32 hex digits. Raises DeclarationError where the code reaches something that cannot be read statically."""
    return combined(*(f"{name}={text}" for name, text in sorted(logic_parts(declaration).items())))


def logic_parts(declaration: Declaration) -> dict[str, str]:
    """Everything that the fingerprint is made of, by name: what `explain` compares."""
    reader = _Reader(declaration.key)
    reader.function(declaration.function, f"{declaration.name}()")
    if declaration.wants_period and declaration.kind == "month_bucket":
        reader.value(Month, "Month")
    columns = ", ".join(f"{column.name}: {column.dtype}" for column in declaration.columns)
    reads = "; ".join(f"{read.asset}({', '.join(read.columns)}; {read.window})" for read in declaration.reads)
    shape = {
        "columns": columns, "reads": reads, "kind": declaration.kind, "grain": ", ".join(declaration.grain),
        "order": ", ".join(declaration.order), "rules": ", ".join(sorted(declaration.rules)),
        "minimum group": str(declaration.minimum_group),
    }  # fmt: skip
    return {**reader.parts, **shape}


class _Reader:
    """Collects parts by walking functions, classes and constants inside the package."""

    def __init__(self, asset: str) -> None:
        self.asset = asset
        self.parts: dict[str, str] = {}
        self._seen: set[int] = set()

    def fail(self, what: str, remedy: str) -> DeclarationError:
        return DeclarationError(f"{self.asset}: cannot tell what {what} does from the code alone; {remedy}")

    def function(self, function: types.FunctionType, label: str) -> None:
        function = inspect.unwrap(function)
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        tree, text = _prepared(function.__code__)
        names: Mapping[str, Any] = ChainMap(_closure(function), function.__globals__, builtins.__dict__)
        self._references(tree, names, label, set(function.__code__.co_freevars))
        self._note(f"function {label}", text)

    def _note(self, label: str, text: str) -> None:
        """Two things of one name, in two modules, are two parts."""
        while self.parts.setdefault(label, text) != text:
            label += "′"

    def _references(self, tree: ast.AST, names: Mapping[str, Any], label: str, free: set[str]) -> None:
        local = _local_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                raise self.fail(f"the import inside {label}", "import at the top of the module")
            if isinstance(node, ast.Attribute) and (target := _dotted(node, names, local)) is not None:
                self.value(target[1], target[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
                if node.id not in names:
                    raise self.fail(f"the name {node.id!r} in {label}", "define it at the top of the module")
                if node.id in _DYNAMIC and names[node.id] is getattr(builtins, node.id, None):
                    raise self.fail(f"{node.id}() in {label}", "name the function or the constant directly")
                if node.id in free and not _is_constant(names[node.id]) and not callable(names[node.id]):
                    raise self.fail(f"the closure over {node.id!r} in {label}", "pass it as a parameter, or make it a constant")
                self.value(names[node.id], node.id)

    def value(self, value: Any, label: str) -> None:
        """A thing that a function names: followed inside the package, named by version outside it."""
        if isinstance(value, Declaration):
            self.function(value.function, f"{value.name}()")
        elif isinstance(value, types.ModuleType):
            self._library(value.__name__)
        elif isinstance(value, functools.partial):
            self.value(value.func, label)
            self._note(f"constant {label}", f"{self.constant(value.args, label)} {self.constant(value.keywords, label)}")
        elif isinstance(value, (types.FunctionType, functools._lru_cache_wrapper)):
            inner = inspect.unwrap(value)
            if inner.__module__.partition(".")[0] == PACKAGE or inner.__module__ in ("__main__",):
                self.function(inner, f"{inner.__qualname__}()")
            else:
                self._library(inner.__module__)
        elif isinstance(value, type) and value.__module__.partition(".")[0] == PACKAGE:
            self._class(value)
        elif isinstance(value, type) or isinstance(value, (types.BuiltinFunctionType, types.MethodType)) and not hasattr(value, "__func__"):
            self._library(getattr(value, "__module__", None) or "builtins")
        elif isinstance(value, types.MethodType):
            self.function(value.__func__, f"{value.__func__.__qualname__}()")
        elif type(value).__module__.partition(".")[0] in ("polars", "typing", "_frozen_importlib") and not isinstance(value, (pl.Expr, pl.Series, pl.DataFrame, pl.DataType)):
            self._library(type(value).__module__)
        else:
            self._note(f"constant {label}", self.constant(value, label))

    def _class(self, found: type) -> None:
        if id(found) in self._seen:
            return
        self._seen.add(id(found))
        for base in found.__mro__[1:]:
            if base.__module__.partition(".")[0] == PACKAGE:
                self._class(base)
        if dataclasses.is_dataclass(found):
            self.parts[f"class {found.__qualname__}"] = ", ".join(f"{field.name}" for field in dataclasses.fields(found))
        for name, member in vars(found).items():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            function = inspect.unwrap(function) if callable(function) else function
            if isinstance(function, types.FunctionType) and function.__module__ == found.__module__ and not _is_generated(function):
                self.function(function, f"{found.__qualname__}.{name}()")

    def _library(self, module: str) -> None:
        name = module.partition(".")[0].lstrip("_")
        for library in DECIDING_LIBRARIES:
            if name == library or (library == "tzdata" and name == "zoneinfo"):
                self.parts[f"library {library}"] = _version(library)

    def constant(self, value: Any, label: str) -> str:
        """A canonical text of a constant; order of sets and dicts does not matter to it where it does not to them."""
        if isinstance(value, Column):
            return f"Column({value.name}, {value.dtype})"
        if isinstance(value, (pl.DataType, datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, enum.Enum, PurePath)) or value is None or value is Ellipsis:
            return f"{type(value).__name__}({value})"
        if isinstance(value, (bool, int, float, str, bytes, range)):
            return repr(value)
        if isinstance(value, (list, tuple)):
            return f"{type(value).__name__}({', '.join(self.constant(item, label) for item in value)})"
        if isinstance(value, (set, frozenset)):
            return f"set({', '.join(sorted(self.constant(item, label) for item in value))})"
        if isinstance(value, Mapping):
            return f"dict({', '.join(f'{self.constant(key, label)}: {self.constant(item, label)}' for key, item in value.items())})"
        if isinstance(value, pl.Expr):
            return value.meta.tree_format(return_as_string=True)
        if isinstance(value, pl.Series):
            return f"Series({value.dtype}, {value.to_list()})"
        if dataclasses.is_dataclass(value):
            self._class(type(value))
            inner = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            return f"{type(value).__name__}({', '.join(f'{name}={self.constant(item, label)}' for name, item in inner)})"
        if isinstance(value, (types.FunctionType, type)):
            self.value(value, label)
            return f"{value.__qualname__}"
        raise self.fail(f"the value of {label!r} (a {type(value).__name__})", "use a number, text, date, column, tuple, dict or frozen dataclass")


def _closure(function: types.FunctionType) -> dict[str, Any]:
    return dict(zip(function.__code__.co_freevars, (cell.cell_contents for cell in function.__closure__ or ()), strict=True))


def _is_constant(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str, bytes, tuple, frozenset, datetime.date, pl.Expr, Column)) or value is None


def _is_generated(function: types.FunctionType) -> bool:
    """Methods that dataclasses write have no source file of their own."""
    return function.__code__.co_filename.startswith("<")


@functools.lru_cache(maxsize=512)
def _definitions(path: str, modified_ns: int) -> dict[tuple[int, str], str]:  # noqa: ARG001 (a changed file is another entry)
    """The source of every function of a file, by its first line and name."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = text.splitlines(keepends=True)
    found: dict[tuple[int, str], str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            found[first, node.name] = textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))
        elif isinstance(node, ast.Lambda):
            found[node.lineno, "<lambda>"] = ast.get_source_segment(text, node) or ""
    return found


@functools.lru_cache(maxsize=4096)
def _prepared(code: types.CodeType) -> tuple[ast.AST, str]:
    """A function's definition without prose, and the text of it that is hashed."""
    definitions = _definitions(code.co_filename, os.stat(code.co_filename).st_mtime_ns)
    if (code.co_firstlineno, code.co_name) not in definitions:
        raise DeclarationError(f"cannot find the source of {code.co_qualname}: the file changed after it was loaded; reload")
    source = definitions[code.co_firstlineno, code.co_name]
    tree, copy = (_Stripped().visit(ast.parse(source).body[0]) for _ in range(2))  # parsing twice is faster than copying
    return tree, ast.dump(_Renamed(copy).visit(copy), annotate_fields=False)


@functools.cache
def _version(library: str) -> str:
    return ".".join(importlib.metadata.version(library).split(".")[:2])


def _dotted(node: ast.Attribute, names: Mapping[str, Any], local: set[str]) -> tuple[str, Any] | None:
    """`module.attribute…` resolved as far as modules and classes of the package go; None for anything else."""
    chain: list[str] = []
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        chain.append(root.attr)
        root = root.value
    if not isinstance(root, ast.Name) or root.id in local or not isinstance(names.get(root.id), types.ModuleType):
        return None
    value: Any = names[root.id]
    if value.__name__.partition(".")[0] != PACKAGE:
        return None
    label = root.id
    for attribute in reversed(chain):
        if not isinstance(value, types.ModuleType):
            break
        value, label = getattr(value, attribute), f"{label}.{attribute}"
    return label, value


def _local_names(tree: ast.AST) -> set[str]:
    """Names bound inside: parameters, assignments, loops, comprehensions, nested functions."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node is not tree:
            bound.add(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return bound


class _Stripped(ast.NodeTransformer):
    """The definition without prose: docstrings, type hints, and the decorator that declares an asset (hashed by its values)."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802 (named by ast)
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            node.body = node.body[1:] or [ast.Pass()]
        node.decorator_list, node.returns = [], None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=node.arg, annotation=None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:  # noqa: N802
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value, lineno=0))


class _Renamed(ast.NodeTransformer):
    """Local names numbered by first appearance, so that renaming one changes nothing."""

    def __init__(self, tree: ast.AST) -> None:
        self._local = _local_names(tree)
        self._numbers: dict[str, str] = {}

    def _name(self, name: str) -> str:
        return self._numbers.setdefault(name, f"_{len(self._numbers)}") if name in self._local else name

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802
        node.name = self._name(node.name) if node.name in self._local else "_"
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._name(node.arg), annotation=None)

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802
        return ast.Name(id=self._name(node.id), ctx=node.ctx)
