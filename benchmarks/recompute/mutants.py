"""Random mutations of syntax: any module that decides a number, changed somewhere in its tree by no plan at all."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator

Change = tuple[str, str, Callable[[], None]]  # kind, what, and how to carry it out on the tree

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_METHODS = ("min", "max", "sum", "first", "last", "head", "tail", "any", "all", "is_null", "is_not_null", "semi", "anti")


def mutated(text: str, choice: random.Random) -> tuple[str, str, str, str] | None:
    """The text with one change: kind, what, the name of the definition, and the new text; None where there is nothing to change."""
    tree = ast.parse(text)
    places = [statement for statement in tree.body if isinstance(statement, (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.ClassDef))]
    choice.shuffle(places)
    for statement in places:
        changes = list(_changes(statement, choice))
        if changes:
            kinds = sorted({kind for kind, _, _ in changes})
            kind = choice.choice(kinds)
            _, what, carry_out = choice.choice([change for change in changes if change[0] == kind])
            before = ast.unparse(tree)
            carry_out()
            after = ast.unparse(ast.fix_missing_locations(tree))
            if after != before:
                return kind, what, _name(statement), f"{after}\n"
    return None


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return statement.name
    return next(node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _changes(statement: ast.stmt, choice: random.Random) -> Iterator[Change]:
    decorators = {id(node) for one in getattr(statement, "decorator_list", []) for node in ast.walk(one)}
    for node in ast.walk(statement):
        if id(node) not in decorators:
            yield from _of(node, choice)


def _of(node: ast.AST, choice: random.Random) -> Iterator[Change]:
    if isinstance(node, ast.Constant):
        yield from _of_constant(node, choice)
    elif isinstance(node, ast.BinOp):
        yield "operator", type(node.op).__name__, lambda: setattr(node, "op", choice.choice(_OPERATORS)())
        yield "operands exchanged", "", lambda: _exchange(node, "left", "right")
    elif isinstance(node, ast.Compare):
        yield "comparison", type(node.ops[0]).__name__, lambda: node.ops.__setitem__(0, choice.choice(_COMPARISONS)())
    elif isinstance(node, ast.BoolOp):
        yield "and, or", "", lambda: setattr(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp):
        yield "sign", type(node.op).__name__, lambda: setattr(node, "op", ast.UAdd() if isinstance(node.op, ast.USub) else ast.USub())
    elif isinstance(node, ast.IfExp):
        yield "branches exchanged", "", lambda: _exchange(node, "body", "orelse")
    elif isinstance(node, ast.Call):
        yield from _of_call(node, choice)
    elif isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        yield "items exchanged", "", lambda: _rotate(node.elts)
        yield "item left out", "", lambda: node.elts.pop()
    elif isinstance(node, ast.Dict) and len(node.keys) > 1:
        yield "values exchanged", "", lambda: _rotate(node.values)
    elif isinstance(node, ast.Attribute) and node.attr in _METHODS:
        yield "method", node.attr, lambda: setattr(node, "attr", choice.choice(_METHODS))
    elif isinstance(node, ast.arguments) and node.defaults:
        yield "default", "", lambda: node.defaults.__setitem__(0, ast.Constant(choice.randint(0, 9)))
    elif isinstance(node, (ast.FunctionDef, ast.For, ast.If)) and len(node.body) > 2:
        yield "statements exchanged", "", lambda: _swap_statements(node.body, choice)


def _of_constant(node: ast.Constant, choice: random.Random) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "truth", str(value), lambda: setattr(node, "value", not value)
    elif isinstance(value, (int, float)):
        yield "number", str(value), lambda: setattr(node, "value", value + choice.choice((-1, 1, 2, 10)))
    elif isinstance(value, str) and value.isidentifier():
        others = ("first", "last", "left", "inner", "anti", "semi", "dense", "ordinal", "min", "max", "both", "none")
        yield "text", value, lambda: setattr(node, "value", choice.choice(others))


def _of_call(node: ast.Call, choice: random.Random) -> Iterator[Change]:
    if len(node.args) > 1:
        yield "arguments exchanged", ast.unparse(node.func)[-30:], lambda: _rotate(node.args)
        yield "argument left out", ast.unparse(node.func)[-30:], lambda: node.args.pop()
    if node.keywords:
        yield "keyword left out", ast.unparse(node.func)[-30:], lambda: node.keywords.pop(choice.randrange(len(node.keywords)))
    if len(node.keywords) > 1:
        yield "keywords' values exchanged", ast.unparse(node.func)[-30:], lambda: _rotate_keywords(node.keywords)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        yield "call left out", node.func.attr, lambda: _become(node, node.func.value)  # type: ignore[union-attr]


def _exchange(node: ast.AST, one: str, other: str) -> None:
    left, right = getattr(node, one), getattr(node, other)
    setattr(node, one, right)
    setattr(node, other, left)


def _rotate(items: list) -> None:
    items.append(items.pop(0))


def _rotate_keywords(keywords: list[ast.keyword]) -> None:
    values = [one.value for one in keywords]
    for one, value in zip(keywords, [*values[1:], values[0]], strict=True):
        one.value = value


def _swap_statements(body: list[ast.stmt], choice: random.Random) -> None:
    place = choice.randrange(1, len(body) - 1)
    body[place], body[place + 1] = body[place + 1], body[place]


def _become(node: ast.Call, other: ast.Call) -> None:
    node.func, node.args, node.keywords = other.func, other.args, other.keywords
