"""Walks syntax trees in half of the time of `ast.walk`: a process that meets new code walks all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

_NO_NODES = frozenset({str, int, type(None), bool})


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """The tree's nodes, each level before the next one, as `ast.walk` gives them."""
    nodes = [tree]
    for node in nodes:  # grows
        for value in vars(node).values():
            if type(value) in _NO_NODES:
                continue
            if type(value) is list:
                nodes += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                nodes.append(value)
    return nodes


def statements_of(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a body and all that stand inside of them; expressions are not entered."""
    for one in body:
        yield one
        for inner in ("body", "orelse", "finalbody", "handlers", "cases"):
            if isinstance(below := getattr(one, inner, None), list):  # that of a lambda or of `a if b else c` is an expression
                yield from statements_of(below)
