"""Which names belong to a function, a comprehension or a class itself, and not to what is outside of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from wrapped_assets.planning.names import Target, imported
from wrapped_assets.planning.trees import nodes_of

_NAMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
Scope = dict[str, "str | Target"]  # name → what is written for it
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (body[1:] or [ast.Pass()]) if is_text else body


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """A function's own parameters, and not those of a lambda in a default."""
    several = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    return [one for one in several if one is not None]


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of a function's own scope, in the order of the text; a nested definition is one node."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *Comprehension.__args__)):
            inner = [one.target for one in nodes_of(node) if isinstance(one, ast.NamedExpr)] if isinstance(node, Comprehension) else []
            waiting.extend(inner)
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def bound_by(body: list[ast.stmt], parameters: Mapping[str, str]) -> list[str]:
    """Names that a function's statements bind, by first appearance; not those that it declares to be another scope's."""
    bound: dict[str, None] = {}
    elsewhere: set[str] = set()
    for node in _own_nodes(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            bound[node.id] = None
        elif isinstance(node, _NAMING) and node.name:
            bound[node.name] = None
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound[node.rest] = None
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere.update(node.names)
    return [name for name in bound if name not in elsewhere and name not in parameters]


def imports_of(body: list[ast.stmt], module: str) -> dict[str, Target]:
    found: dict[str, Target] = {}
    for node in _own_nodes(body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(imported(node, module))
    return found


def stored_in(targets: Iterator[ast.expr]) -> list[str]:
    nodes = (node for target in targets for node in nodes_of(target))
    return list(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)))
