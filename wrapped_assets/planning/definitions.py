"""Definitions as they are hashed: parsed from their files, without prose, local names numbered."""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wrapped_assets.contracts.errors import DeclarationError


def prepared(code: types.CodeType) -> tuple[ast.AST, str]:
    """A function's definition without prose, and the text of it that is hashed."""
    path = code.co_filename
    return _prepared(path, Path(path).stat().st_mtime_ns, code.co_firstlineno, code.co_name, code.co_qualname)


@functools.lru_cache(maxsize=4096)  # by place, for code objects are equal where only a default differs
def _prepared(path: str, modified_ns: int, line: int, name: str, label: str) -> tuple[ast.AST, str]:
    sources = _definitions(path, modified_ns).get((line, name))
    if sources is None:
        raise DeclarationError(f"cannot find the source of {label}: the file changed after it was loaded; reload")
    trees, texts = [], []
    for source in sources:  # several lambdas of one line cannot be told apart: all of them count
        tree, copy = (_Stripped().visit(_parsed(source)) for _ in range(2))  # parsing twice is faster than copying
        trees.append(tree)
        texts.append(ast.dump(_Renamed(copy).visit(copy), annotate_fields=False))
    return trees[0] if len(trees) == 1 else ast.Module(trees, []), "\n".join(texts)


def _parsed(source: str) -> ast.AST:
    """The definition's node; a method's source is indented, and its texts may not be."""
    if source[0] in " \t":
        return ast.parse(f"if 1:\n{source}").body[0].body[0]  # type: ignore[attr-defined]
    return ast.parse(source).body[0]


@functools.lru_cache(maxsize=512)
def _definitions(path: str, modified_ns: int) -> dict[tuple[int, str], list[str]]:
    """The source of every function of a file, by its first line and name."""
    text = Path(path).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    found: dict[tuple[int, str], list[str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            found[first, node.name] = ["".join(lines[node.lineno - 1 : node.end_lineno])]
        elif isinstance(node, ast.Lambda):
            found.setdefault((node.lineno, "<lambda>"), []).append(f"({ast.get_source_segment(text, node)})")
    return found


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


def _parameters(tree: ast.AST) -> set[str]:
    """Names of the parameters of every `def`, nested ones included."""
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return {argument.arg for function in functions for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}


class _Stripped(ast.NodeTransformer):
    """The definition without prose: docstrings, type hints, and the decorator that declares an asset (hashed by its values)."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            node.body = node.body[1:] or [ast.Pass()]
        node.decorator_list, node.returns = [], None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=node.arg, annotation=None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value, lineno=0))


class _Renamed(ast.NodeTransformer):
    """Local names numbered by first appearance, so that renaming one changes nothing; callers may name a parameter, so those stay."""

    def __init__(self, tree: ast.AST) -> None:
        self._local = local_names(tree) - _parameters(tree)
        self._numbers: dict[str, str] = {}

    def _name(self, name: str) -> str:
        return self._numbers.setdefault(name, f"_{len(self._numbers)}") if name in self._local else name

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._name(node.name) if node.name in self._local else "_"
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._name(node.arg), annotation=None)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._name(node.id), ctx=node.ctx)


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


def dotted(node: ast.Attribute, names: Mapping[str, Any], local: set[str], is_ours: Callable[[str], bool]) -> tuple[str, Any] | None:
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
