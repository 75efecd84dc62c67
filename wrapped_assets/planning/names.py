"""Names as code uses them: which are local, which reach outside, and what they lead to."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Uses:
    """What a definition names: found once, since a helper is reached from many assets."""

    imports: bool
    bound: frozenset[str]
    reached: tuple[ast.Attribute | ast.Name, ...]  # in the order of a walk; names only where they are read
    roots: frozenset[int]  # id() of the names that `a.b.c` starts with


def uses(tree: ast.AST) -> Uses:
    """Of everything inside `tree`."""
    nodes = list(ast.walk(tree))
    reached = [node for node in nodes if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))]
    return Uses(
        any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes),
        frozenset(local_names(tree)),
        tuple(reached),
        frozenset(id(root(node)) for node in nodes if isinstance(node, ast.Attribute)),
    )


def local_names(tree: ast.AST) -> set[str]:
    """Names bound inside: parameters, assignments, loops, comprehensions, nested functions."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ExceptHandler)) and node is not tree and node.name:
            bound.add(node.name)
    return bound


def named(code: types.CodeType) -> set[str]:
    """Names of globals (and attributes) that the code, or code inside it, uses."""
    return set(code.co_names).union(*(named(inner) for inner in code.co_consts if isinstance(inner, types.CodeType)))


def root(node: ast.expr) -> ast.expr:
    """The name that `a.b.c` starts with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def closure(function: types.FunctionType) -> dict[str, Any]:
    return dict(zip(function.__code__.co_freevars, (cell.cell_contents for cell in function.__closure__ or ()), strict=True))


def is_generated(function: types.FunctionType) -> bool:
    """Methods that dataclasses write have no source file of their own."""
    return function.__code__.co_filename.startswith("<")


def dotted(node: ast.Attribute, names: Mapping[str, Any], local: Set[str], is_ours: Callable[[str], bool]) -> tuple[str, Any] | None:
    """`module.attribute…` resolved as far as modules and classes of the package go; None for anything else."""
    chain: list[str] = []
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        chain.append(root.attr)
        root = root.value
    if not isinstance(root, ast.Name) or root.id in local or not isinstance(names.get(root.id), types.ModuleType):
        return None
    value: Any = names[root.id]
    if not is_ours(value.__name__):
        return None
    label = root.id
    for attribute in reversed(chain):
        if not isinstance(value, types.ModuleType):
            break
        value, label = getattr(value, attribute), f"{label}.{attribute}"
    return label, value
