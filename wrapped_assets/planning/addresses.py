"""Refuses texts that say where something lies in memory, which is another place in every process.

Python prints functions, iterators and the like with their address. Where such a thing is written out is seen here; where a parameter
holds one cannot be seen.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Library, Place, definition_of, found

_WRITERS = frozenset({"builtins.str", "builtins.format"})
_LAZY = frozenset({f"builtins.{name}" for name in ("iter", "map", "filter", "zip", "enumerate", "reversed")} | {"functools.partial"})
_WRITE = "write out a number, a text or a date: an address differs from process to process"


def check_addresses(module: str, nodes: Sequence[ast.AST]) -> None:
    """DeclarationError where a definition, given as its nodes, writes out a function, a class, an iterator, or any object's `repr`."""
    raised = {id(one) for node in nodes if isinstance(node, ast.Raise) for one in ast.walk(node)}  # nobody reads these
    for node in nodes:
        if not isinstance(node, (ast.FormattedValue, ast.BinOp, ast.Call)) or id(node) in raised:
            continue
        if isinstance(node, ast.FormattedValue) and node.conversion in (ord("r"), ord("a")):
            raise refused(module, node, f"!{chr(node.conversion)} of {ast.unparse(node.value)[:60]!r}", _WRITE)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _is_text(node.left):
            raise refused(module, node, f"{ast.unparse(node)[:60]!r}", "write an f-string")
        for one in _written_out(module, node):
            if _has_address(module, one):
                raise refused(module, one, f"{ast.unparse(one)[:60]!r} as a text", _WRITE)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _written_out(module: str, node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    is_writer = isinstance(node, ast.Call) and _library(module, node.func) in _WRITERS
    return node.args[:1] if isinstance(node, ast.Call) and is_writer else []


def _has_address(module: str, node: ast.expr) -> bool:
    """Whether Python shows the value with its address, as far as its text tells."""
    if isinstance(node, (ast.Lambda, ast.GeneratorExp)):
        return True
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(_has_address(module, one) for one in node.elts)
    if isinstance(node, ast.Call):
        return _library(module, node.func) in _LAZY or _is_class(module, node.func)
    if isinstance(node, ast.Name):
        target = found(module, node.id)
        is_definition = isinstance(target, Place) and isinstance(definition_of(target), (ast.FunctionDef, ast.ClassDef))
        return is_definition or isinstance(target, Library)
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(node, ast.Attribute) and isinstance(root, ast.Name) and isinstance(found(module, root.id), Library)


def _is_class(module: str, node: ast.expr) -> bool:
    """Whether this makes an object of a class that does not say how it is written out."""
    target = found(module, node.id) if isinstance(node, ast.Name) else None
    known = definition_of(target) if isinstance(target, Place) else None
    says = ("__str__", "__repr__", "__format__")
    return isinstance(known, ast.ClassDef) and not known.bases and not known.decorator_list and not any(
        isinstance(item, ast.FunctionDef) and item.name in says for item in known.body
    )


def _library(module: str, node: ast.expr) -> str | None:
    target = found(module, node.id) if isinstance(node, ast.Name) else None
    return target.name if isinstance(target, Library) else None
