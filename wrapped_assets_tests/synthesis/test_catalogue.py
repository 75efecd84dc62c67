"""The catalogue and the consents of a population are plausible, incomplete as real ones are, and accepted by their imports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.consenting import import_consents
from wrapped_assets.building.importing import import_paths
from wrapped_assets.contracts.known import NAMED
from wrapped_assets.storage import consents, profiles
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.purposes import PURPOSES
from wrapped_synthesis.careers import FIRST_YEAR, Careers, careers, release_years
from wrapped_synthesis.cities import CITY_PLACE, city_names, countries
from wrapped_synthesis.genre_tree import ROOTS, genre_rows
from wrapped_synthesis.places import PLACES
from wrapped_synthesis.population import synthesise
from wrapped_synthesis.repertoire import GENRE_COUNT

YEARS = (2024, 2025)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("population")
    synthesise(3_000, 300_000, 11, YEARS, out)
    return out


@pytest.fixture(scope="module")
def known(folder: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in (folder / "catalogue").iterdir()}


@pytest.fixture(scope="module")
def said(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "consents.parquet")


@pytest.fixture(scope="module")
def loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root.open_or_make(tmp_path_factory.mktemp("root"), 4)
    report = import_paths(root, [folder], None)
    assert (report.accepted, report.rejected, report.problems, report.unrecognised) == (300_000, {}, [], [])
    return root


def test_a_catalogue_has_its_own_tables_and_only_columns_of_theirs(known: dict[str, pl.DataFrame]) -> None:
    assert {f"known_{name}" for name in known} == NAMED.keys()
    assert not [name for name, table in known.items() if set(table.columns) - set(NAMED[f"known_{name}"])]


def test_a_catalogue_does_not_know_everything(known: dict[str, pl.DataFrame], folder: Path) -> None:
    heard = pl.read_parquet(folder / "recordings.parquet").with_columns(artist_name=pl.col("artist_names").list.first())
    albums = heard.select("artist_name", "release_group_name").unique()
    assert 0.04 < 1 - known["artists"].height / heard["artist_name"].n_unique() < 0.1
    assert 0.06 < 1 - known["release_groups"].height / albums.height < 0.16
    assert 0.13 < known["recordings"]["genre_names"].null_count() / known["recordings"].height < 0.17
    assert not known["release_groups"].join(albums, on=["artist_name", "release_group_name"], how="anti").height
    whole = known["recordings"].join(heard, on=["isrc", "spotify_uri", "recording_name", "release_group_name"])
    assert whole.height == known["recordings"].height < heard.height
    assert set(whole["artist_name"]) == set(known["artists"]["artist_name"])


def test_an_album_has_at_least_the_tracks_that_can_be_heard_and_often_just_these(known: dict[str, pl.DataFrame]) -> None:
    keys = ["artist_name", "release_group_name"]
    tracks = known["recordings"].with_columns(artist_name=pl.col("artist_names").list.first()).group_by(keys)
    of_album = tracks.agg(pl.len(), pl.col("release_year").unique().alias("years"), pl.max("track_position"))
    both = known["release_groups"].join(of_album, on=keys)
    assert both.height == known["release_groups"].height
    assert (both["track_count"] >= both["len"]).all()
    assert 0.5 < (both["track_count"] == both["len"]).mean() < 0.8
    assert (both["track_position"] == both["len"]).all()
    assert (both["years"] == both.select(pl.concat_list("release_year")).to_series()).all()


def test_music_is_new_and_old_and_new_in_each_synthesised_year(known: dict[str, pl.DataFrame]) -> None:
    years = known["release_groups"]["release_year"]
    assert years.min() >= FIRST_YEAR
    assert years.max() == max(YEARS)
    assert (years < 1990).mean() > 0.05
    assert all(0.01 < (years == year).mean() < 0.15 for year in YEARS)


def test_careers_lie_between_the_first_year_and_the_newest_and_albums_within_them_in_order() -> None:
    artists, newest = 600, 2025
    drawn = np.random.Generator(np.random.PCG64(3)).integers(0, 65_536, (5, artists * 6))
    of = careers(np.arange(artists) % GENRE_COUNT, np.arange(artists) * 109, drawn[:3, :artists], newest)
    assert isinstance(of, Careers)
    assert (of.first >= FIRST_YEAR).all()
    assert (of.first <= of.last).all()
    assert (of.last <= newest).all()
    artist, number = np.repeat(np.arange(artists), 6), np.tile(np.arange(6), artists)
    years = release_years(artist, number, np.full(artists * 6, 6), of, drawn[3]).reshape(artists, 6)
    assert (np.diff(years, axis=1) >= 0).all()
    assert (years[:, 0] >= of.first).all()
    assert (years[:, -1] <= of.last).all()


def test_every_place_is_known_once_with_its_country_and_lies_in_its_time_zone(known: dict[str, pl.DataFrame], folder: Path) -> None:
    places = known["places"]
    assert places["place_name"].str.to_lowercase().is_unique().all()
    assert places.null_count().sum_horizontal().item() == 0
    listeners = pl.read_parquet(folder / "listeners.parquet")
    assert listeners.join(places, left_on=["place", "country"], right_on=["place_name", "country"], how="anti").is_empty()
    artists = known["artists"].filter(pl.col("place_name").is_not_null())
    assert artists.join(places, on=["place_name", "country"], how="anti").is_empty()
    assert 0.05 < 1 - artists.height / known["artists"].height < 0.2
    every = np.arange(len(CITY_PLACE))
    zones = dict(zip(city_names(every), (PLACES[place].time_zone for place in CITY_PLACE), strict=True))
    assert {zones[place] for place in listeners["place"]} == {ZoneInfo(zone).key for zone in listeners["time_zone"]}
    assert (listeners["time_zone"] == pl.Series([zones[place] for place in listeners["place"]])).all()
    assert (countries(every) == pl.Series([PLACES[place].country for place in CITY_PLACE])).all()
    assert listeners["place"].value_counts()["count"].max() > 100


def test_artists_come_mostly_from_where_their_genre_is_at_home(known: dict[str, pl.DataFrame]) -> None:
    at_home = {root.name: {place.country for place in PLACES if place.genre == number} for number, root in enumerate(ROOTS)}
    assert all(at_home.values())
    rows = known["artists"].select(pl.col("genre_names").list.first(), "country").rows()
    assert sum(country in at_home[genre] for genre, country in rows) > 0.7 * len(rows)


def test_genres_are_a_tree_whose_roots_are_the_genres_of_the_population(known: dict[str, pl.DataFrame]) -> None:
    rows = genre_rows()
    parents = {name: parent for name, parent, _ in rows}
    assert len(parents) == len(rows) == known["genres"].height
    assert [name for name, parent in parents.items() if parent is None] == [root.name for root in ROOTS]
    assert len(ROOTS) == GENRE_COUNT
    assert {parent for parent in parents.values() if parent} <= parents.keys()
    for table in ("artists", "release_groups", "recordings"):
        assert set(known[table]["genre_names"].explode().drop_nulls()) <= parents.keys()


def test_who_loves_an_old_genre_is_likelier_to_be_old(known: dict[str, pl.DataFrame], folder: Path) -> None:
    listeners = pl.read_parquet(folder / "listeners.parquet")
    recordings = pl.read_parquet(folder / "recordings.parquet", columns=["recording", "isrc"])
    plays = pl.read_parquet(folder / "events" / "*.parquet", columns=["listener", "recording"]).join(recordings, on="recording")
    years = plays.join(known["recordings"].select("isrc", "release_year"), on="isrc").group_by("listener").agg(pl.mean("release_year"))
    both = years.join(listeners, on="listener").drop_nulls("birth_year")
    assert both.select(pl.corr("release_year", "birth_year")).item() > 0.1
    assert both["release_year"].std() > 2


def test_people_agree_refuse_take_back_and_object_and_some_are_restricted(said: pl.DataFrame, folder: Path) -> None:
    listeners = pl.read_parquet(folder / "listeners.parquet")
    states = {purpose: set(of["state"]) for (purpose,), of in said.group_by("purpose")}
    assert states.keys() == {*PURPOSES, "partner:acme", None}
    assert states[None] == {"restricted"}
    assert states["marketing"] == {"given", "refused", "withdrawn"}
    assert states["artist_statistics"] == {"given", "objected"}
    assert 3 <= said["purpose"].null_count() <= 30
    assert set(said["listener"]) <= set(listeners["listener"])
    assert said["valid_from"].max() < datetime(min(YEARS), 12, 31, tzinfo=UTC)
    back = said.filter(state="withdrawn").join(said.filter(state="given"), on=["listener", "purpose"], how="left", suffix="_given")
    assert (back["valid_from"] > back["valid_from_given"]).all()
    agreed = said.filter(purpose="marketing", state="given").join(listeners, on="listener")
    assert agreed["birth_year"].null_count() > 0
    assert (agreed["birth_year"] > max(YEARS) - 18).any()


def test_the_whole_folder_is_accepted(loaded: Root, folder: Path, known: dict[str, pl.DataFrame], said: pl.DataFrame) -> None:
    report = import_catalogue(loaded, [folder / "catalogue"])
    assert (report.rejected, report.unrecognised, report.files) == ({}, 0, {"own_tables": 5})
    assert report.rows == {f"known_{name}": table.height for name, table in known.items()}
    agreed = import_consents(loaded, folder / "consents.parquet")
    assert agreed.added + agreed.restricted == said.height
    assert agreed.unknown_listeners == 0
    assert 0.55 < profiles.profiles_frame(loaded)["is_findable"].mean() < 0.65
    assert 0.45 < len(consents.standing(loaded, "group", datetime.now(UTC))) / 3_000 < 0.55
    assert profiles.profiles_frame(loaded)["place_name"].null_count() == 0
