"""Finds code that changes what other modules use: a library's functions, another module's names, the methods of expressions."""

from __future__ import annotations

import ast
from types import FunctionType, ModuleType

import numpy as np
import polars as pl

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.loaded import was_read
from wrapped_assets.planning.names import Place, bound_in, found, tree_of
from wrapped_assets.planning.trees import nodes_of

_WORKINGS = frozenset({"__code__", "__defaults__", "__kwdefaults__", "__closure__", "__globals__", "__bases__", "__class__"})
_OWNERS: tuple[ModuleType | type, ...] = (pl, np, pl.Expr, pl.LazyFrame, pl.DataFrame, pl.Series)
_CHANGING = (ast.Assign, ast.Delete, ast.AugAssign, ast.Attribute, ast.Call)


def check_libraries_whole() -> None:
    """DeclarationError where a function of Polars or NumPy is not the library's own, however it came to be replaced."""
    for owner in _OWNERS:
        library = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__.partition(".")[0]
        for name, value in vars(owner).items():
            inner = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            if not isinstance(inner, FunctionType):
                continue
            is_theirs = inner.__module__.partition(".")[0] == library and inner.__name__.strip("_") == name.strip("_")
            if not is_theirs or was_read(inner.__code__.co_filename):
                what = f"{owner.__name__}.{name} is {inner.__module__}.{inner.__qualname__} in this process"
                raise DeclarationError(f"{what}, so no fingerprint says what it does; write a function of its argument instead")


def check_patches_nothing(module: str) -> None:
    """DeclarationError where a module that decides no number changes what those use: a library's or another module's things."""
    nodes = nodes_of(tree_of(module))
    local = {node.arg for node in nodes if isinstance(node, ast.arg)}
    local |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in (one for one in nodes if isinstance(one, _CHANGING)):
        targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target] if isinstance(node, ast.AugAssign) else []
        for target in targets:
            is_inside = isinstance(target, ast.Attribute) and target.attr in _WORKINGS
            if is_inside or (isinstance(target, (ast.Attribute, ast.Subscript)) and _is_imported(module, target, local)):
                raise refused(module, node, f"an assignment to {ast.unparse(target)!r}, which other modules use,", "pass the value")
        if isinstance(node, ast.Attribute) and node.attr.startswith("register_") and node.attr.endswith("_namespace"):
            raise refused(module, node, f"{node.attr}(), which gives expressions another meaning,", "write a function of an expression")
        if isinstance(node, ast.Attribute) and node.attr == "__dict__" and _is_imported(module, node, local):
            raise refused(module, node, f"{ast.unparse(node)!r}, by which others' names can be changed,", "name what is meant")
        is_setting = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
        if is_setting and node.args and _is_imported(module, node.args[0], local):
            raise refused(module, node, f"{ast.unparse(node)[:60]!r}, by which others' names can be changed,", "name what is meant")


def _is_imported(module: str, node: ast.expr, local: set[str]) -> bool:
    """Whether a chain of attributes starts with something that another module or a library defines."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        is_vars = isinstance(node, ast.Call) and ast.unparse(node.func) == "vars" and node.args
        if isinstance(node, ast.Call) and not is_vars:
            return False
        node = node.args[0] if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name) or node.id in local or node.id not in bound_in(module):
        return False
    target = found(module, node.id)
    return not isinstance(target, Place) or target.module != module
