"""Prose leaves a logic fingerprint alone: nothing is recomputed for words."""

from __future__ import annotations

import pytest

from wrapped_assets.planning.fingerprint import logic_fingerprint
from wrapped_assets_tests.planning.laboratory import BODY, DECLARED, Written, written

__all__ = ["written"]

HELPED = """
def totals(listener_days):
    '''Listens of a year.'''
    return top(listener_days, 3)
"""
HELPER = """
LIMIT = 5

def top(frame, least):
    kept = frame.filter(pl.col("listen_count") > least)
    return kept.head(LIMIT)

"""

PROSE = {
    "a docstring": BODY.replace("Listens of a year.", "How many listens a year has.\n\n    A tie cannot be."),
    "a comment": BODY.replace("    return", "    # every day counts\n    return"),
    "formatting": BODY.replace(".group_by", "\\\n        .group_by").replace('("listener_id")', "('listener_id',)".replace(",", "")),
    "type hints": BODY.replace("listener_days: pl.LazyFrame) -> pl.LazyFrame", "listener_days)"),
    "lines above": "\n\n\n" + BODY.lstrip("\n"),
}


@pytest.mark.parametrize("what", PROSE)
def test_prose_changes_nothing(written: Written, what: str) -> None:
    body = PROSE[what]
    above = ""
    if what == "lines above":
        above, body = "UNUSED = 1  # a constant that nobody reaches\n\n\n", BODY
    assert logic_fingerprint(written(body, above=above)) == logic_fingerprint(written())


def test_a_headline_changes_nothing(written: Written) -> None:
    told = DECLARED.replace("layer=", 'headline="{listen_count} listens.", layer=')
    assert logic_fingerprint(written(declared=told)) == logic_fingerprint(written())


def test_the_name_of_a_local_variable_changes_nothing(written: Written) -> None:
    renamed = HELPER.replace("kept", "remaining")
    assert logic_fingerprint(written(HELPED, above=renamed)) == logic_fingerprint(written(HELPED, above=HELPER))


def test_the_name_of_a_loop_or_lambda_variable_changes_nothing(written: Written) -> None:
    above = 'def top(frame, least):\n    return frame.select([pl.col(name) for name in ("a", "b")]).pipe(lambda rows: rows.head(least))\n\n'
    renamed = above.replace("name", "each").replace("rows", "found")
    assert logic_fingerprint(written(HELPED, above=renamed)) == logic_fingerprint(written(HELPED, above=above))


def test_a_helpers_prose_changes_nothing(written: Written) -> None:
    told = HELPER.replace("    kept", '    """The best."""\n    # not more\n    kept', 1).replace(
        "frame, least", "frame: pl.LazyFrame, least: int"
    )
    assert logic_fingerprint(written(HELPED, above=told)) == logic_fingerprint(written(HELPED, above=HELPER))


def test_moving_a_function_to_another_module_changes_nothing(written: Written) -> None:
    moved = written(HELPED, above="from laboratory.kernels import top\n\n", kernels="import polars as pl\n" + HELPER)
    assert logic_fingerprint(moved) == logic_fingerprint(written(HELPED, above=HELPER))


def test_code_that_is_not_reached_changes_nothing(written: Written) -> None:
    above = HELPER + "def another():\n    return 7\n\n"
    assert logic_fingerprint(written(HELPED, above=above)) == logic_fingerprint(written(HELPED, above=HELPER))


def test_the_order_of_a_sets_members_changes_nothing(written: Written) -> None:
    body = BODY.replace("pl.col(", "pl.col(sorted(KINDS)).sum(), pl.col(")
    two_orders = ('frozenset({"a", "b"})', 'frozenset({"b", "a"})')
    one, other = (logic_fingerprint(written(body, above=f"KINDS = {kinds}\n\n")) for kinds in two_orders)
    assert one == other
