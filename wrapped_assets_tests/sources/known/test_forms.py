"""Every form of catalogue: what is read from it, what is refused and why, and that no file is taken for another form."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known import named_schema
from wrapped_assets.contracts.known_source import KNOWN_REASONS, KNOWN_REJECTED
from wrapped_assets.sources.known.recognition import all_known_sources, read_known
from wrapped_assets.sources.recognition import recognise
from wrapped_assets_tests.sources.reading import sample

MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
OTHER = "f53888c9-8bdc-4cc3-b2ab-ddab6bc5afb7"
ARTIST = {"id": MBID, "name": "Radiohead", "sort-name": "Radiohead", "country": "GB",
          "area": {"name": "United Kingdom", "type": "Country"}, "begin-area": {"name": "Abingdon", "type": "City"},
          "genres": [{"name": "art rock", "count": 9}, {"name": "polka", "count": -1}]}  # fmt: skip
CREDIT = [{"name": "Radiohead", "joinphrase": " feat. ", "artist": {"id": MBID, "name": "x"}}, {"name": "B", "artist": {"id": OTHER}}]
GROUP = {"id": OTHER, "title": "OK Computer", "primary-type": "Album", "first-release-date": "1997-05-21", "artist-credit": CREDIT,
         "tags": [{"name": "rock", "count": 3}], "genres": [],
         "releases": [{"id": "b", "date": "2009", "track-count": 20}, {"id": "a", "date": "1997-05-21", "track-count": 12}]}  # fmt: skip
RECORDING = {"id": OTHER, "title": "Airbag", "length": 284000, "artist-credit": CREDIT, "isrcs": ["GBAYE9700102", "GBAYE9700101"],
             "first-release-date": "1997", "releases": [{"id": "x", "title": "Best of", "date": "2008"}, {"id": "y", "title": "OK Computer",
             "release-group": {"title": "OK Computer", "first-release-date": "1997-05-21"}, "date": "2017"}]}  # fmt: skip
ALBUM = {"type": "album", "uri": "spotify:album:1", "name": "OK Computer", "album_type": "album", "total_tracks": 12,
         "release_date": "1997-05-28", "release_date_precision": "day", "artists": [{"type": "artist", "name": "Radiohead"}]}  # fmt: skip
TRACK = {"type": "track", "uri": "spotify:track:1", "name": "Airbag", "duration_ms": 284000, "track_number": 1, "album": ALBUM,
         "external_ids": {"isrc": "GBAYE9700101"}, "artists": [{"name": "Radiohead"}, {"name": "B"}]}  # fmt: skip
SINGER = {"type": "artist", "uri": "spotify:artist:1", "id": "1", "name": "Radiohead", "genres": ["art rock"]}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> tuple[str, dict[str, list[dict[str, Any]]], list[tuple[int, str]]]:
    """The form, the rows by table without what they do not say, and the rejected rows."""
    (file,) = read_known(path).files
    rows: dict[str, list[dict[str, Any]]] = {}
    rejected = []
    for batch in file.batches():
        assert batch.rows.schema == pl.Schema(named_schema(batch.table))
        assert batch.rejected.schema == pl.Schema(KNOWN_REJECTED)
        rows.setdefault(batch.table, []).extend(
            {name: value for name, value in row.items() if value not in (None, [])} for row in batch.rows.to_dicts()
        )
        rejected += [(row["row_number"], row["reason"]) for row in batch.rejected.to_dicts()]
    assert {reason for _, reason in rejected} <= set(KNOWN_REASONS)
    return file.source.name, rows, rejected


def json_lines(*objects: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


MUSICBRAINZ_SAYS = {
    "known_artists": [
        {"artist_name": "Radiohead", "artist_mbid": MBID, "country": "GB", "place_name": "Abingdon", "genre_names": ["art rock"]}
    ],
    "known_release_groups": [
        {"release_group_name": "OK Computer", "artist_name": "Radiohead", "release_group_mbid": OTHER, "artist_mbid": MBID,
         "track_count": 12, "release_year": 1997, "genre_names": ["rock"]}
    ],
    "known_recordings": [
        {"recording_name": "Airbag", "artist_names": ["Radiohead", "B"], "recording_mbid": OTHER, "isrc": "GBAYE9700101",
         "release_group_name": "OK Computer", "release_year": 1997, "duration_ms": 284000}
    ],
}  # fmt: skip
SPOTIFY_SAYS = {
    "known_artists": [{"artist_name": "Radiohead", "spotify_uri": "spotify:artist:1", "genre_names": ["art rock"]}],
    "known_release_groups": [
        {"release_group_name": "OK Computer", "artist_name": "Radiohead", "spotify_uri": "spotify:album:1", "track_count": 12,
         "release_year": 1997}
    ],
    "known_recordings": [
        {"recording_name": "Airbag", "artist_names": ["Radiohead", "B"], "isrc": "GBAYE9700101", "spotify_uri": "spotify:track:1",
         "release_group_name": "OK Computer", "release_group_artist_name": "Radiohead", "track_position": 1, "release_year": 1997,
         "duration_ms": 284000}
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        json_lines(ARTIST, GROUP, RECORDING),
        json.dumps([ARTIST, GROUP, RECORDING], indent=1),
        json.dumps({"count": 3, "offset": 0, "artists": [ARTIST], "release-groups": [GROUP], "recordings": [RECORDING]}, indent=1),
        json.dumps({"count": 3, "artists": [ARTIST], "release-groups": [GROUP], "recordings": [RECORDING]}),
        "\n\n" + json_lines([ARTIST, GROUP], RECORDING).rstrip("\n"),
    ],
)
def test_musicbrainz_entities_say_the_same_in_every_wrapping(tmp_path: Path, content: str) -> None:
    assert read(written(tmp_path, "dump", content)) == ("musicbrainz_json", MUSICBRAINZ_SAYS, [])


@pytest.mark.parametrize(
    "content",
    [
        json_lines(SINGER, TRACK),
        json.dumps({"items": [SINGER, {"added_at": "2025", "track": TRACK}]}, indent=1),
        json.dumps({"artists": {"items": [SINGER]}, "tracks": {"items": [TRACK]}}),
    ],
)
def test_spotify_objects_say_the_same_in_every_wrapping(tmp_path: Path, content: str) -> None:
    assert read(written(tmp_path, "page.json", content)) == ("spotify_objects", SPOTIFY_SAYS, [])


def test_one_pretty_printed_album_gives_itself_and_its_tracks(tmp_path: Path) -> None:
    simple = {name: TRACK[name] for name in ("type", "uri", "name", "artists", "duration_ms", "track_number")}
    _, rows, rejected = read(written(tmp_path, "a", json.dumps({**ALBUM, "tracks": {"items": [simple]}}, indent=2)))
    assert (rows["known_release_groups"], rejected) == (SPOTIFY_SAYS["known_release_groups"], [])
    assert rows["known_recordings"] == [{name: value for name, value in SPOTIFY_SAYS["known_recordings"][0].items() if name != "isrc"}]


def test_the_year_of_a_compilation_is_not_that_of_its_recordings(tmp_path: Path) -> None:
    _, rows, _ = read(written(tmp_path, "a", json_lines({**TRACK, "album": {**ALBUM, "album_type": "compilation"}})))
    assert "release_year" not in rows["known_recordings"][0]
    assert rows["known_release_groups"][0]["release_year"] == 1997


@pytest.mark.parametrize(("date", "count"), [("1997-05-21", 2), ("2009", None)])
def test_a_release_gives_its_recordings_and_its_count_only_where_it_is_the_original(tmp_path: Path, date: str, count: int | None) -> None:
    group = {name: GROUP[name] for name in ("id", "title", "primary-type", "first-release-date", "artist-credit")}
    media = [{"track-count": 1, "tracks": [{"title": "Airbag", "recording": {"id": OTHER, "title": "Airbag"}}]},
             {"track-count": 1, "tracks": [{"title": "Lucky", "length": 9}]}]  # fmt: skip
    _, rows, _ = read(written(tmp_path, "a", json_lines({"id": MBID, "title": "x", "date": date, "release-group": group, "media": media,
                                                          "artist-credit": CREDIT})))  # fmt: skip
    assert rows["known_release_groups"][0].get("track_count") == count
    assert [(one["recording_name"], one["track_position"], one["artist_names"][0]) for one in rows["known_recordings"]] == [
        ("Airbag", 1, "Radiohead"), ("Lucky", 2, "Radiohead"),
    ]  # fmt: skip


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    content = '{"broken": \n' + json_lines(ARTIST) + "[7]\n" + json_lines({"id": 3}) + '{"id": "cut off'
    name, rows, rejected = read(written(tmp_path, "dump.json", content))
    assert (name, rows["known_artists"]) == ("musicbrainz_json", MUSICBRAINZ_SAYS["known_artists"])
    assert rejected == [(0, "unreadable_row"), (2, "not_an_object"), (3, "not_an_object"), (4, "truncated")]


_ODD_ARTISTS = ",,NO,,\nCy,x,NO,,\nDi,,Norway,,\nEd,,XW,,\n"
OWN: dict[str, tuple[str, list[dict[str, Any]], list[str]]] = {
    "artists": (f"artist_name,artist_mbid,country,place_name,genre_names\nBo,{MBID.upper()},no,Bergen,Jazz|Free Jazz\n{_ODD_ARTISTS}",
                [{"artist_name": "Bo", "artist_mbid": MBID, "country": "NO", "place_name": "Bergen", "genre_names": ["Jazz", "Free Jazz"]},
                 {"artist_name": "Ed"}], ["missing_name", "invalid_mbid", "invalid_country"]),
    "release_groups": ("release_group_name,artist_name,track_count,first_release_date\nAlbum,Bo,3,1999-02\nB,Bo,0,0000\nC,Bo,x,\nD,Bo,,1\n",
                       [{"release_group_name": "Album", "artist_name": "Bo", "track_count": 3, "release_year": 1999},
                        {"release_group_name": "B", "artist_name": "Bo"}], ["invalid_number", "invalid_year"]),
    "recordings": ('recording_name,artist_names,release_group_name,track_position,duration_ms\n"So, here",Bo|Cy,Album,2,1000\nx,,,,\n',
                   [{"recording_name": "So, here", "artist_names": ["Bo", "Cy"], "release_group_name": "Album", "track_position": 2,
                     "duration_ms": 1000}], ["missing_name"]),
    "genres": ("genre_name,parent_genre_name,genre_aliases\njazz,,\nfree jazz,jazz,free|free-jazz\n",
               [{"genre_name": "jazz"},
                {"genre_name": "free jazz", "parent_genre_name": "jazz", "genre_aliases": ["free", "free-jazz"]}], []),
    "places": ("place_name,country,inhabitants\nPorto,PT,231000\nNowhere,,0\nMoon,,-1\n",
               [{"place_name": "Porto", "country": "PT", "inhabitants": 231000}, {"place_name": "Nowhere", "inhabitants": 0}],
               ["invalid_number"]),
}  # fmt: skip


@pytest.mark.parametrize("table", OWN)
def test_our_own_tables_in_csv(tmp_path: Path, table: str) -> None:
    content, rows, reasons = OWN[table]
    found = read(written(tmp_path, "any name", gzip.compress(content.encode("utf-8-sig"))))
    assert found[:2] == ("own_tables", {f"known_{table}": rows})
    assert [reason for _, reason in found[2]] == reasons


@pytest.mark.parametrize("table", OWN)
def test_our_own_tables_in_parquet_are_what_they_are_in_csv(tmp_path: Path, table: str) -> None:
    _, rows, _ = OWN[table]
    schema = named_schema(f"known_{table}")
    frame = pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)
    frame.write_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == ("own_tables", {f"known_{table}": rows}, [])


def test_texts_that_are_bytes_are_texts_and_what_is_no_text_is_said(tmp_path: Path) -> None:
    names = [b"Bo", b"\xff", "Åse".encode()]
    pl.DataFrame({"artist_name": names, "genre_names": [[b"Jazz"], None, []]}).write_parquet(tmp_path / "a.parquet")
    _, rows, rejected = read(tmp_path / "a.parquet")
    assert [row["artist_name"] for row in rows["known_artists"]] == ["Bo", "Åse"]
    assert [reason for _, reason in rejected] == ["missing_name"]
    for wrong in ([["Bo"], ["Cy"]], [[["Bo"]], None]):
        pl.DataFrame({"artist_name": wrong, "country": ["NO", "PT"]}).write_parquet(tmp_path / "b.parquet")
        with pytest.raises(InputError, match=r"the column artist_name .* expected texts or numbers"):
            read(tmp_path / "b.parquet")


def test_a_row_with_too_many_fields_is_counted(tmp_path: Path) -> None:
    _, rows, rejected = read(written(tmp_path, "a.csv", "artist_name,country\nBo,NO\nCy,NO,what\nDi,PT\n"))
    assert [row["artist_name"] for row in rows["known_artists"]] == ["Bo", "Di"]
    assert [reason for _, reason in rejected] == ["wrong_columns"]


def test_a_tree_of_genres_keeps_a_genres_first_place(tmp_path: Path) -> None:
    tree = "# kinds\n- jazz:\n    - free jazz:\n        - loft\n    - fusion\n- rock:\n    - fusion\n    - [odd]\n- 1999\n"
    name, rows, rejected = read(written(tmp_path, "tree", tree))
    parents = {row["genre_name"]: row.get("parent_genre_name") for row in rows["known_genres"]}
    assert name == "genre_tree"
    assert parents == {"jazz": None, "free jazz": "jazz", "loft": "free jazz", "fusion": "jazz", "rock": None, "1999": None}
    assert sorted(reason for _, reason in rejected) == ["not_an_object", "second_place"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("recording_name,country\nx,NO\n", "unknown columns ['country']"),
        ("release_group_name,track_count\nx,3\n", "lacks the column artist_name"),
        ("artist_name,country,secret\nx,NO,y\n", "unknown columns ['secret']"),
        ("- a: [b\n- c", "cannot be read"),
        ('artist_name,country\n"Bo,NO\nCy,PT\n', "unclosed quote"),
        ("- " + '{"x": [' * 14 + "]}" * 14, "more than 12 levels"),
    ],
)
def test_what_cannot_be_meant_is_refused_as_a_whole(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(InputError) as found:
        read(written(tmp_path, "a", content))
    assert said in str(found.value)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "{}", "hello", "\0\1", "artist_name,track\nBo,x\n"])
def test_foreign_files_are_no_catalogue(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="Known formats"):
        read_known(written(tmp_path, "a", content))


def test_no_file_is_two_forms_and_none_is_listening_history(tmp_path: Path) -> None:
    contents = {"mb": json_lines(ARTIST), "spotify": json_lines(SINGER), "tree": "- jazz\n", "artists": "id,name,country,area_name\n",
                "canonical": "id,artist_mbids,artist_credit_name,release_name,recording_mbid,recording_name\n"} | {
                    table: content for table, (content, _, _) in OWN.items()}  # fmt: skip
    for name, content in contents.items():
        written(tmp_path, name, content)
    files = read_known(tmp_path).files
    assert len(files) == len(contents)
    for file in files:
        assert sum(source.recognises(file.member.head) for source in all_known_sources()) == 1
        assert recognise(file.member.head) is None


def test_the_real_artists_of_musicbrainz() -> None:
    path = sample("musicbrainz_artists", "mb.csv")
    name, rows, rejected = read(path)
    with path.open(newline="", encoding="utf-8") as file:
        given = list(csv.DictReader(file))
    named = [row for row in given if row["name"].strip()]
    assert name == "musicbrainz_artists"
    assert len(rows["known_artists"]) + len(rejected) == len(given)
    real = [row for row in named if row["country"] == "XK" or (row["country"] and row["country"][0] != "X")]
    assert sum("country" in row for row in rows["known_artists"]) == len(real)
    places = {row["artist_mbid"]: row.get("place_name") for row in rows["known_artists"]}
    assert (places[MBID], places[OTHER]) == ("Abingdon-on-Thames", None)  # a whole country is no place


def test_the_real_heads_of_canonical_data_and_of_the_tree() -> None:
    path = sample("listenbrainz_dump_sample", "canonical_musicbrainz_data_sample.csv")
    name, rows, rejected = read(path)
    with path.open(newline="", encoding="utf-8") as file:
        given = list(csv.DictReader(file))
    assert (name, rejected) == ("musicbrainz_canonical", [])
    assert [row["recording_mbid"] for row in rows["known_recordings"]] == [row["recording_mbid"] for row in given]
    name, rows, rejected = read(sample("genre_tree_beets", "genres-tree.yaml"))
    parents = {row["genre_name"]: row.get("parent_genre_name") for row in rows["known_genres"]}
    assert (name, parents["cantopop"], parents["african"]) == ("genre_tree", "east asian", None)
    assert {reason for _, reason in rejected} == {"second_place"}
