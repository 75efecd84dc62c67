"""Refuses texts that say where something lies in memory, which is another place in every process.

Python prints functions, iterators and the like with their address. Where such a thing is written out is seen here; where a parameter
holds one cannot be seen.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Library, Place, definition_of, found
from wrapped_assets.planning.trees import nodes_of

_WRITERS = frozenset({"builtins.str", "builtins.format"})
_LAZY = frozenset({f"builtins.{name}" for name in ("iter", "map", "filter", "zip", "enumerate", "reversed")} | {"functools.partial"})
_WRITE = "write out a number, a text or a date: an address differs from process to process"


def check_addresses(module: str, nodes: Sequence[ast.AST]) -> None:
    """DeclarationError where a definition, given as its nodes, writes out a function, a class, an iterator, or any object's `repr`."""
    texts = {target.id for node in nodes if isinstance(node, ast.Assign) and _is_text(node.value) for target in node.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    raised = {id(one) for node in nodes if isinstance(node, ast.Raise) for one in nodes_of(node)}  # nobody reads these
    for node in nodes:
        if not isinstance(node, (ast.FormattedValue, ast.BinOp, ast.Call)) or id(node) in raised:
            continue
        if isinstance(node, ast.FormattedValue) and node.conversion in (ord("r"), ord("a")):
            raise refused(module, node, f"!{chr(node.conversion)} of {ast.unparse(node.value)[:60]!r}", _WRITE)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _may_be_text(module, node.left, texts):
            raise refused(module, node, f"{ast.unparse(node)[:60]!r}", "write an f-string")
        if isinstance(node, ast.FormattedValue) and any(_is_by_locale(one) for one in getattr(node.format_spec, "values", ())):
            raise refused(module, node, f"{ast.unparse(node.value)[:60]!r} in the form of the machine's language", "write another form")
        for one in _written_out(module, node):
            if _has_address(module, one):
                raise refused(module, one, f"{ast.unparse(one)[:60]!r} as a text", _WRITE)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _is_by_locale(form: ast.expr) -> bool:
    return isinstance(form, ast.Constant) and isinstance(form.value, str) and form.value.endswith("n")


def _may_be_text(module: str, node: ast.expr, texts: set[str]) -> bool:
    if _is_text(node) or not isinstance(node, ast.Name):
        return _is_text(node)
    value = _constant(module, node)
    return node.id in texts or (value is not None and _is_text(value[1]))


def _constant(module: str, node: ast.expr) -> tuple[str, ast.expr] | None:
    """The module and the text of the constant at a module's top that this names."""
    target = found(module, node.id) if isinstance(node, ast.Name) else None
    known = definition_of(target) if isinstance(target, Place) else None
    is_constant = isinstance(known, (ast.Assign, ast.AnnAssign)) and isinstance(target, Place)
    return (target.module, known.value) if is_constant and known.value is not None else None  # type: ignore[union-attr]


def _written_out(module: str, node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    if isinstance(node, ast.Call) and _library(module, node.func) in _WRITERS:
        return node.args[:1]
    is_map = isinstance(node, ast.Call) and _library(module, node.func) == "builtins.map" and node.args
    return node.args[1:] if isinstance(node, ast.Call) and is_map and _library(module, node.args[0]) in _WRITERS else []


def _has_address(module: str, node: ast.expr) -> bool:
    """Whether Python shows the value with its address, as far as its text tells."""
    if isinstance(node, (ast.Lambda, ast.GeneratorExp)):
        return True
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(_has_address(module, one) for one in node.elts)
    if isinstance(node, ast.Dict):
        return any(_has_address(module, one) for one in node.values)
    if isinstance(node, ast.Call):
        is_view = _library(module, node.func) == "types.MappingProxyType" and node.args
        return _library(module, node.func) in _LAZY or _is_class(module, node.func) or bool(is_view and _has_address(module, node.args[0]))
    if constant := _constant(module, node):
        return _has_address(*constant)
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
