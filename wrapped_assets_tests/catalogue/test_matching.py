"""What a catalogue's rows say of what was heard, against a slow twin, and the cases that people will ask about."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.building.evaluate import lazy_result
from wrapped_assets.building.excluding import APART
from wrapped_assets.building.looked_up import ids_wanted
from wrapped_assets.building.rehearsed_inputs import known_frame
from wrapped_assets.catalogue.artist_credits import artist_credits
from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.contracts.known import KNOWN, NAMED
from wrapped_assets.contracts.source import TRACK_SCHEMA
from wrapped_assets.kernels.rows_by_id import Scanned
from wrapped_assets.listens.code import coded_tracks
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.catalogue import slow_matching as slow

ASSETS = ("artists", "release_groups", "recordings", "artist_genres", "recording_genres", "genres", "places", "year_releases",
          "release_recordings")  # fmt: skip
YEAR = 2026
MBIDS = [f"{n}" * 8 + f"-{n * 4}-{n * 4}-{n * 4}-{n * 12}" for n in "ab"]


def heard(title: str = "t", artists: tuple[str, ...] = ("bo",), group: str | None = None, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(TRACK_SCHEMA)
    return blank | {"title": title, "artist_names": list(artists), "release_group_name": group, "media": "music"} | more


def known(table: str, **said: Any) -> dict[str, Any]:
    return dict.fromkeys(NAMED[table]) | said


def computed(played: list[dict[str, Any]], catalogue: dict[str, list[dict[str, Any]]]) -> dict[str, pl.DataFrame]:
    """Every asset of the catalogue over these tracks; what is known comes in another order, for order must not matter."""
    landed = coded_tracks(pl.DataFrame(played, schema=TRACK_SCHEMA))
    frames = {name: _reversed(known_frame(name, catalogue.get(name, ()))) for name in KNOWN}
    frames["tracks"] = pl.concat([tracks(landed.lazy(), APART).collect()] * 2)  # two months with the same spellings
    frames["artist_credits"] = artist_credits(frames["tracks"].lazy()).collect()
    frames["profiles"] = pl.DataFrame({"place_name": ["Oslo"]})
    by_key = project_graph().by_key
    for name in ASSETS:
        asset = by_key[f"catalogue/{name}"]
        inputs = {read.asset: frames[read.asset].select(read.columns) for read in asset.reads}
        frames[name] = lazy_result(asset, inputs, rules_for("default", YEAR), str(YEAR)).collect()
        few = inputs | {table: rows[inputs[table].columns] for table, rows in _looked_up(asset, frames).items()}
        of_few = lazy_result(asset, few, rules_for("default", YEAR), str(YEAR)).collect()
        assert of_few.equals(frames[name]), "a row that no lookup finds counts"
        assert frames[name].schema == pl.Schema(asset.schema)
        assert not frames[name].select(asset.grain).is_duplicated().any()
    return frames


def test_every_asset_that_looks_rows_up_is_held_to_this() -> None:
    """`computed` asserts it: the rows that an asset's `lookups` leave out change nothing."""
    assert {asset.name for asset in project_graph().by_key.values() if asset.lookups and asset.kind != "span_bucket"} <= set(ASSETS)


def _looked_up(asset: Declaration, frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows that a build gives the asset of each table that it looks rows up in."""
    tables = {one.table: [each for each in asset.lookups if each.table == one.table] for one in asset.lookups}
    wanted = {table: ids_wanted(lookups, frames.__getitem__) for table, lookups in tables.items()}
    return {table: Scanned(frames[table].lazy()).rows(found, frames[table].columns) for table, found in wanted.items()}


def _reversed(frame: pl.DataFrame) -> pl.DataFrame:
    # Not DataFrame.reverse: in polars 2.1.0 it turns a column of two or more null lists into List(Null).
    return frame[list(range(frame.height))[::-1]]


def ids(names: list[str]) -> dict[str, int]:
    frame = known_frame("known_artists", [{"artist_name": name} for name in names])
    return dict(zip(names, frame["artist_id"].to_list(), strict=True))


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


ARTIST = st.fixed_dictionaries(
    {"artist_name": some("bo", "cy", "di"), "artist_mbid": some(None, *MBIDS), "country": some(None, "NO", "PT"),
     "place_name": some(None, "Oslo"), "genre_names": some(None, ["Jazz"], ["bop", "polka"])}
).map(lambda row: known("known_artists", **row))  # fmt: skip
GROUP = st.fixed_dictionaries(
    {"release_group_name": some("g", "h"), "artist_name": some("bo", "cy", "di"), "release_group_mbid": some(None, *MBIDS),
     "track_count": some(None, 3, 4), "release_year": some(None, 1999, YEAR), "genre_names": some(None, ["rock"], ["be-bop"])}
).map(lambda row: known("known_release_groups", **row))  # fmt: skip
RECORDING = st.fixed_dictionaries(
    {"recording_name": some("t", "u", "v"), "artist_names": some(["bo"], ["bo", "cy"], ["di"]), "recording_mbid": some(None, *MBIDS),
     "isrc": some(None, "I"), "spotify_uri": some(None, "spotify:track:1"), "release_year": some(None, 1990, 1991),
     "release_group_name": some(None, "g"), "genre_names": some(None, [], ["JAZZ"], ["Bebop", "jazz"])}
).map(lambda row: known("known_recordings", **row))  # fmt: skip
TRACK = st.builds(
    heard, some("t", "u"), some(("bo",), ("bo", "cy")), some(None, "g", "h"), artist_mbids=some(None, MBIDS[:1], MBIDS),
    recording_mbid=some(None, *MBIDS), isrc=some(None, "I"), spotify_uri=some(None, "spotify:track:1"),
    media=some("music", "music", "podcast"),
)  # fmt: skip
TREE = [known("known_genres", genre_name="jazz"), known("known_genres", genre_name="bop", parent_genre_name="jazz",
        genre_aliases=["bebop", "Be-Bop"]), known("known_genres", genre_name="rock")]  # fmt: skip


def distinct(rows: list[dict[str, Any]], *own_ids: str) -> list[dict[str, Any]]:
    """At most one row per id, as an import leaves them."""
    found: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        found[next((row[name] for name in own_ids if row[name]), number)] = row
    return list(found.values())


@settings(max_examples=12, deadline=None)
@given(
    st.lists(TRACK, min_size=1, max_size=5), st.lists(ARTIST, max_size=4), st.lists(GROUP, max_size=4), st.lists(RECORDING, max_size=4),
    st.booleans(),
)  # fmt: skip
def test_matching_agrees_with_the_slow_twin(
    played: list[Any], artists: list[Any], groups: list[Any], recordings: list[Any], tree: bool
) -> None:
    artists, groups = distinct(artists, "artist_mbid"), distinct(groups, "release_group_mbid")
    recordings = distinct(recordings, "recording_mbid")
    genres = TREE if tree else []
    found = computed(
        played,
        {"known_artists": artists, "known_release_groups": groups, "known_recordings": recordings, "known_genres": genres},
    )  # fmt: skip
    music = [track for track in played if track["media"] == "music"]
    names = sorted({name for track in music for name in track["artist_names"]})
    by_name = ids(names)

    expected = {by_name[name]: slow.artist(name, music, artists) for name in names}
    assert {row[0]: row[1:] for row in found["artists"].rows()} == {key: row for key, row in expected.items() if row}

    tags = {name: [tag for row in slow.artist_rows(name, music, artists) for tag in row["genre_names"] or ()] for name in names}
    of_artist = {name: slow.canonical(tags[name], genres) for name in names}
    shares = {(by_name[name], genre): 1 / len(all_of) for name, all_of in of_artist.items() for genre in all_of}
    assert {row[:2]: row[2] for row in found["artist_genres"].rows()} == shares

    group_facts, years = {}, {}
    for name in {track["release_group_name"] for track in music} - {None}:
        rows = [row for row in groups if (row["release_group_name"], row["artist_name"]) == (name, "bo")]
        years[name] = slow.agreed(rows, "release_year", "release_group_mbid")
        group_facts[name] = (slow.agreed(rows, "track_count", "release_group_mbid"), years[name])
    assert sorted(found["release_groups"].rows(), key=repr) == sorted(
        ((_group_id(name), *facts) for name, facts in group_facts.items() if facts != (None, None)), key=repr
    )

    told = {row["recording_id"]: row for row in found["recordings"].to_dicts()}
    listed: dict[int, set[tuple[Any, ...]]] = {}
    for row in found["recording_genres"].to_dicts():
        listed.setdefault(row["recording_id"], set()).add((row["genre_name"], row["genre_share"], row["genre_source"]))
    keys = {(track["title"], tuple(track["artist_names"])) for track in music}
    assert len(told) == len(keys)
    for key in keys:
        row = told[_recording_id(key)]
        most = {_group_id(name): name for name in slow.release_group_of(key, music)}
        assert (row["release_group_id"], row["artist_id"]) == (min(most, default=None), by_name["bo"])
        group = most.get(row["release_group_id"])
        ways = slow.recording_matches(key, music, recordings)
        by_way = [slow.agreed(way, "release_year", "recording_mbid") for way in ways]
        assert row["release_year"] == next((year for year in by_way if year), years.get(group))
        own = [slow.canonical([tag for one in way for tag in one["genre_names"] or ()], genres) for way in ways]
        of_groups = [one["genre_names"] or [] for one in groups if (one["release_group_name"], one["artist_name"]) == (group, "bo")]
        of_group = slow.canonical([tag for one in of_groups for tag in one], genres)
        source = "recording" if any(own) else "release_group" if of_group else "artist"
        right = next(filter(None, own), None) or of_group or of_artist["bo"]
        assert listed.get(row["recording_id"], set()) == {(genre, 1 / len(right), source) for genre in right}
    assert set(found["genres"]["genre_name"]) >= {genre for one in listed.values() for genre, _, _ in one}


def _group_id(name: str) -> int:
    return known_frame("known_release_groups", [{"release_group_name": name, "artist_name": "bo"}])["release_group_id"].item()


def _recording_id(key: tuple[str, tuple[str, ...]]) -> int:
    return known_frame("known_recordings", [{"recording_name": key[0], "artist_names": list(key[1])}])["recording_id"].item()


def test_a_name_that_two_known_artists_have_is_nobody_until_an_mbid_says_who() -> None:
    namesakes = [known("known_artists", artist_name="bo", artist_mbid=mbid, country=country)
                 for mbid, country in zip(MBIDS, ("NO", "PT"), strict=True)]  # fmt: skip
    assert computed([heard()], {"known_artists": namesakes})["artists"].height == 0
    by_mbid = computed([heard(), heard("u", artist_mbids=[MBIDS[1]])], {"known_artists": namesakes})["artists"]
    assert by_mbid["country"].to_list() == ["PT"]
    both = [heard("u", artist_mbids=[mbid]) for mbid in MBIDS]
    assert computed(both, {"known_artists": namesakes})["artists"].height == 0


def test_two_catalogues_that_know_one_artist_add_up() -> None:
    rows = [known("known_artists", artist_name="Bo", artist_mbid=MBIDS[0], country="NO"),
            known("known_artists", artist_name="bo", spotify_uri="spotify:artist:1", genre_names=["jazz"])]  # fmt: skip
    found = computed([heard()], {"known_artists": rows})
    assert found["artists"]["country"].to_list() == ["NO"]
    assert found["artist_genres"]["genre_name"].to_list() == ["jazz"]


def test_musicbrainz_overrules_the_year_of_a_reissue() -> None:
    rows = [known("known_release_groups", release_group_name="g", artist_name="bo", spotify_uri="x", release_year=2009, track_count=20),
            known("known_release_groups", release_group_name="G", artist_name="Bo", release_group_mbid=MBIDS[0],
                  release_year=1997)]  # fmt: skip
    found = computed([heard(group="g")], {"known_release_groups": rows})
    assert found["release_groups"].select("track_count", "release_year").rows() == [(20, 1997)]
    assert found["recordings"]["release_year"].to_list() == [1997]


@pytest.mark.parametrize(
    ("given_to", "source"),
    [(("known_recordings", "known_release_groups", "known_artists"), "recording"),
     (("known_release_groups", "known_artists"), "release_group"), (("known_artists",), "artist")],
)  # fmt: skip
def test_the_nearest_genres_speak_alone(given_to: tuple[str, ...], source: str) -> None:
    genre = {"known_recordings": "jazz", "known_release_groups": "rock", "known_artists": "bop"}
    names = {"recording_name": "t", "artist_names": ["bo"], "release_group_name": "g", "artist_name": "bo"}
    rows = {
        table: [known(table, genre_names=[genre[table], "polka"], **{name: value for name, value in names.items() if name in NAMED[table]})]
        for table in given_to
    }
    found = computed([heard(group="g")], {**rows, "known_genres": TREE})["recording_genres"]
    assert found.select("genre_name", "genre_share", "genre_source").rows() == [(genre[given_to[0]], 1.0, source)]


def test_a_genre_knows_its_root_and_without_a_tree_is_one() -> None:
    tagged = [known("known_recordings", recording_name="t", artist_names=["bo"], genre_names=["BeBop", "Polka"])]
    with_tree = computed([heard()], {"known_recordings": tagged, "known_genres": TREE})["genres"]
    assert with_tree.rows() == [("bop", "jazz", "jazz"), ("jazz", None, "jazz")]
    without = computed([heard()], {"known_recordings": tagged})["genres"]
    assert without.rows() == [("bebop", None, "bebop"), ("polka", None, "polka")]


def test_the_years_releases_are_those_of_heard_artists_who_are_not_confused() -> None:
    groups = [known("known_release_groups", release_group_name=name, artist_name=artist, release_year=year, artist_mbid=mbid)
              for name, artist, year, mbid in (("new", "bo", YEAR, None), ("old", "bo", 1999, None), ("foreign", "di", YEAR, None),
                                               ("namesake's", "cy", YEAR, MBIDS[1]), ("hers", "cy", YEAR, MBIDS[0]),
                                               ("whose", "cy", YEAR, None))]  # fmt: skip
    artists = [known("known_artists", artist_name="cy", artist_mbid=mbid) for mbid in MBIDS]
    songs = [known("known_recordings", recording_name=name, artist_names=["bo"], release_group_name="new", track_position=place, **more)
             for name, place, more in (("two", 2, {}), ("one", 1, {"spotify_uri": "u"}),
                                     ("one", None, {"recording_mbid": MBIDS[0]}))]  # fmt: skip
    catalogue = {"known_release_groups": groups, "known_artists": artists, "known_recordings": songs}
    played = [heard(), heard("u", ("cy",), artist_mbids=[MBIDS[0]])]
    found = computed(played, catalogue)
    assert set(found["year_releases"]["release_group_name"]) == {"new", "hers"}
    listed = found["release_recordings"].sort("track_position")
    shown = listed.select("recording_name", "track_position", "spotify_uri", "recording_mbid").rows()
    assert shown == [("one", 1, "u", MBIDS[0]), ("two", 2, None, None)]


def test_a_place_that_is_two_is_none() -> None:
    places = [known("known_places", place_name=name, country=country, inhabitants=7)
              for name, country in (("Oslo", "NO"), ("Paris", "FR"), ("Paris", "US"), ("Elsewhere", "PT"))]  # fmt: skip
    artists = [known("known_artists", artist_name="bo", place_name="Paris")]
    assert computed([heard()], {"known_places": places, "known_artists": artists})["places"].rows() == [("Oslo", "NO", 7)]
