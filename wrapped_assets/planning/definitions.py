"""Definitions as they are hashed: parsed from their files, without prose, local names numbered."""

from __future__ import annotations

import ast
import functools
import types
from pathlib import Path

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.names import Uses, local_names, uses


def prepared(code: types.CodeType) -> tuple[Uses, str]:
    """What a function's definition names, and the text of it that is hashed, without prose."""
    path = code.co_filename
    return _prepared(path, Path(path).stat().st_mtime_ns, code.co_firstlineno, code.co_name, code.co_qualname)


@functools.lru_cache(maxsize=4096)  # by place, for code objects are equal where only a default differs
def _prepared(path: str, modified_ns: int, line: int, name: str, label: str) -> tuple[Uses, str]:
    sources = _definitions(path, modified_ns).get((line, name))
    if sources is None:
        raise DeclarationError(f"cannot find the source of {label}: the file changed after it was loaded; reload")
    trees, texts = [], []
    for source in sources:  # several lambdas of one line cannot be told apart: all of them count
        tree, copy = (_Stripped().visit(_parsed(source)) for _ in range(2))  # parsing twice is faster than copying
        trees.append(tree)
        texts.append(ast.dump(_Renamed(copy).visit(copy), annotate_fields=False))
    return uses(trees[0] if len(trees) == 1 else ast.Module(trees, [])), "\n".join(texts)


def prepared_class(path: str, qualname: str) -> tuple[Uses, str]:
    """What a class's definition names, decorators and bases included, and the text of it that is hashed, without prose."""
    return _prepared_class(path, Path(path).stat().st_mtime_ns, qualname)


@functools.lru_cache(maxsize=512)
def _prepared_class(path: str, modified_ns: int, qualname: str) -> tuple[Uses, str]:
    found: ast.AST = _module(path, modified_ns)
    for name in qualname.split("."):
        inside = [node for node in ast.walk(found) if isinstance(node, ast.ClassDef) and node.name == name and node is not found]
        if not inside:
            raise DeclarationError(f"cannot find the source of the class {qualname}: define it at the top of its module")
        found = inside[0]
    tree, copy = (_Stripped().visit(_parsed(f"{ast.unparse(found)}\n")) for _ in range(2))
    for method in (node for node in copy.body if isinstance(node, ast.FunctionDef)):
        name = method.name
        _Renamed(method).visit(method)
        method.name = name
    return uses(tree), ast.dump(copy, annotate_fields=False)


@functools.lru_cache(maxsize=64)
def _module(path: str, modified_ns: int) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"))


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


def _parameters(tree: ast.AST) -> set[str]:
    """Names of the parameters of every `def`, nested ones included."""
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return {argument.arg for function in functions for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}


class _Stripped(ast.NodeTransformer):
    """The definition without prose: docstrings, type hints, and a function's own decorators (hashed by what they made of it)."""

    def __init__(self) -> None:
        self._is_inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = _without_docstring(node.body)
        node.decorator_list, node.returns = node.decorator_list if self._is_inside else [], None
        self._is_inside = True
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        body = _without_docstring(node.body)
        # A field without a value is its name.
        node.body = [ast.Expr(item.target) if isinstance(item, ast.AnnAssign) and item.value is None else item for item in body]
        self._is_inside = True
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=node.arg, annotation=None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value, lineno=0))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (body[1:] or [ast.Pass()]) if is_text else body


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
