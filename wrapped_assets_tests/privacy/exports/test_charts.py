"""Attacks on the public charts, and what stops each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.charts import CHARTS, NUMBERS, RANKS
from wrapped_assets.privacy.noise import GaussianThreshold, TopK
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets_tests.privacy.exports.world import Life, World, public

POLICY = policy_of("charts").policy
SONGS = [(f"song {n:02}", "bo") for n in range(40)]
SECRET = ("a demo that one alone has", "nobody")


@pytest.fixture(autouse=True)
def without_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is what was counted: so a test sees what the rest of the export does with it."""
    monkeypatch.setattr(GaussianThreshold, "draw", lambda self, counts: dict(sorted(counts.items())))
    monkeypatch.setattr(TopK, "draw", lambda self, counts: sorted(range(len(counts)), key=lambda place: (-counts[place], place))[: self.k])


def crowd(count: int, country: str, songs: int = 12, listens: int = 1) -> dict[str, Life]:
    return {f"{country} {n}": Life(country=country, recordings=dict.fromkeys(SONGS[:songs], listens)) for n in range(count)}


def tables_of(path: Path, lives: Mapping[str, Life]) -> Mapping[str, pl.DataFrame]:
    tables = World(path / "root", lives, public({"bo": []}, SONGS)).produce(CHARTS).tables
    assert CHARTS.faults(tables, POLICY) == []
    return tables


def test_what_no_public_catalogue_knows_is_in_no_chart_however_often_one_plays_it(tmp_path: Path) -> None:
    lives = crowd(60, "PT") | {"fan": Life(recordings={SECRET: 900})}
    for table in tables_of(tmp_path, lives).values():
        assert SECRET[0] not in table["recording_name"].to_list()


def test_without_a_public_catalogue_there_is_no_chart(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="a public catalogue's recordings"):
        World(tmp_path / "root", crowd(60, "PT")).produce(CHARTS)


def test_one_listener_has_one_vote_for_a_recording_and_thirty_in_a_country(tmp_path: Path) -> None:
    numbers = tables_of(tmp_path, crowd(60, "PT", songs=40, listens=500))[NUMBERS]
    assert numbers.height == 30
    assert set(numbers["about_listeners"]) == {60}


def test_a_small_country_and_one_with_few_recordings_are_not_told(tmp_path: Path) -> None:
    lives = crowd(60, "PT") | crowd(49, "IS") | crowd(60, "NO", songs=9)
    assert set(tables_of(tmp_path, lives)[NUMBERS]["country"]) == {"PT"}


def test_figures_that_are_too_small_too_exact_or_out_of_order_are_faults(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, crowd(60, "PT"))
    for change in ({"about_listeners": 40}, {"about_listeners": 61}):
        changed = tables[NUMBERS].with_columns(**{name: pl.lit(value, pl.Int64) for name, value in change.items()})
        assert CHARTS.faults({**tables, NUMBERS: changed}, POLICY)
    assert CHARTS.faults({**tables, RANKS: tables[RANKS].reverse()}, POLICY)
