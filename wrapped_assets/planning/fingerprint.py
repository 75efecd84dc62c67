"""The logic fingerprint of an asset: a hash over its function and over everything that it reaches, prose apart.

Comments, docstrings, formatting, type hints, names of local variables and where a function stands leave it alone. Helpers,
constants, column types, reads, rules and the libraries that decide numbers do not. What cannot be resolved is an error.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import functools
import importlib.metadata
import inspect
import sys
import types
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.kernels.hashing import combined
from wrapped_assets.planning.constants import PLAIN, PRINTED, is_constant, written_expression
from wrapped_assets.planning.definitions import prepared, prepared_class
from wrapped_assets.planning.names import Uses, closure, dotted, is_generated, named
from wrapped_assets.vocabulary.columns import Column
from wrapped_assets.vocabulary.periods import Month

PACKAGE = "wrapped_assets"
# What decides a number beside our own code: a version of these is part of every fingerprint that reaches them.
DECIDING_LIBRARIES = ("polars", "tzdata")
_DYNAMIC = {"eval", "exec", "compile", "globals", "locals", "__import__", "getattr", "setattr", "vars", "open"}
_DYNAMIC_LIBRARIES = {"builtins", "importlib", "inspect", "runpy", "sys"}


def logic_fingerprint(declaration: Declaration) -> str:
    """32 hex digits. Raises DeclarationError where the code reaches something that cannot be read statically."""
    return fingerprint_of(logic_parts(declaration))


def fingerprint_of(parts: Mapping[str, str]) -> str:
    """The fingerprint of an asset with these `logic_parts`."""
    return combined(*sorted(parts.items()))


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
    return {**reader.parts, **shape, "library polars": _version("polars")}


class _Reader:
    """Collects parts by walking functions, classes and constants inside the package."""

    def __init__(self, asset: str) -> None:
        self.asset = asset
        self.parts: dict[str, str] = {}
        self._seen: set[int] = set()

    def fail(self, what: str, remedy: str) -> DeclarationError:
        return DeclarationError(f"{self.asset}: cannot tell what {what} does from the code alone; {remedy}")

    def function(self, function: types.FunctionType, label: str) -> None:
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        if hasattr(function, "registry"):
            raise self.fail(f"{label}, which dispatches by type,", "choose in the function's body")
        if (wrapped := getattr(function, "__wrapped__", None)) is not None:  # a decorator of ours counts, one from outside does not
            self.function(wrapped, label)
            if not isinstance(function, types.FunctionType) or not _is_ours(function.__globals__["__name__"]):
                return
            label = f"{function.__code__.co_qualname}()"
        uses, text = prepared(function.__code__)
        names: Mapping[str, Any] = ChainMap(closure(function), function.__globals__, builtins.__dict__)
        self._references(uses, names, label, function.__code__)
        self._note(f"function {label}", text)

    def _note(self, label: str, text: str) -> None:
        """Two things of one name, in two modules, are two parts."""
        while self.parts.setdefault(label, text) != text:
            label += "′"

    def _references(self, uses: Uses, names: Mapping[str, Any], label: str, code: types.CodeType) -> None:
        if uses.imports:
            raise self.fail(f"the import inside {label}", "import at the top of the module")
        free = set(code.co_freevars)
        local = uses.bound - {name for name in named(code) if name in names}  # one name may be local here and global there
        for node in uses.reached:
            if isinstance(node, ast.Attribute):
                if (target := dotted(node, names, local, _is_ours)) is not None:
                    self.value(target[1], target[0])
            elif node.id not in local:
                if node.id not in names:
                    raise self.fail(f"the name {node.id!r} in {label}", "define it at the top of the module")
                if node.id in _DYNAMIC and names[node.id] is getattr(builtins, node.id, None):
                    raise self.fail(f"{node.id}() in {label}", "name the function or the constant directly")
                if node.id in free and not is_constant(names[node.id]) and not callable(names[node.id]):
                    raise self.fail(f"the closure over {node.id!r} in {label}", "pass it as a parameter, or make it a constant")
                if isinstance(names[node.id], types.ModuleType) and _is_ours(names[node.id].__name__) and id(node) not in uses.roots:
                    raise self.fail(f"the module {node.id!r} as a value in {label}", "name the function or the constant directly")
                self.value(names[node.id], node.id)

    def value(self, value: Any, label: str) -> None:
        """A thing that a function names: followed inside the package, named by version outside it."""
        if isinstance(value, Declaration):
            self.function(value.function, f"{value.name}()")
        elif isinstance(value, types.ModuleType):
            self._outside(value, label)
        elif isinstance(value, functools.partial):
            self.value(value.func, label)
            self._note(f"constant {label}", f"{self.constant(value.args, label)} {self.constant(value.keywords, label)}")
        elif isinstance(value, (types.FunctionType, functools._lru_cache_wrapper)):
            inner = inspect.unwrap(value)
            if _is_ours(inner.__module__) or inner.__module__ in ("__main__",):
                self.function(value, f"{inner.__qualname__}()")
            else:
                self._outside(inner, label)
        elif isinstance(value, type) and _is_ours(value.__module__):
            self._class(value)
        elif isinstance(value, (type, types.BuiltinFunctionType)):
            self._outside(value, label)
        elif isinstance(value, types.MethodType):
            self.function(value.__func__, f"{value.__func__.__qualname__}()")
            self.value(value.__self__, label)
        elif type(value).__module__.partition(".")[0] in ("typing", "_frozen_importlib") or isinstance(value, type(pl.col)):
            self._outside(type(value), label)
        else:
            self._note(f"constant {label}", self.constant(value, label))

    def _class(self, found: type) -> None:
        if id(found) in self._seen:
            return
        self._seen.add(id(found))
        for base in found.__mro__[1:]:
            if _is_ours(base.__module__):
                self._class(base)
        self._class_text(found)
        if issubclass(found, enum.Enum):
            self._note(f"class {found.__qualname__}", ", ".join(f"{name}={member.value!r}" for name, member in found.__members__.items()))
            return
        if dataclasses.is_dataclass(found):
            self.parts[f"class {found.__qualname__}"] = ", ".join(f"{field.name}" for field in dataclasses.fields(found))
        for name, member in vars(found).items():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            function = inspect.unwrap(function) if callable(function) else function
            if isinstance(function, types.FunctionType) and function.__module__ == found.__module__ and not is_generated(function):
                self.function(function, f"{found.__qualname__}.{name}()")
            elif not name.startswith("__") and isinstance(member, PLAIN):
                self._note(f"constant {found.__qualname__}.{name}", self.constant(member, name))

    def _class_text(self, found: type) -> None:
        """What the class says as it is written, and what it names: flags, factories and tables that its members do not show."""
        module = sys.modules[found.__module__]
        uses, text = prepared_class(str(module.__file__), found.__qualname__)
        self._note(f"class text {found.__qualname__}", text)
        for node in uses.reached:
            if isinstance(node, ast.Attribute):
                if (target := dotted(node, vars(module), frozenset(), _is_ours)) is not None:
                    self.value(target[1], target[0])
            elif node.id in vars(module):
                self.value(vars(module)[node.id], node.id)

    def _outside(self, value: Any, label: str) -> None:
        """A thing of a library, by its own name and not only by the one it goes by here: an import may give that to another."""
        owner = getattr(value, "__self__", None)  # a built-in method belongs to a value, a built-in function to its module
        if owner is not None and not isinstance(owner, types.ModuleType):
            self._note(f"constant {label}", f"{self.constant(owner, label)}.{value.__name__}")
            return
        is_module = isinstance(value, types.ModuleType)
        module = value.__name__ if is_module else getattr(value, "__module__", None) or "builtins"
        self._library(module)
        if not _is_ours(module):  # of ours, what is taken from the module counts, wherever it stands
            self._note(f"name {label}", module if is_module else f"{module}.{value.__qualname__}")

    def _library(self, module: str) -> None:
        name = module.partition(".")[0].lstrip("_")
        if name in _DYNAMIC_LIBRARIES and module != "builtins":
            raise self.fail(f"the library {name!r}", "name the function or the constant directly")
        for library in DECIDING_LIBRARIES:
            if name == library or (library == "tzdata" and name == "zoneinfo"):
                self.parts[f"library {library}"] = _version(library)

    def constant(self, value: Any, label: str) -> str:
        """A canonical text of a constant; order of sets and dicts does not matter to it where it does not to them."""
        if isinstance(value, enum.Enum):
            return f"{type(value).__name__}({value.name}={value.value!r})"
        if isinstance(value, Column):
            return f"Column({value.name}, {value.dtype})"
        if isinstance(value, PRINTED):
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
            if (written := written_expression(value)) is None:
                raise self.fail(f"the Python function inside the expression {label!r}", "make the expression inside of a function")
            return written
        if isinstance(value, pl.Series):
            return f"Series({value.name!r}, {value.dtype}, {value.to_list()})"
        if dataclasses.is_dataclass(value):
            self._class(type(value))
            inner = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            return f"{type(value).__name__}({', '.join(f'{name}={self.constant(item, label)}' for name, item in inner)})"
        if isinstance(value, (types.FunctionType, type)):
            self.value(value, label)
            return f"{value.__qualname__}"
        if isinstance(value, types.BuiltinFunctionType):
            self.value(value, label)
            return f"{value.__module__}.{value.__qualname__}"
        kinds = "a number, text, date, column, tuple, dict or frozen dataclass"
        raise self.fail(f"the value of {label!r} (a {type(value).__name__})", f"use {kinds}")


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


@functools.cache
def _version(library: str) -> str:
    return ".".join(importlib.metadata.version(library).split(".")[:2])
