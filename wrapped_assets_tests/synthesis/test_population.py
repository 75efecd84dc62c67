"""A population is reproducible, possible, and plausible."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from wrapped_synthesis import population
from wrapped_synthesis.names import HOSTILE
from wrapped_synthesis.places import PLACES, offsets_of, to_utc_ms
from wrapped_synthesis.population import synthesise
from wrapped_synthesis.who import YEARLY_CAP

LISTENERS, LISTENS, YEARS = 60, 60_000, (2024, 2025)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("population")
    synthesise(LISTENERS, LISTENS, 7, YEARS, out)
    return out


@pytest.fixture(scope="module")
def events(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "events" / "*.parquet").sort("listener", "listened_at")


@pytest.fixture(scope="module")
def recordings(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "recordings.parquet")


def _bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_arguments_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    synthesise(LISTENERS, LISTENS, 7, YEARS, tmp_path)
    assert _bytes_of(tmp_path) == _bytes_of(folder)


def test_another_seed_gives_other_bytes_in_every_file(folder: Path, tmp_path: Path) -> None:
    synthesise(LISTENERS, LISTENS, 8, YEARS, tmp_path)
    mine, other = _bytes_of(folder), _bytes_of(tmp_path)
    assert mine.keys() == other.keys()
    same_world = {"catalogue/genres.parquet", "catalogue/places.parquet"}
    assert {name for name in mine if mine[name] == other[name]} == same_world


@pytest.mark.slow
def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    for threads in ("1", "3"):
        call = (
            "import sys, pathlib; from wrapped_synthesis.population import synthesise; "
            "synthesise(90, 400_000, 3, [2025], pathlib.Path(sys.argv[1]))"
        )
        subprocess.run([sys.executable, "-c", call, str(tmp_path / threads)], check=True, env={**os.environ, "POLARS_MAX_THREADS": threads})
    assert _bytes_of(tmp_path / "1") == _bytes_of(tmp_path / "3")


def test_exactly_as_many_plays_are_made_as_were_asked_for_in_the_asked_utc_years(events: pl.DataFrame) -> None:
    assert events.height == LISTENS
    assert set(events["listened_at"].dt.year()) == set(YEARS)


def test_the_event_log_has_the_columns_that_its_source_reads(events: pl.DataFrame, recordings: pl.DataFrame, folder: Path) -> None:
    assert events.schema == {
        "listener": pl.String(),
        "listened_at": pl.Datetime("ms", "UTC"),
        "recording": pl.Int64(),
        "ms_played": pl.Int64(),
        "is_private": pl.Boolean(),
        "is_skipped": pl.Boolean(),
    }
    assert recordings.schema == {
        "recording": pl.Int64(),
        "recording_name": pl.String(),
        "artist_names": pl.List(pl.String()),
        "release_group_name": pl.String(),
        "duration_ms": pl.Int32(),
        "spotify_uri": pl.String(),
        "isrc": pl.String(),
    }
    assert not events.null_count().sum_horizontal().item()
    assert set(events["recording"]) <= set(recordings["recording"])
    assert set(events["listener"]) <= set(pl.read_parquet(folder / "listeners.parquet")["listener"])


def test_a_month_file_holds_its_month_in_the_order_of_time(folder: Path) -> None:
    for path in (folder / "events").iterdir():
        times = pl.read_parquet(path)["listened_at"]
        assert set(times.dt.strftime("%Y-%m")) == {path.stem}
        assert times.is_sorted()


def test_no_two_plays_of_a_listener_overlap(events: pl.DataFrame) -> None:
    ended = events["listened_at"] + events.select(pl.duration(milliseconds="ms_played")).to_series()
    following = events.select(pl.col("listened_at").shift(-1).over("listener")).to_series()
    assert not (ended > following).any()
    assert events["ms_played"].min() > 0


def test_even_a_listener_at_the_cap_never_hears_two_things_at_once(tmp_path: Path) -> None:
    synthesise(2, YEARLY_CAP * 2, 1, [2025], tmp_path)
    busy = pl.read_parquet(tmp_path / "events" / "*.parquet").sort("listener", "listened_at")
    start = busy["listened_at"].dt.timestamp("ms")
    same = busy["listener"] == busy["listener"].shift(-1)
    assert not ((start + busy["ms_played"] > start.shift(-1)) & same).any()
    assert set(busy["listened_at"].dt.year()) == {2025}


def test_more_listens_than_ears_can_take_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ask for more listeners"):
        synthesise(2, YEARLY_CAP * 2 + 1, 1, [2025], tmp_path)


def test_old_events_are_never_mixed_with_new_ones(folder: Path) -> None:
    with pytest.raises(FileExistsError, match="empty or absent"):
        synthesise(LISTENERS, LISTENS, 7, YEARS, folder)


def test_blocks_split_a_month_into_parts_and_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "BLOCK_PLAYS", 4_000)
    seen: list[tuple[int, int]] = []
    report = synthesise(40, 20_000, 2, [2025], tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert report.listens == 20_000 == pl.read_parquet(tmp_path / "events" / "*.parquet").height
    assert (tmp_path / "events" / "2025-01-001.parquet").exists()
    assert seen[-1] == (20_000, 20_000)
    assert len(seen) > 1


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.time_zone in {"Europe/Lisbon", "Australia/Lord_Howe", "Asia/Kathmandu"}]
)
def test_local_times_become_the_instants_that_zoneinfo_gives(place: object) -> None:
    zone, row = ZoneInfo(PLACES[PLACES.index(place)].time_zone), PLACES.index(place)
    locals_ = [datetime(2024, 1, 1) + timedelta(minutes=17 * step) for step in range(2 * 366 * 24 * 60 // 17)]  # noqa: DTZ001 (wall clock)
    naive_ms = np.array([int(local.replace(tzinfo=UTC).timestamp()) * 1000 for local in locals_])
    expected = np.array([int(local.replace(tzinfo=zone).timestamp()) * 1000 for local in locals_])
    assert np.array_equal(to_utc_ms(naive_ms, np.full(len(naive_ms), row), offsets_of(PLACES, 2024, 2025)), expected)


def test_listeners_sleep_in_their_own_night(events: pl.DataFrame, folder: Path) -> None:
    people = pl.read_parquet(folder / "listeners.parquet")
    of_zone = events.join(people, on="listener").partition_by("time_zone")
    hours = pl.concat([plays["listened_at"].dt.convert_time_zone(plays["time_zone"][0]).dt.hour() for plays in of_zone])
    assert (hours.is_between(3, 5)).mean() < 0.07
    assert (hours.is_between(17, 19)).mean() > 0.12


def test_skips_and_private_sessions_have_their_share(events: pl.DataFrame) -> None:
    assert 0.17 < events["is_skipped"].mean() < 0.23
    assert 0.005 < events["is_private"].mean() < 0.03
    skipped, heard = events.filter("is_skipped")["ms_played"], events.filter(~pl.col("is_skipped"))["ms_played"]
    assert skipped.median() < 30_000 < heard.median()


def test_few_recordings_hold_much_of_the_listening_but_not_all(tmp_path: Path) -> None:
    synthesise(200, 400_000, 5, [2025], tmp_path)
    counts = pl.read_parquet(tmp_path / "events" / "*.parquet").group_by("recording").len().sort("len", descending=True)["len"]
    assert 0.12 < counts.head(len(counts) // 100).sum() / counts.sum() < 0.6
    listens = pl.read_parquet(tmp_path / "events" / "*.parquet").group_by("listener").len()["len"]
    assert listens.median() < 0.8 * listens.mean()


def test_favourites_last_and_taste_drifts(events: pl.DataFrame) -> None:
    by_year = events.group_by("listener", pl.col("listened_at").dt.year().alias("year")).agg(pl.col("recording").unique())
    first, second = (by_year.filter(year=year).drop("year") for year in YEARS)
    both = first.join(second, on="listener", suffix="_later").filter(pl.col("recording_later").list.len() > 100)
    known = both.select(pl.col("recording_later").list.set_intersection("recording").list.len() / pl.col("recording_later").list.len())
    assert 0.1 < known.to_series().mean() < 0.7


def test_names_are_unique_per_artist_and_identifiers_are_well_formed(recordings: pl.DataFrame) -> None:
    with_artist = recordings.select(pl.col("artist_names").list.first(), "recording_name")
    assert with_artist.is_unique().all()
    assert recordings["spotify_uri"].str.contains(r"^spotify:track:[0-9A-Za-z]{22}$").all()
    assert recordings["isrc"].str.contains(r"^[A-Z]{2}[0-9A-Z]{3}[0-9]{7}$").all()
    assert recordings["spotify_uri"].is_unique().all()
    assert recordings["isrc"].is_unique().all()


def test_some_artists_are_featured_and_never_beside_themselves(recordings: pl.DataFrame) -> None:
    credited = recordings["artist_names"].list
    assert 0.05 < (credited.len() > 1).mean() < 0.2
    assert (credited.len() == credited.n_unique()).all()
    assert recordings["recording_name"].str.contains(r"[(\[](feat\.|ft\.) ").any()


def test_hostile_and_foreign_texts_are_among_the_names(recordings: pl.DataFrame) -> None:
    texts = set(recordings["recording_name"])
    assert len([text for text in HOSTILE if any(text in name for name in texts)]) > 10
    assert any(re.search(r"[^\x00-\x7f]", name) for name in texts)


def test_listeners_live_in_many_countries_and_some_are_minors_or_give_no_year(tmp_path: Path) -> None:
    synthesise(3_000, 30_000, 4, [2025], tmp_path)
    people = pl.read_parquet(tmp_path / "listeners.parquet")
    assert people["country"].n_unique() >= 20
    assert people["listener"][17] == "listener-000017"
    assert 0.1 < people["birth_year"].null_count() / people.height < 0.2
    assert 0.02 < (people["birth_year"] > 2025 - 18).mean() < 0.1
