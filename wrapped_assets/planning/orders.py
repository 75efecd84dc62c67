"""Refuses answers that depend on an order which nothing gives: Polars' rows behind `mode`, `unique`, a group-by, or a sort with ties.

In one process after another, in either engine and with other threads, such rows come in another order, and no fingerprint can tell.
What a chain of calls shows is seen here; a law over an asset's rows in another order (`test_row_order_never_matters`) sees the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Library, found

_UNORDERED = frozenset({"mode", "unique", "sort_by", "agg"})
_BY_PLACE = frozenset({
    "first", "last", "head", "tail", "limit", "slice", "get", "gather", "gather_every", "item", "row", "rows", "to_list", "to_numpy",
    "to_series", "with_row_index", "shift", "diff", "cum_sum", "cum_count", "cum_max", "cum_min", "arg_max", "arg_min", "index_of", "rle",
    "rle_id",
})  # fmt: skip
_IN_THEIR_ORDER = frozenset({  # rows stay as they came
    "drop_nulls", "filter", "cast", "alias", "select", "with_columns", "rename", "drop", "fill_null", "collect",
})  # fmt: skip
_WHATEVER_ORDER = frozenset({"min", "max", "sort", "len", "count", "n_unique"})  # what may be asked of `mode`


def check_orders(module: str, nodes: Sequence[ast.AST]) -> None:
    """DeclarationError where a definition, given as its nodes, takes rows by their place behind something that gives them no order."""
    asked = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        name = _method(module, node)
        if name == "mode" and not _keeps_order(node) and asked.get(id(node)) not in _WHATEVER_ORDER:
            raise refused(module, node, "mode(), whose values come in another order each time,", "write mode().min(), or sort them")
        if name in _BY_PLACE and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inner = node.func.value
        elif isinstance(node, ast.Subscript) and not _names_a_column(node):
            inner = node.value
        else:
            continue
        while _method(module, inner) in _IN_THEIR_ORDER or _names_a_column(inner):
            inner = inner.value if isinstance(inner, ast.Subscript) else inner.func.value  # type: ignore[attr-defined]
        if (unordered := _method(module, inner)) in _UNORDERED and not _keeps_order(inner) and _is_of_groups(module, inner):
            what = f"{ast.unparse(node)[-60:]!r}, which takes by place what {unordered}() gives in no order or with ties,"
            instead = "give maintain_order=True" if unordered != "agg" else "sort before it"
            raise refused(module, node, what, f"{instead}, by all that breaks a tie")


def _method(module: str, node: ast.AST) -> str:
    """The name of the method that is called on a value; nothing for a library's function."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    owner = node.func.value
    return "" if isinstance(owner, ast.Name) and isinstance(found(module, owner.id), Library) else node.func.attr


def _names_a_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def _keeps_order(node: ast.AST) -> bool:
    given = node.keywords if isinstance(node, ast.Call) else []
    return any(one.arg == "maintain_order" and isinstance(one.value, ast.Constant) and one.value.value is True for one in given)


def _is_of_groups(module: str, node: ast.AST) -> bool:
    """Whether `agg` stands behind a group-by that gives groups no order; true for the others."""
    if _method(module, node) != "agg":
        return True
    grouped = node.func.value  # type: ignore[attr-defined]
    return _method(module, grouped) == "group_by" and not _keeps_order(grouped)
