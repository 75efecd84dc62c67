"""Names and ids that one listener's history links are one recording and one artist, for that listener alone."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import Found, rehearse, surrogates_of
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.listens.plays import EXACT, MINUTES, SCROBBLES, duplicates_in, frame, listens_in, loaded, play, scrobble

URI, OTHER_URI = "spotify:track:0000000000000000000001", "spotify:track:0000000000000000000002"
MBID = "11111111-1111-4111-8111-00002fcb3310"


def by_artist(artist: str, title: str, month: int, **more: Any) -> dict[str, Any]:
    return play(f"2026-{month:02d}-01 12:00", title, artist_credit=artist, **more)


def counts(found: Found, kind: str) -> list[int]:
    """How often each recording, artist or release group was played, most often first."""
    return listens_in(found)[f"{kind}_id"].drop_nulls().value_counts()["count"].sort(descending=True).to_list()


def heard(*plays: dict[str, Any]) -> Found:
    return loaded((EXACT, list(plays)))


def test_an_id_that_changes_its_title_is_one_recording() -> None:
    old = [by_artist("bo", "Eple", month, spotify_uri=URI) for month in (1, 2, 3)]
    new = [by_artist("bo", "Apple", month, spotify_uri=URI) for month in (4, 5)]
    assert counts(heard(*old, *new), "recording") == [5]


@pytest.mark.parametrize("id_", [{"spotify_uri": URI}, {"isrc": "NOABC0100001"}, {"recording_mbid": MBID}], ids=str)
def test_a_renamed_artist_is_one_artist_also_in_songs_that_kept_no_id(id_: dict[str, str]) -> None:
    plays = [by_artist("old name", "Eple", 1, **id_), by_artist("new name", "Eple", 5, **id_), by_artist("old name", "Walk", 2)]
    plays.append(by_artist("New Name", "Walk", 6))
    found = heard(*plays)
    assert (counts(found, "artist_credit"), counts(found, "recording")) == ([4], [2, 2])
    newest = heard(by_artist("new name", "Walk", 6))
    assert set(listens_in(found)["artist_credit_id"]) == set(listens_in(newest)["artist_credit_id"])


def test_a_mapping_that_agrees_in_neither_title_nor_artist_links_nothing() -> None:
    mapped = heard(by_artist("bo", "Eple", 1, recording_mbid=MBID), by_artist("cy", "Walk", 2, recording_mbid=MBID))
    assert counts(mapped, "recording") == [1, 1]


def test_various_artists_and_credits_of_several_are_no_other_name_of_an_artist() -> None:
    for other in ("Various Artists", "bo & cy"):
        pair = [by_artist("bo", "Eple", 1, spotify_uri=URI), by_artist(other, "Eple", 2, spotify_uri=URI)]
        found = heard(*pair, by_artist(other, "Walk", 3), by_artist("bo", "Night", 4))
        assert counts(found, "recording") == [2, 1, 1]
        assert len(counts(found, "artist_credit")) == 2


def test_two_names_of_one_playback_are_one_recording_in_every_month() -> None:
    streamed = [by_artist("album artist", "Eple", month, release_group_name="steps", duration_ms=180_000) for month in (1, 2)]
    credit = {"artist_credit": "track artist", "release_group_name": "Steps"}
    scrobbled = [scrobble(f"2026-{month:02d}-01 12:00:01", "Eple", **credit) for month in (2, 3)]
    found = loaded((EXACT, streamed), (SCROBBLES, scrobbled))
    assert counts(found, "recording") == [3]
    assert duplicates_in(found)["duplicate_reason"].to_list() == ["times_agree"]


def test_the_same_title_of_others_on_another_album_stays_theirs() -> None:
    streamed = by_artist("bo", "Home", 2, release_group_name="steps", duration_ms=180_000)
    other = scrobble("2026-02-01 12:00:01", "Home", artist_credit="cy", release_group_name="walls", duration_ms=240_000)
    assert counts(loaded((EXACT, [streamed]), (SCROBBLES, [other])), "recording") == [1, 1]


def test_names_that_a_client_sent_are_those_of_other_exports() -> None:
    mapped = by_artist("The Mapped", "Dawn, Part 2", 1, submitted_title="Dawn Pt. 2", submitted_artist_credit="The Sent")
    found = loaded((EXACT, [by_artist("The Sent", "Dawn Pt. 2", 1)]), (MINUTES, [mapped]))
    assert counts(found, "recording") == [1]


def test_a_play_without_an_album_takes_the_one_most_often_seen_of_that_recording() -> None:
    with_album = [by_artist("bo", "Eple", month, release_group_name=name) for month, name in ((1, "single"), (2, "steps"), (3, "steps"))]
    found = heard(*with_album, by_artist("bo", "Eple", 4), by_artist("bo", "Walk", 5))
    assert counts(found, "release_group") == [3, 1]


def test_no_listener_links_names_for_another() -> None:
    renamed = frame(by_artist("old", "Eple", 1, spotify_uri=URI), by_artist("new", "Eple", 2, spotify_uri=URI), by_artist("old", "Walk", 3))
    other = frame(by_artist("old", "Eple", 1), by_artist("old", "Walk", 2), by_artist("new", "Walk", 3))
    together = listens_in(rehearse({"ana": renamed, "bo": other}, [2026], only=["plays"]))
    alone = listens_in(rehearse({"bo": other}, [2026], only=["plays"]))
    assert together.filter(pl.col("listener_id").is_in(alone["listener_id"].implode())).equals(alone)


def test_the_order_of_loading_changes_no_link() -> None:
    exports = [
        (EXACT, [by_artist("old", "Eple", 1, spotify_uri=URI), by_artist("old", "Walk", 2, spotify_uri=OTHER_URI)]),
        (MINUTES, [by_artist("new", "Eple", 1, spotify_uri=URI), by_artist("new", "Walk - 2023 Remaster", 2, spotify_uri=OTHER_URI)]),
        (SCROBBLES, [scrobble("2026-03-01 12:00", "Walk", artist_credit="old")]),
    ]
    first, *others = [listens_in(loaded(*order)) for order in permutations(exports)]
    assert all(other.equals(first) for other in others)
    assert first["artist_credit_id"].n_unique() == 1


def test_the_spelling_most_often_seen_is_the_one_that_is_left_then_the_newest() -> None:
    loud = by_artist("NIGHTJAR CHOIR", "THIRD RAIL", 6)
    usual = [by_artist("Nightjar Choir", "Third Rail", month) for month in (1, 2, 3)]
    found = rehearse({"ana": frame(loud, *usual, by_artist("NIGHTJAR CHOIR", "Walk", 7))}, [2026], only=["plays", "artist_credits"])
    tracks = pl.concat(rows for (key, _), rows in found.items() if key == "catalogue/tracks")
    artists = pl.concat(rows for (key, _), rows in found.items() if key == "catalogue/artist_credits")
    assert set(tracks["recording_name"]) == {"Third Rail", "Walk"}
    assert set(artists["artist_name"]) == {"Nightjar Choir"}


@pytest.mark.parametrize(("rules", "recordings"), [("default", 4), ("spotify-compatible", 3)])
def test_which_versions_are_one_recording_is_a_rule(rules: str, recordings: int) -> None:
    titles = ("Eple", "Eple - 2011 Remaster", "Eple - Radio Edit", "Eple - Live", "Eple (Walk Remix)")
    plays = frame(*(by_artist("bo", title, month) for month, title in enumerate(titles, 1)))
    found = rehearse({"ana": plays}, [2026], only=["plays"], rules={2026: rules_for(rules, 2026)})
    assert listens_in(found)["recording_id"].n_unique() == recordings


RENAMED = {"known_recordings": [{"recording_name": "Apple", "artist_names": ["new"], "spotify_uri": URI}]}


def _by_listener(found: Found, column: str) -> dict[str, set[int]]:
    names = {number: name for name, number in surrogates_of(("ana", "bo", "cy")).items()}
    return {names[number]: set(ids) for number, ids in listens_in(found).group_by("listener_id").agg(column).iter_rows()}


def test_a_catalogue_gives_an_id_one_name_for_everybody_who_played_it() -> None:
    people = {
        "ana": frame(by_artist("old", "Eple", 1, spotify_uri=URI), by_artist("old", "Eple", 2)),
        "bo": frame(by_artist("new", "Apple", 1)),
        "cy": frame(by_artist("old", "Eple", 1)),
    }
    known = rehearse(people, [2026], only=["plays", "recording_chart"], catalogue=RENAMED)
    by_listener = _by_listener(known, "recording_id")
    assert by_listener["ana"] == by_listener["bo"], "the id's name, also in the play without an id that her history links to it"
    assert by_listener["cy"] != by_listener["bo"], "a name without an id is what it says"
    assert len(by_listener["ana"]) == 1
    alone = rehearse({"cy": people["cy"]}, [2026], only=["plays"], catalogue=RENAMED)
    assert _by_listener(alone, "recording_id")["cy"] == by_listener["cy"]


@pytest.mark.parametrize(("others", "same"), [((), True), (("old",), False)], ids=["an alias", "an artist of the catalogue"])
def test_a_catalogues_name_of_an_artist_holds_in_other_songs_unless_both_are_artists(others: tuple[str, ...], same: bool) -> None:
    known = {
        "known_recordings": [{"recording_name": "Eple", "artist_names": ["new"], "isrc": "NOABC0100001"}],
        "known_artists": [{"artist_name": name} for name in ("new", *others)],
    }
    people = {
        "ana": frame(by_artist("old", "Eple", 1, isrc="NOABC0100001"), by_artist("old", "Walk", 2)),
        "bo": frame(by_artist("new", "Eple", 3), by_artist("new", "Walk", 4)),
    }
    ids = _by_listener(rehearse(people, [2026], only=["plays"], catalogue=known), "recording_id")
    assert (ids["ana"] == ids["bo"], len(ids["ana"] & ids["bo"])) == (same, 1 + same)


def test_a_catalogues_artist_by_mbid_has_one_name_for_everybody() -> None:
    artist = {"artist_names": ["Ye"], "artist_mbids": [MBID]}
    people = {"ana": frame(by_artist("Ye", "Eple", 1, **artist), by_artist("Ye", "Walk", 2)), "bo": frame(by_artist("Kanye", "Walk", 1))}
    known = {"known_artists": [{"artist_name": "Kanye", "artist_mbid": MBID}]}
    credit = _by_listener(rehearse(people, [2026], only=["plays"], catalogue=known), "artist_credit_id")
    assert credit["ana"] == credit["bo"]


@pytest.mark.parametrize(
    "rows",
    [
        [{"recording_name": "Walk", "artist_names": ["cy"], "isrc": "NOABC0100001"}],
        [{"recording_name": name, "artist_names": ["bo"], "isrc": "NOABC0100001"} for name in ("Apple", "Pear")],
        [{"recording_name": name, "artist_names": ["bo"], "isrc": "NOABC0100001"} for name in ("Apple", "Eple")],
    ],
    ids=["agrees in nothing", "two recordings of one id", "one of them as exported"],
)
def test_a_catalogue_that_is_in_doubt_renames_nothing(rows: list[dict[str, Any]]) -> None:
    people = {"ana": frame(by_artist("bo", "Eple", 1, isrc="NOABC0100001"))}
    with_it, without = (listens_in(rehearse(people, [2026], only=["plays"], catalogue=known)) for known in ({"known_recordings": rows}, {}))
    assert with_it.equals(without)


def test_a_catalogue_splits_no_playback_that_was_one() -> None:
    exports = [
        (EXACT, frame(by_artist("old", "Eple", 1, spotify_uri=URI))),
        (SCROBBLES, frame(scrobble("2026-01-01 12:00", "Eple", artist_credit="old"))),
    ]
    assert listens_in(rehearse({"ana": exports}, [2026], only=["plays"], catalogue=RENAMED)).height == 1
