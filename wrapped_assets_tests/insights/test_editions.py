"""Promises that an edition keeps as a whole: listeners apart, order without meaning, parts that add up."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets.contracts.examples import plays_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.worlds import SURROUNDINGS, YEAR, ZONES, everyone, rehearsed

GRAPH = project_graph()
ALL = list(GRAPH.by_key.values())
OF_ALL_LISTENERS = {key for key, stage in GRAPH.stages.items() if stage}  # made of all of them, or compares with them
OF_LISTENERS = [one for one in ALL if "listener_id" in one.grain and one.key not in OF_ALL_LISTENERS]


def test_the_order_of_plays_in_a_file_never_matters() -> None:
    shuffled = {
        name: [(source, frame.sample(fraction=1, shuffle=True, seed=3)) for source, frame in reversed(parts)]
        for name, parts in everyone().items()
    }
    again = rehearse(dict(reversed(shuffled.items())), [YEAR - 1, YEAR], time_zones=ZONES, **SURROUNDINGS)
    for cell, frame in rehearsed().items():
        assert frame.equals(again[cell]), cell


def test_one_listener_never_affects_another() -> None:
    for name in ("ana", "gus"):
        alone = rehearse({name: everyone()[name]}, [YEAR - 1, YEAR], time_zones=ZONES, **SURROUNDINGS)
        theirs = pl.col("listener_id") == surrogates_of([name])[name]
        for asset in OF_LISTENERS:
            for (key, period), frame in rehearsed().items():
                if key == asset.key:
                    assert frame.filter(theirs).equals(alone[key, period]), (key, period)


def test_renaming_all_listeners_renames_the_result_and_changes_nothing_else() -> None:
    names = list(everyone())
    old = surrogates_of(names)
    renamed = {name: 1000 - place for place, name in enumerate(names)}
    again = rehearse(everyone(), [YEAR - 1, YEAR], time_zones=ZONES, surrogates=renamed, **SURROUNDINGS)
    for asset in ALL:
        for (key, period), frame in rehearsed().items():
            if key != asset.key:
                continue
            if who := [column for column in frame.columns if column.endswith("listener_id")]:
                frame = frame.with_columns(pl.col(who).replace_strict({old[name]: renamed[name] for name in names})).sort(asset.order)
            assert frame.equals(again[key, period]), (key, period)


def test_parts_of_an_edition_reconcile() -> None:
    found = {key.rpartition("/")[2]: frame for (key, period), frame in rehearsed().items() if period == str(YEAR)}
    totals = {row["listener_id"]: row for row in found["listening_totals"].to_dicts()}
    outcomes = pl.concat(
        frame for (key, period), frame in rehearsed().items() if key == "aggregates/outcomes" and period.startswith(str(YEAR))
    )
    assert len(totals) == len(everyone())
    for listener, total in totals.items():
        theirs = {name: frame.filter(pl.col("listener_id") == listener) for name, frame in found.items() if "listener_id" in frame.columns}
        listens = total["listen_count"]
        assert theirs["listening_calendar"]["listen_count"].sum() == listens
        assert theirs["listening_clock"]["listen_count"].sum() == listens
        assert theirs["top_of_the_month"]["listen_count"].sum() == listens
        assert theirs["top_recordings"]["listen_count"].sum() == listens
        assert theirs["listening_calendar"]["minutes"].sum() == pytest.approx(total["minutes"])
        assert theirs["listening_calendar"].filter(pl.col("listen_count") > 0).height == total["active_day_count"]
        assert theirs["top_recordings"].height == total["recording_count"]
        assert theirs["top_artists"].height == total["artist_count"]
        assert theirs["top_release_groups"].height <= total["release_group_count"]  # some were not heard through
        counted = outcomes.filter(pl.col("listener_id") == listener, pl.col("outcome_code") == 0)
        assert counted["play_count"].sum() == listens
        race = theirs["artist_race"].filter(pl.col("month") == f"{YEAR}-12").sort("artist_rank")
        assert race["artist_id"].to_list() == theirs["top_artists"]["artist_id"].head(5).to_list()
    edition = found["edition_totals"].to_dicts()[0]
    assert edition["listener_count"] == len(totals)
    assert edition["listen_count"] == sum(total["listen_count"] for total in totals.values())


def test_a_listener_without_a_counted_listen_has_totals_and_no_rankings() -> None:
    gus = pl.col("listener_id") == surrogates_of(["gus"])["gus"]
    found = {
        key.rpartition("/")[2]: frame.filter(gus)
        for (key, period), frame in rehearsed().items()
        if period == str(YEAR) and key in GRAPH.by_key and "listener_id" in frame.columns
    }
    assert found["listening_totals"].select("play_count", "listen_count", "minutes").row(0) == (2, 0, 3.2)
    with_rows = {name for name, frame in found.items() if frame.height} - {
        "listening_totals",
        "listening_calendar",
        "artist_history",
        "recording_history",
    }
    assert with_rows == set()


def test_windows_end_where_the_rules_say() -> None:
    short = {YEAR: rules_for("default", YEAR, date(YEAR, 2, 1), date(YEAR, 3, 31))}
    found = rehearse(
        everyone(), [YEAR - 1, YEAR], time_zones=ZONES, rules=short, only=["listening_calendar", "artist_race", "listening_totals"]
    )
    calendar = found["insights/listening_calendar", str(YEAR)]
    assert (calendar["local_date"].min(), calendar["local_date"].max()) == (date(YEAR, 2, 1), date(YEAR, 3, 31))
    assert found["insights/artist_race", str(YEAR)]["month"].unique().sort().to_list() == [f"{YEAR}-02", f"{YEAR}-03"]
    assert calendar["listen_count"].sum() == found["insights/listening_totals", str(YEAR)]["listen_count"].sum()


def test_a_first_year_is_marked_and_nobody_discovers_in_it() -> None:
    plays = "2026-03-01 eple/bo walk/cy night/di"
    people = {"ana": plays_of(plays), "bo": plays_of(f"2025-05-01 moon/bo, {plays}")}
    assets = ["discoveries", "group_awards", "quiz"]
    found = rehearse(people, [2025, 2026], only=assets, groups={"home": ["ana", "bo"]})
    ids = {number: name for name, number in surrogates_of(people).items()}
    years = {ids[row["listener_id"]]: row for row in found["insights/discoveries", "2026"].to_dicts()}
    assert {name: (row["is_first_year"], row["new_recording_count"]) for name, row in years.items()} == {"ana": (True, 3), "bo": (False, 3)}
    awards = found["insights/group_awards", "2026"].filter(pl.col("award") == "most_discoveries")
    asked = found["insights/quiz", "2026"].filter(pl.col("quiz_question") == "new_recordings")
    assert {ids[number] for frame in (awards, asked) for number in frame["listener_id"]} == {"bo"}
