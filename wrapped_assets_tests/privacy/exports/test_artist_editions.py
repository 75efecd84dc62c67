"""Attacks on the artists' tables, and what stops each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from wrapped_assets.exports.artist_editions import ARTIST_EDITIONS, BREAKDOWNS, FANS, TOTALS, _total
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.staged_files import as_csv
from wrapped_assets_tests.privacy.exports.world import Life, World, on, public

ONCE = on("05-01")
MINUTES_3 = 180_000


def crowd(count: int, artist: str = "royksopp", prefix: str = "fan", **life: object) -> dict[str, Life]:
    return {f"{prefix} {number}": Life(**{"artists": {artist: ONCE}, **life}) for number in range(count)}  # type: ignore[arg-type]


def tables_of(tmp_path: Path, lives: Mapping[str, Life], catalogue: Mapping[str, pl.DataFrame] | None = None) -> Mapping[str, pl.DataFrame]:
    tables = World(tmp_path / "root", lives, catalogue).produce(ARTIST_EDITIONS).tables
    assert ARTIST_EDITIONS.faults(tables, policy_of("artist_editions").policy) == []
    return tables


def breakdown(tables: Mapping[str, pl.DataFrame], dimension: str) -> dict[str, int]:
    return dict(tables[BREAKDOWNS].filter(pl.col("dimension") == dimension).select("value", "about_listeners").iter_rows())


def test_an_artist_of_nineteen_listeners_is_not_listed_and_of_twenty_is(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, crowd(20) | crowd(19, "bo", "guest"))
    assert tables[TOTALS]["artist_name"].to_list() == ["royksopp"]
    assert tables[TOTALS].row(0) == ("royksopp", 20, 20, 0)
    assert tables[BREAKDOWNS].is_empty()


def test_nobody_counts_who_objected_is_a_minor_or_of_unknown_age(tmp_path: Path) -> None:
    out = {"too young": Life(birth_year=2008), "unknown": Life(birth_year=None), "objected": Life(purposes=())}
    lives = crowd(19) | {name: replace(life, artists={"royksopp": ONCE}) for name, life in out.items()}
    assert tables_of(tmp_path, lives)[TOTALS].is_empty()


def test_breakdowns_open_at_fifty_listeners(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, crowd(49) | crowd(50, "bo", "guest"))
    assert set(tables[BREAKDOWNS]["artist_name"]) == {"bo"}


def test_a_small_country_does_not_follow_by_subtraction(tmp_path: Path) -> None:
    lives = crowd(40) | crowd(25, prefix="no", country="NO") | crowd(3, prefix="is", country="IS")
    assert breakdown(tables_of(tmp_path, lives), "country") == {"PT": 40, "Other": 30}


def test_people_whose_country_is_not_known_are_no_cell_of_their_own(tmp_path: Path) -> None:
    lives = crowd(40) | crowd(30, prefix="no", country="NO") | crowd(25, prefix="nowhere", country=None)
    assert breakdown(tables_of(tmp_path, lives), "country") == {"PT": 40, "Other": 60}


def test_age_bands_take_who_may_not_have_had_their_birthday_as_younger(tmp_path: Path) -> None:
    lives = crowd(30, birth_year=2000) | crowd(30, prefix="old", birth_year=1970)
    assert breakdown(tables_of(tmp_path, lives), "age band") == {"25–34": 30, "50+": 30}
    assert breakdown(tables_of(tmp_path / "later", crowd(60, birth_year=2001)), "age band") == {"18–24": 60}


def test_months_of_fewer_than_twenty_are_left_out(tmp_path: Path) -> None:
    lives = crowd(50) | crowd(19, prefix="june", artists={"royksopp": on("05-01", "06-01")})
    assert breakdown(tables_of(tmp_path, lives), "month") == {"2025-05": 70}


def test_no_breakdown_says_anything_of_two_dimensions_at_once(tmp_path: Path) -> None:
    lives = crowd(30, birth_year=2000) | crowd(30, prefix="no", country="NO", birth_year=1970)
    values = set(tables_of(tmp_path, lives)[BREAKDOWNS]["value"])
    assert values == {"PT", "NO", "25–34", "50+", "2025-05"}


@pytest.mark.parametrize("heavy", [on("05-01*500"), on("05-01*19")])
def test_one_heavy_listener_hides_both_sums(tmp_path: Path, heavy: list) -> None:
    is_dominating = len(heavy) > 20
    row = tables_of(tmp_path, crowd(30) | {"heavy": Life(artists={"royksopp": heavy})})[TOTALS].row(0)
    assert row[1] == 30
    assert (row[2] is None, row[3] is None) == (is_dominating, is_dominating)


def test_a_heavy_listener_by_time_alone_hides_both_sums_too(tmp_path: Path) -> None:
    row = tables_of(tmp_path, crowd(30) | {"heavy": Life(artists={"royksopp": ONCE}, minutes_each=900)})[TOTALS].row(0)
    assert row[2:] == (None, None)


def test_the_second_largest_cannot_estimate_the_largest(tmp_path: Path) -> None:
    lives = crowd(30) | {name: Life(artists={"royksopp": on("05-01*400")}) for name in ("first", "second")}
    assert tables_of(tmp_path, lives)[TOTALS].row(0)[2:] == (None, None)


def test_top_fans_are_told_of_as_a_group_of_twenty_or_not_at_all(tmp_path: Path) -> None:
    fans = {f"top {number}": Life(artists={"royksopp": on("05-01*40")}) for number in range(20)}
    tables = tables_of(tmp_path, crowd(1_980) | fans)
    assert tables[FANS].rows() == [("royksopp", 20, 2, 30)]
    assert tables_of(tmp_path / "fewer", crowd(1_979) | fans)[FANS].is_empty()


def test_one_superfan_hides_the_group_of_top_fans(tmp_path: Path) -> None:
    fans = {f"top {number}": Life(artists={"royksopp": on("05-01*5")}) for number in range(20)}
    lives = crowd(1_979) | fans | {"superfan": Life(artists={"royksopp": on("05-01*900")})}
    assert tables_of(tmp_path, lives)[FANS].is_empty()


def test_rows_stand_in_the_order_of_names_for_any_other_would_tell_exact_figures(tmp_path: Path) -> None:
    lives = crowd(24) | crowd(21, "abba", "a") | crowd(22, "zz top", "z")
    assert tables_of(tmp_path, lives)[TOTALS]["artist_name"].to_list() == ["abba", "royksopp", "zz top"]


HOSTILE = ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-2+3", "\u202eoof", "a\u0000b\nc", "\u200bq", "＝1+1"]


def test_hostile_names_leave_as_harmless_text(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, {f"fan {number}": Life(artists=dict.fromkeys(HOSTILE, ONCE)) for number in range(20)})
    text = as_csv(tables[TOTALS]).decode()
    assert tables[TOTALS].height == len(HOSTILE)
    assert not any(hidden in text for hidden in "\u202e\u0000\u200b")
    assert len(text.splitlines()) == len(HOSTILE) + 1
    assert not any(line.lstrip('"')[0] in "=+-@＝" for line in text.splitlines())


def test_a_public_spelling_goes_before_one_that_only_somebody_here_uses(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, crowd(20), public({"royksopp": []}) | {
        "known_artists": public({"royksopp": []})["known_artists"].with_columns(artist_name=pl.lit("Röyksopp"))
    })  # fmt: skip
    assert tables[TOTALS]["artist_name"].to_list() == ["Röyksopp"]


def lives_of_everything() -> dict[str, Life]:
    return {
        f"fan {number}": Life(
            country=("PT", "NO", "IS", None)[number % 4 if number < 60 else 0],
            birth_year=1950 + number % 55,
            artists={"royksopp": on(f"{1 + number % 12:02}-01*{1 + number % 5}")} | ({"bo": ONCE} if number % 3 else {}),
        )
        for number in range(120)
    }


def test_renaming_everybody_changes_no_byte(tmp_path: Path) -> None:
    world = World(tmp_path / "one", lives_of_everything())
    other = world.renamed(tmp_path / "two", lambda name: f"someone else {hash(name)}")
    here, there = world.produce(ARTIST_EDITIONS), other.produce(ARTIST_EDITIONS)
    assert {name: as_csv(table) for name, table in here.tables.items()} == {name: as_csv(table) for name, table in there.tables.items()}
    assert here.tables[BREAKDOWNS].height >= 10
    assert here.hidden == there.hidden


def test_an_attacker_who_solves_for_small_groups_never_pins_one_down(tmp_path: Path) -> None:
    """Every country's true count that agrees with all that is published: those below 20 stay a range at least ten wide."""
    truth = {"PT": 41, "NO": 27, "SE": 22, "IS": 3, "FI": 7}
    lives = {
        f"{country} {number}": Life(country=country, artists={"royksopp": ONCE})
        for country, count in truth.items()
        for number in range(count)
    }
    tables = tables_of(tmp_path, lives)
    shown, total = breakdown(tables, "country"), tables[TOTALS]["about_listeners"][0]
    names = list(truth)
    around = lambda about: (about - 5, about + 4)  # noqa: E731
    rows, low, high = [np.ones(len(names))], [around(total)[0]], [around(total)[1]]
    for value, about in shown.items():
        is_in = [(name not in shown) if value == "Other" else name == value for name in names]
        rows.append(np.array(is_in, dtype=float))
        low.append(around(about)[0])
        high.append(around(about)[1])
    assert "Other" in shown
    for hidden in (name for name in names if name not in shown):
        cost = np.array([float(name == hidden) for name in names])
        ends = [
            milp(
                sign * cost, integrality=np.ones(len(names)), bounds=Bounds(0, 200), constraints=LinearConstraint(np.array(rows), low, high)
            )
            for sign in (1, -1)
        ]
        least, most = ends[0].fun, -ends[1].fun
        assert least <= truth[hidden] <= most
        assert most - least >= 10, hidden


@pytest.mark.parametrize("own", [1, 10, 100])
def test_what_nineteen_hostile_accounts_learn_of_the_twentieth_is_what_the_threat_model_says(own: int) -> None:
    """They know their own listens and subtract them: the twentieth's stay a range of four to ten, or wider where they are hidden."""
    rule, consistent = policy_of("artist_editions").policy.disclosure, defaultdict(list)
    assert rule is not None
    for listens in range(1, 400):
        every = sorted([listens, *[own] * 19], reverse=True)
        most, second, total = every[0], every[1], sum(every)
        sums = {"listens": total, "most_listens": most, "second_listens": second}
        ms = {"ms": total * MINUTES_3, "most_ms": most * MINUTES_3, "fan_second": second * MINUTES_3}
        consistent[_total({"name": "", "listeners": 20, **sums, **ms}, rule)].append(listens)  # type: ignore[dict-item]
    told = [found for (*_, hours), found in consistent.items() if hours is not None and found[-1] < 399]
    assert min(map(len, told)) >= 4
    assert max(map(len, told)) == 10
    hidden = [found for (*_, hours), found in consistent.items() if hours is None]
    assert all(found[0] >= 19 * own for found in hidden), "hidden is only who heard more than all the others together"


def bad(tables: Mapping[str, pl.DataFrame], file: str, **columns: object) -> Mapping[str, pl.DataFrame]:
    return {**tables, file: tables[file].with_columns(**{name: pl.lit(value) for name, value in columns.items()})}


@pytest.mark.parametrize(
    ("file", "columns", "message"),
    [
        (TOTALS, {"about_listeners": 10}, "fewer than 20 people"),
        (TOTALS, {"about_listeners": 61}, "rounded to 10"),
        (BREAKDOWNS, {"about_listeners": 10}, "fewer than 20 people"),
        (BREAKDOWNS, {"artist_name": "bo"}, "fewer than 50 listeners has breakdowns"),
        (BREAKDOWNS, {"dimension": "country and month"}, "one at a time"),
    ],
)
def test_the_check_reads_the_tables_and_trusts_nobody(tmp_path: Path, file: str, columns: dict[str, object], message: str) -> None:
    tables = tables_of(tmp_path, crowd(60))
    faults = ARTIST_EDITIONS.faults(bad(tables, file, **columns), policy_of("artist_editions").policy)
    assert any(message in fault for fault in faults)
