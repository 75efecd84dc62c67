"""The expressions that code which decides a number may use, and how a refusal is worded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.allowed import BUILTINS, refused_attribute, refused_in_library, refused_name
from wrapped_assets.planning.loaded import path_of
from wrapped_assets.planning.names import Library, Whole, bound_in, found
from wrapped_assets.planning.trees import nodes_of

_EXPRESSIONS_REFUSED = (ast.Await, ast.YieldFrom)
# `_call` looks at the arguments of these, and `sets` at where the last two stand.
_ONLY_CALLED = frozenset({"sample", "shuffle", "rank", "timestamp", "strftime", "strptime", "datetime64", "keys", "items"})
_BY_MACHINE = re.compile("%-?[aAbBcpsxXZ]")
_PINS_TIME_ZONES = "wrapped_assets.listens.clocks"
_TIMES = re.compile(r"[<>=|]?(M8|datetime64)(\[.*\])?")


def refused(module: str, node: ast.AST | None, what: str, instead: str) -> DeclarationError:
    """The error: file and line, what stands there, and what to write instead."""
    place = f"{module.replace('.', '/')}.py"
    if (path_of(module) or "").endswith("__init__.py"):
        place = f"{module.replace('.', '/')}/__init__.py"
    return DeclarationError(f"{place}:{getattr(node, 'lineno', 1)}: {what} cannot stand in code that decides a number; {instead}")


def check_expression(module: str, tree: ast.AST) -> None:
    """DeclarationError at the first expression inside `tree` that the subset does not have."""
    called = {id(node.func) for node in nodes_of(tree) if isinstance(node, ast.Call)}
    for node in without_hints(tree):
        if isinstance(node, _EXPRESSIONS_REFUSED):
            raise refused(module, node, ast.unparse(node), "write a plain function")
        if isinstance(node, ast.Attribute):
            _attribute(module, node)
            if node.attr in _ONLY_CALLED and id(node) not in called:
                raise refused(module, node, f"{ast.unparse(node)!r} as a value", "call it where it is named")
        elif isinstance(node, ast.Name):
            _name(module, node)
        elif isinstance(node, ast.Call):
            _call(module, node)
        elif isinstance(node, ast.FormattedValue) and node.format_spec and _BY_MACHINE.search(ast.unparse(node.format_spec)):
            raise refused(module, node, f"{ast.unparse(node)!r} by the machine's own language or time zone", "format times in Polars")
        elif isinstance(node, ast.Constant) and _is_clock(node.value):
            raise refused(module, node, f"the text {node.value!r}, which NumPy reads as the clock,", "pass the time as a parameter")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _TIMES.fullmatch(node.value):
            raise refused(module, node, f"{node.value!r}, as which NumPy reads texts and the clock,", "convert times in Polars")


def _attribute(module: str, node: ast.Attribute) -> None:
    if not isinstance(node.ctx, ast.Load):
        raise refused(module, node, f"an assignment to {ast.unparse(node)!r}", "make a new value (dataclasses.replace)")
    if (library := _library(module, node.value)) and (why := refused_in_library(library, node.attr)):
        raise refused(module, node, f"{library}.{node.attr}", why)
    handed_on = _handed_on(module, node)
    if handed_on and (why := refused_name(handed_on)):
        raise refused(module, node, f"{handed_on}, which is no name of {ast.unparse(node.value)},", why)
    if node.attr in ("format", "format_map") and _library(module, node.value) is None:
        raise refused(module, node, f"{node.attr}(), whose text can ask for any attribute,", "write an f-string")
    if why := refused_attribute(node.attr):
        raise refused(module, node, f"the attribute {node.attr!r}", why)
    if node.attr.startswith("_") and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "other")):
        raise refused(module, node, f"the private attribute {node.attr!r}", "use what is public")


def _handed_on(module: str, node: ast.Attribute) -> str | None:
    """The library's thing that an attribute of a module of ours is."""
    owner = _whole(module, node.value)
    target = found(owner.module, node.attr) if owner and node.attr in bound_in(owner.module) else None
    return target.name if isinstance(target, Library) else None


def _whole(module: str, node: ast.expr) -> Whole | None:
    """The module of ours that a chain of attributes names."""
    if isinstance(node, ast.Name):
        target = found(module, node.id)
        return target if isinstance(target, Whole) else None
    above = _whole(module, node.value) if isinstance(node, ast.Attribute) else None
    if above is None or not isinstance(node, ast.Attribute):
        return None
    inner = found(above.module, node.attr) if node.attr in bound_in(above.module) else Whole(f"{above.module}.{node.attr}")
    return inner if isinstance(inner, Whole) else None


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
    if isinstance(target, Library) and target.name == "zoneinfo.ZoneInfo" and module != _PINS_TIME_ZONES:
        what = "ZoneInfo, which may read the machine's time zones,"
        raise refused(module, node, what, "read local_date and local_hour, or convert in Polars")
    if isinstance(target, Library) and target.name == f"builtins.{node.id}" and node.id not in BUILTINS:
        raise refused(module, node, f"{node.id}()", "name the function or the constant directly, or pass the value as a parameter")


def _call(module: str, node: ast.Call) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("sample", "shuffle") and not any(one.arg == "seed" and not _is_none(one.value) for one in node.keywords):
        raise refused(module, node, f"{name}() without a seed", "give `seed=`")
    given = [*node.args, *(one.value for one in node.keywords)]
    named = {one.arg for one in node.keywords}
    is_written = all(isinstance(one, ast.Constant) and one.value != "random" for one in given)
    if name == "rank" and "seed" not in named and not is_written:
        raise refused(module, node, "rank() that may be by chance", "write the method's name, or give `seed=`")
    unpacked = {one.value for each in node.keywords if isinstance(each.value, ast.Dict) and each.arg is None for one in each.value.keys
                if isinstance(one, ast.Constant)}  # fmt: skip
    filled = any(one.arg == "out" and not _is_none(one.value) for one in node.keywords)
    if "where" in named | unpacked and not filled:
        raise refused(module, node, "`where=` without `out=`, which leaves memory as somebody left it,", "use numpy.where")
    if name == "timestamp" and not given:
        raise refused(module, node, "timestamp(), which may use the machine's own time zone,", "subtract an instant that has a time zone")
    if name in ("strftime", "strptime") and not _is_of_polars(node) and any(_BY_MACHINE.search(ast.unparse(one)) for one in given):
        raise refused(module, node, f"{name}() by the machine's own language or time zone", "format and read times in Polars")
    if name == "datetime64" and not all(isinstance(one, ast.Constant) for one in given):
        raise refused(module, node, "datetime64() of a text that is not written there, which may be the clock,", "use datetime.datetime")


def _is_of_polars(node: ast.Call) -> bool:
    """Whether a method of an expression's texts or times is called, which knows one language."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Attribute) and owner.attr in ("dt", "str")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_clock(value: object) -> bool:
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    return isinstance(text, str) and text.strip().casefold() in ("now", "today")


def without_hints(tree: ast.AST) -> Iterator[ast.AST]:
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


def returns_frozen(node: ast.FunctionDef) -> bool:
    """Whether what a kept function returns is visibly a tuple, a truth or a number."""
    own = [one for one in nodes_of(node) if isinstance(one, ast.Return)]
    shown = (ast.Tuple, ast.Compare, ast.Constant, ast.JoinedStr, ast.BinOp, ast.BoolOp, ast.UnaryOp)
    calls = ("tuple", "frozenset", "str", "int", "float", "bool", "len", "sum")
    return bool(own) and all(
        (isinstance(one.value, shown) and not _has_changing(one.value))
        or (isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Name) and one.value.func.id in calls)
        for one in own
    )


def _has_changing(node: ast.expr) -> bool:
    changing = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    return any(isinstance(one, changing) for one in nodes_of(node))
