"""Whatever may change a number changes the logic fingerprint of the assets that reach it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.planning import libraries
from wrapped_assets.planning.fingerprint import logic_fingerprint, logic_parts
from wrapped_assets_tests.planning.laboratory import BODY, DECLARED, Written, written

__all__ = ["written"]

HELPED = """
def totals(listener_days):
    '''Listens of a year.'''
    return top(listener_days, 3)
"""
CHAIN = """
LIMIT = 5

def least_of(number):
    return number + 1

def top(frame, least):
    return frame.filter(pl.col("listen_count") > least_of(least)).head(LIMIT)

"""

SUM = ".sum()"
CALL = "top(listener_days, 3)"
ENUM = "import enum\nclass Kind(enum.Enum):\n    A = {}\n"
FIELD = "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Limits:\n    top: int = {}\n\n"
TWICE = """
import functools

def first(f):
    @functools.wraps(f)
    def inner(*a):
        return f(*a).head({})
    return inner

"""
BOUND = """
import dataclasses

@dataclasses.dataclass(frozen=True)
class Limits:
    top: int

    def get(self):
        return self.top

limit = Limits({}).get

"""

# What stands above the asset (its `{}` filled one way and another), and the asset's body.
CHANGES = {
    "a helper": (CHAIN.replace(">", "{}"), HELPED, (">", ">=")),
    "a helper's helper": (CHAIN.replace("+", "{}"), HELPED, ("+", "-")),
    "a helper's constant": (CHAIN.replace("LIMIT = 5", "LIMIT = {}"), HELPED, (5, 6)),
    "a default of a parameter": (CHAIN.replace("frame, least", "frame, least, most={}"), HELPED, (8, 9)),
    "a constant expression": ('TERM = pl.col("a").{}()\n\n', BODY.replace('pl.col("listen_count").sum()', "TERM"), ("sum", "max")),
    "a tuple": ("CODES = (1, {})\n\n", BODY.replace(SUM, ".is_in(CODES)"), (2, 3)),
    "a class's constant": ("class Limits:\n    TOP = {}\n\n", BODY.replace(SUM, ".head(Limits.TOP)"), (5, 6)),
    "an enumeration's value": (ENUM, BODY.replace(SUM, ".head(Kind.A.value)"), (1, 2)),
    "a constant of an enumeration": (ENUM + "CHOSEN = Kind.A\n\n", BODY.replace(SUM, ".head(CHOSEN.value)"), (1, 2)),
    "a field's default": (FIELD, BODY.replace(SUM, ".head(Limits().top)"), (5, 6)),
    "one of two lambdas on a line": ("WAYS = (lambda x: x.{}(), lambda x: x)\n\n", BODY.replace(SUM, ".pipe(WAYS[0])"), ("sum", "max")),
    "a helper's decorator": (TWICE + CHAIN.replace("def top", "@first\ndef top"), HELPED, (1, 2)),
    "a global that a lambda's parameter hides": ("LIMIT = {}\n\n", BODY.replace(SUM, ".pipe(lambda LIMIT: LIMIT).head(LIMIT)"), (5, 6)),
    "parameters, exchanged, that callers name": (
        "def less({}):\n    return high - low\n\n",
        HELPED.replace(CALL, "listener_days.head(less(high=5, low=3))"),
        ("high, low", "low, high"),
    ),
    "a method's object": (BOUND, HELPED.replace(CALL, "listener_days.head(limit())"), (5, 6)),
}  # fmt: skip

OWN = {"its own logic": BODY.replace(".sum()", ".max()"), "a text in it": BODY.replace('pl.col("listen_count")', 'pl.col("play_count")')}


@pytest.mark.parametrize("what", OWN)
def test_a_change_of_its_own_logic_is_seen(written: Written, what: str) -> None:
    assert logic_fingerprint(written(OWN[what])) != logic_fingerprint(written())


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_logic_is_seen(written: Written, what: str) -> None:
    above, body, ways = CHANGES[what]
    one, other = (logic_fingerprint(written(body, above=above.replace("{}", str(way)))) for way in ways)
    assert one != other


DECLARATIONS = {
    "a column's type": DECLARED.replace("c.listen_count],\n", "c.minutes],\n"),
    "the grain": DECLARED.replace("grain=[c.listener_id]", "grain=[c.listener_id, c.month]"),
    "what it reads": DECLARED.replace("c.listener_id, c.listen_count]}", "c.listener_id, c.listen_count, c.minutes]}"),
    "the window that it reads": DECLARED.replace("[c.listener_id, c.listen_count]}", '([c.listener_id, c.listen_count], "previous_year")}'),
    "the order of rows": DECLARED.replace("kind=", "sort=[c.listen_count], kind="),
    "the smallest group": DECLARED.replace("kind=", "minimum_group=5, kind="),
    "what a group is counted by": DECLARED.replace("kind=", "group_size='group_listener_count', kind="),
}


@pytest.mark.parametrize("what", DECLARATIONS)
def test_a_change_of_the_declaration_is_seen(written: Written, what: str) -> None:
    assert logic_fingerprint(written(declared=DECLARATIONS[what])) != logic_fingerprint(written())


def test_a_rule_more_is_seen(written: Written) -> None:
    body = BODY.replace("LazyFrame) ->", "LazyFrame, rules) ->")
    one, two = (
        logic_fingerprint(written(body, declared=DECLARED.replace("kind=", f"rules={rules}, kind=")))
        for rules in (["clock"], ["clock", "window_end"])
    )
    assert one != two


def test_the_type_of_a_column_of_the_dictionary_is_seen(written: Written) -> None:
    asset = written()
    key, count = asset.columns
    assert logic_fingerprint(replace(asset, columns=(key, replace(count, dtype=pl.Int32())))) != logic_fingerprint(asset)


def test_another_polars_is_seen_even_where_the_function_does_not_name_it(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = written("\ndef totals(listener_days):\n    '''Listens of a year.'''\n    return listener_days.unique()\n")
    before = logic_fingerprint(asset)
    monkeypatch.setattr(libraries, "_version", lambda library: "9.9")
    assert logic_fingerprint(asset) != before


def test_the_parts_name_what_changed(written: Written) -> None:
    before, after = logic_parts(written(HELPED, above=CHAIN)), logic_parts(written(HELPED, above=CHAIN.replace("LIMIT = 5", "LIMIT = 6")))
    assert {name for name in before if before[name] != after[name]} == {"code", "constant LIMIT"}


def test_every_asset_of_the_project_has_a_fingerprint_of_its_own() -> None:
    found = [logic_fingerprint(declaration) for declaration in project_graph().by_key.values()]
    assert len(set(found)) == len(found)
