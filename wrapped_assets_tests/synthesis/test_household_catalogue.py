"""What is bundled beside the household's exports agrees with them, and every import takes it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.consenting import import_consents
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.sources.recognition import read_path
from wrapped_assets.storage import consents
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.purposes import STATES, purpose_named
from wrapped_synthesis.household import HOUSEHOLD_SEED, HOUSEHOLD_YEARS
from wrapped_synthesis.household_catalogue import household_catalogue
from wrapped_synthesis.household_lives import CONSENTS, GROUPS, LIVES
from wrapped_synthesis.household_music import songs
from wrapped_synthesis.household_plays import plays_of

BUNDLED = Path(__file__).parents[2] / "data" / "household"


@pytest.fixture(scope="module")
def known() -> dict[str, list[dict[str, str]]]:
    made = household_catalogue(songs())
    return {name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(content.decode()))) for name, content in made.items()}


def test_every_artist_but_two_is_known_with_a_country_genres_and_all_albums(known: dict[str, list[dict[str, str]]]) -> None:
    music = songs()
    names = {row["artist_name"] for row in known["artists"]}
    assert names < music.keys()
    assert len(music) - len(names) == 2
    assert all(row["country"] and row["genre_names"] for row in known["artists"])
    albums = {(row["artist_name"], row["release_group_name"]) for row in known["release_groups"]}
    assert {(artist, song.album) for artist in names for song in music[artist]} <= albums
    titles = {(row["artist_names"].split("|")[0], row["recording_name"]) for row in known["recordings"]}
    assert titles == {(artist, song.title) for artist in names for song in music[artist]}


def test_genres_and_places_that_are_named_are_in_their_tables(known: dict[str, list[dict[str, str]]]) -> None:
    tree = {row["genre_name"]: row["parent_genre_name"] for row in known["genres"]}
    named = {
        genre for table in ("artists", "release_groups", "recordings") for row in known[table] for genre in row["genre_names"].split("|")
    }
    assert named - {""} <= tree.keys()
    assert {parent for parent in tree.values() if parent} <= tree.keys()
    places = {row["place_name"]: row["country"] for row in known["places"]}
    assert len(places) == len(known["places"])
    assert all(places.get(row["place_name"], row["country"]) == row["country"] for row in known["artists"])
    assert all(places[life.place] == life.country for life in LIVES)


def test_nothing_is_heard_in_a_year_before_it_came_out(known: dict[str, list[dict[str, str]]]) -> None:
    years = {(row["artist_name"], row["release_group_name"]): int(row["release_year"]) for row in known["release_groups"]}
    music, heard = songs(), set()
    for life in LIVES:
        for play in plays_of(life, music, HOUSEHOLD_SEED, HOUSEHOLD_YEARS):
            album = (play.song.artist_names[0], play.song.album)
            heard.add(album)
            assert years.get(album, 0) <= datetime.fromtimestamp(play.listened_at_ms / 1000, UTC).year
    new = {album for album, year in years.items() if year == max(HOUSEHOLD_YEARS)}
    assert new & heard
    assert new - heard


def test_answers_are_of_the_household_and_among_them_one_that_was_taken_back() -> None:
    assert {listener for listener, *_ in CONSENTS} == {life.name for life in LIVES}
    assert {state for *_, state, _ in CONSENTS} <= set(STATES)
    assert {"refused", "withdrawn", "objected"} <= {state for *_, state, _ in CONSENTS}
    assert all(purpose_named(purpose) for _, purpose, *_ in CONSENTS)
    register = json.loads((BUNDLED / "household.json").read_bytes())
    assert {group["name"]: tuple(group["listeners"]) for group in register["groups"]} == GROUPS


@pytest.mark.slow
def test_everything_bundled_is_accepted_and_only_exports_are_taken_for_listening(tmp_path: Path) -> None:
    register = json.loads((BUNDLED / "household.json").read_bytes())
    folders = {file.head.path.split("/")[0] for file in read_path(BUNDLED).files}
    assert folders == {life.name for life in LIVES}
    root = Root.open_or_make(tmp_path / "root", 2)
    for member in register["listeners"]:
        person = Person(member["name"], member["time_zone"], member["country"], member["birth_year"], member["place"])
        import_paths(root, [BUNDLED / name for name in member["files"]], person)
    catalogue = import_catalogue(root, [BUNDLED / "catalogue"])
    assert (catalogue.rejected, catalogue.unrecognised, catalogue.files) == ({}, 0, {"own_tables": 5})
    report = import_consents(root, BUNDLED / "consents.csv")
    assert (report.added, report.unknown_listeners) == (len(CONSENTS), 0)
    group = set_group(root, "home", GROUPS["home"])
    assert (len(group.members), group.silent_count) == (4, 0)
    for purpose in ("be_found", "recommend", "share_plays"):
        assert len(consents.standing(root, purpose, datetime.now(UTC))) == 3
