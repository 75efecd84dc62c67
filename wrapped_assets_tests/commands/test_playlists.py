"""`wrapped playlist` for what was never heard, and for parts of a year."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.small_roots import KEY, import_small

PLAYS = {"ana": "2025-01-05 eple/bo*30 walk/bo*9, 2025-02-05 eple/bo*30, 2025-07-05 so_here/cy*30, 2025-08-05 so_here/cy*30"}
MBID = "0b8a4e2c-6a3e-4a55-9f0f-0c8a3c1d2e4f"
CATALOGUE = {
    "release_groups": [{"release_group_name": "Long Way", "artist_name": "bo", "track_count": 9, "release_year": 2025}],
    "recordings": [
        {"recording_name": "Never Heard", "artist_names": ["bo"], "release_group_name": "Long Way", "track_position": 1,
         "spotify_uri": "spotify:track:1234567890123456789012", "recording_mbid": MBID, "isrc": "NOABC2500001", "duration_ms": 201_000},
        {"recording_name": "eple", "artist_names": ["bo"], "release_group_name": "Long Way", "track_position": 2, "isrc": "NOABC2500002"},
        {"recording_name": "Third", "artist_names": ["bo"], "release_group_name": "Long Way", "track_position": 3},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with one listener and a catalogue that knows one new release, with a song that nobody heard."""
    path, files = tmp_path_factory.mktemp("knowing") / "root", tmp_path_factory.mktemp("catalogue")
    import_small(Root.open_or_make(path, 2, KEY), PLAYS)
    for name, rows in CATALOGUE.items():
        pl.DataFrame(rows).write_parquet(files / f"{name}.parquet")
    run(path, "catalogue", "import", files)
    run(path, "build", "--select", "+playlists/new_releases_songs,+playlists/chapters,+aggregates/outcomes")
    return path


def written(data: Path, *arguments: object) -> list[dict[str, str]]:
    text = run(data, "playlist", *arguments, "--listener", "ana", "--year", 2025, "--format", "csv").stdout
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_new_release_that_was_never_heard_has_its_names_and_addresses(knowing: Path) -> None:
    never_heard, heard = written(knowing, "new_releases")
    assert (never_heard["Track Name"], never_heard["Artist Name(s)"], never_heard["Album Name"]) == ("Never Heard", "bo", "Long Way")
    assert never_heard["Track URI"] == "spotify:track:1234567890123456789012"
    assert never_heard["ISRC"] == "NOABC2500001"
    assert (heard["Track Name"], heard["ISRC"]) == ("eple", "NOABC2500002")  # what the export does not say the catalogue adds
    jspf = json.loads(run(knowing, "playlist", "new_releases", "--listener", "ana", "--year", 2025, "--format", "jspf").stdout)
    assert MBID in json.dumps(jspf["playlist"]["track"][0])


def test_rows_show_the_names_of_what_was_never_heard(knowing: Path) -> None:
    rows = json.loads(run(knowing, "show", "playlists/new_releases_songs", "--listener", "ana", "--format", "json").stdout)
    shown = [(row["recording_name"], row["artist_name"], row["listen_count"]) for row in rows]
    assert shown == [("Never Heard", "bo", 0), ("eple", "bo", 60)]


def test_each_span_of_the_year_is_a_playlist(knowing: Path) -> None:
    assert [row["Track Name"] for row in written(knowing, "chapters", "--span", 1)] == ["eple", "walk"]
    assert [row["Track Name"] for row in written(knowing, "chapters")] == ["so_here"]  # the last, unless one is given


def test_a_span_that_is_not_there_and_a_playlist_without_spans_are_wrong_inputs(knowing: Path) -> None:
    asked = ("--listener", "ana", "--year", 2025, "--format", "csv")
    assert "no span 3" in run(knowing, "playlist", "chapters", *asked, "--span", 3, code=2).stderr
    assert "leave --span out" in run(knowing, "playlist", "new_releases", *asked, "--span", 1, code=2).stderr
    run(knowing, "playlist", "chapters", *asked, "--span", 0, code=2)


def test_the_report_names_the_playlist(knowing: Path, tmp_path: Path) -> None:
    target = tmp_path / "part.xspf"
    asked = ("playlist", "chapters", "--listener", "ana", "--year", 2025, "--span", 1, "--format", "xspf", "--out", target)
    assert document(knowing, *asked)["playlist"] == "chapters"
    assert "Part 1 of your 2025" in target.read_text(encoding="utf-8")


def test_jspf_carries_every_track_and_listenbrainz_is_strict(knowing: Path, tmp_path: Path) -> None:
    asked = ("playlist", "new_releases", "--listener", "ana", "--year", 2025, "--out", tmp_path / "new.jspf")
    every, strict = document(knowing, *asked, "--format", "jspf"), document(knowing, *asked, "--format", "jspf", "--listenbrainz")
    assert (every["tracks"], len(every["passed_over"]), strict["tracks"], len(strict["left_out"])) == (2, 1, 1, 1)
    assert every["note"].startswith("1 of 2 tracks have a MusicBrainz recording.")
    heard = json.loads((tmp_path / "new.jspf").read_text(encoding="utf-8"))["playlist"]["track"]
    assert [track["title"] for track in heard] == ["Never Heard"]
    assert "--format jspf" in run(knowing, *asked, "--format", "xspf", "--listenbrainz", code=2).stderr
    assert "1 of 2 tracks have a location" in run(knowing, *asked, "--format", "xspf").stderr
    assert "<annotation>60 listens</annotation>" in (tmp_path / "new.jspf").read_text(encoding="utf-8")
