"""What names at the top of a module may stand for: one thing, which the text of the module shows.

An assignment inside of a hint, a default or a constant, a name that Python itself uses, and a module that its package hides would each
make a name stand for something else than its definition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Whole, bound_in, path_of
from wrapped_assets.planning.trees import nodes_of

_IN_HINTS = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load,
)  # fmt: skip


def check_binds_nothing_else(module: str, node: ast.AST) -> None:
    """DeclarationError where a statement at the top gives a name inside of an expression, or computes something in a type hint."""
    for one in nodes_of(node):
        for hint in (getattr(one, "annotation", None), getattr(one, "returns", None)):
            if isinstance(hint, ast.AST) and (other := next((part for part in nodes_of(hint) if not isinstance(part, _IN_HINTS)), None)):
                raise refused(module, other, f"{ast.unparse(other)[:60]!r} in a type hint", "write the type's name")
    for one in _outside_of_bodies(node):
        if isinstance(one, ast.NamedExpr):
            raise refused(module, one, f"{ast.unparse(one)[:60]!r} outside of a function", "define the name on a line of its own")


def check_name(module: str, node: ast.AST, name: str) -> None:
    """DeclarationError where a name at the top of a module is one that Python gives a meaning."""
    if name.startswith("__") and name.endswith("__") and name != "__all__":
        raise refused(module, node, f"a module's own {name}", "choose another name")


def check_hides_no_module(package: str) -> None:
    """DeclarationError where a package gives the name of one of its modules to something else."""
    for name, target in bound_in(package).items():
        inner = f"{package}.{name}"
        if (path_of(package) or "").endswith("__init__.py") and target != Whole(inner) and path_of(inner):
            node = target if isinstance(target, ast.AST) else None
            raise refused(package, node, f"{name!r}, which is a module of the package too,", "give it another name")


def _outside_of_bodies(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those in the body of a function: its defaults and decorators belong to the scope outside."""
    yield node
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _outside_of_bodies(child)
