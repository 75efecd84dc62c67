"""The expressions that code which decides a number may use, and how a refusal is worded."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.allowed import BUILTINS, refused_attribute, refused_in_library
from wrapped_assets.planning.loaded import path_of
from wrapped_assets.planning.names import Library, found

_EXPRESSIONS_REFUSED = (ast.Await, ast.YieldFrom)


def refused(module: str, node: ast.AST | None, what: str, instead: str) -> DeclarationError:
    """The error: file and line, what stands there, and what to write instead."""
    place = f"{module.replace('.', '/')}.py"
    if (path_of(module) or "").endswith("__init__.py"):
        place = f"{module.replace('.', '/')}/__init__.py"
    return DeclarationError(f"{place}:{getattr(node, 'lineno', 1)}: {what} cannot stand in code that decides a number; {instead}")


def check_expression(module: str, tree: ast.AST) -> None:
    """DeclarationError at the first expression inside `tree` that the subset does not have."""
    for node in _without_hints(tree):
        if isinstance(node, _EXPRESSIONS_REFUSED):
            raise refused(module, node, ast.unparse(node), "write a plain function")
        if isinstance(node, ast.Attribute):
            _attribute(module, node)
        elif isinstance(node, ast.Name):
            _name(module, node)
        elif isinstance(node, ast.Call):
            _call(module, node)
        elif isinstance(node, ast.Constant) and node.value in ("now", "today") and isinstance(node.value, str):
            raise refused(module, node, f"the text {node.value!r}, which NumPy reads as the clock,", "pass the time as a parameter")


def _attribute(module: str, node: ast.Attribute) -> None:
    if not isinstance(node.ctx, ast.Load):
        raise refused(module, node, f"an assignment to {ast.unparse(node)!r}", "make a new value (dataclasses.replace)")
    if (library := _library(module, node.value)) and (why := refused_in_library(library, node.attr)):
        raise refused(module, node, f"{library}.{node.attr}", why)
    if why := refused_attribute(node.attr):
        raise refused(module, node, f"the attribute {node.attr!r}", why)
    if node.attr.startswith("_") and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "other")):
        raise refused(module, node, f"the private attribute {node.attr!r}", "use what is public")


def _library(module: str, node: ast.expr) -> str | None:
    """The library's module or thing that a chain of attributes names."""
    if isinstance(node, ast.Name):
        target = found(module, node.id)
        return target.name if isinstance(target, Library) and not target.name.startswith("builtins.") else None
    above = _library(module, node.value) if isinstance(node, ast.Attribute) else None
    return f"{above}.{node.attr}" if above and isinstance(node, ast.Attribute) else None


def _name(module: str, node: ast.Name) -> None:
    if node.id.startswith("__"):
        raise refused(module, node, f"the name {node.id!r}", "write the value itself")
    target = found(module, node.id)
    if isinstance(target, Library) and target.name == f"builtins.{node.id}" and node.id not in BUILTINS:
        raise refused(module, node, f"{node.id}()", "name the function or the constant directly, or pass the value as a parameter")


def _call(module: str, node: ast.Call) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    keywords = {one.arg for one in node.keywords}
    if name in ("sample", "shuffle") and "seed" not in keywords:
        raise refused(module, node, f"{name}() without a seed", "give `seed=`")
    if name in ("format", "format_map") and isinstance(node.func, ast.Attribute) and _library(module, node.func.value) is None:
        raise refused(module, node, f"{name}(), whose text can ask for any attribute,", "write an f-string")
    if name == "astimezone" and not node.args and not keywords:
        raise refused(module, node, "astimezone() by the machine's own time zone", "name the time zone")


def _without_hints(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those of type hints."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for name, child in _children(node) if name not in ("annotation", "returns"))


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name, child
