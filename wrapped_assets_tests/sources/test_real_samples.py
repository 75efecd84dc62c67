"""Real exports, counted a second time with nothing but the standard library."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from wrapped_assets.sources.recognition import read_path
from wrapped_assets_tests.sources.reading import sample


def counted(*parts: str) -> tuple[str, int, Counter[str], list[dict[str, Any]]]:
    """The format, plays, rejected rows by reason, and the plays of one sample."""
    reading = read_path(sample(*parts))
    ((_, source, batches),) = list(reading)
    read = list(batches)
    plays = [play for batch in read for play in batch.plays.to_dicts()]
    return source.name, len(plays), Counter(reason for batch in read for reason in batch.rejected["reason"]), plays


def test_extended_spotify_history() -> None:
    rows = json.loads(sample("spotify_one_listener", "endsong_3.json").read_text())
    vanished = sum(row["master_metadata_track_name"] is None and row["episode_name"] is None for row in rows)
    name, count, rejected, plays = counted("spotify_one_listener", "endsong_3.json")
    assert (name, count, rejected) == ("spotify_extended", 1601, {"missing_title": 220})
    assert (count + vanished, vanished) == (len(rows), 220)
    assert Counter(play["media"] for play in plays) == {"music": 1600, "podcast": 1}
    assert sum(play["ms_played"] for play in plays) == sum(
        row["ms_played"] for row in rows if row["master_metadata_track_name"] or row["episode_name"]
    )
    ends = Counter((play["listened_at"] + timedelta(milliseconds=play["ms_played"])).strftime("%Y-%m-%dT%H:%M:%SZ") for play in plays)
    assert ends == Counter(row["ts"] for row in rows if row["master_metadata_track_name"] or row["episode_name"])


@pytest.mark.parametrize(("file", "count", "unknown"), [("StreamingHistory0.json", 9982, 18), ("StreamingHistory1.json", 8706, 0)])
def test_short_spotify_history(file: str, count: int, unknown: int) -> None:
    rows = json.loads(sample("spotify_one_listener", file).read_text())
    assert sum(row["trackName"] == "Unknown Track" and row["artistName"] == "Unknown Artist" for row in rows) == unknown
    assert len(rows) == count + unknown
    name, found, rejected, plays = counted("spotify_one_listener", file)
    assert (name, found, rejected["missing_title"]) == ("spotify_short", count, unknown)
    ends = {datetime.strptime(row["endTime"] + "+0000", "%Y-%m-%d %H:%M%z") for row in rows}
    assert {play["listened_at"] + timedelta(milliseconds=play["ms_played"]) for play in plays} <= ends


@pytest.mark.parametrize(
    ("file", "name", "count"),
    [
        ("Streaming_History_Audio_spotify_import_test.json", "spotify_extended", 39),
        ("koito_export_test.json", "koito", 13),
        ("listenbrainz_shoko1_123456789.zip", "listenbrainz", 19),
        ("listenbrainz_shoko1_1749780844.zip", "listenbrainz", 5),
        ("maloja_import_test.json", "maloja", 38),
        ("recenttracks-shoko2-1749776100.json", "lastfm_api", 10),
    ],
)
def test_every_fixture_of_koito(file: str, name: str, count: int) -> None:
    assert counted("koito_fixtures", file)[:3] == (name, count, {})


def test_no_combined_credit_stays_an_artist_of_maloja() -> None:
    _, _, _, plays = counted("koito_fixtures", "maloja_import_test.json")
    assert Counter(len(play["artist_names"]) for play in plays) == {1: 36, 2: 2}
    assert not any("•" in artist for play in plays for artist in play["artist_names"])


def test_a_public_dump() -> None:
    lines = [
        json.loads(line) for line in sample("listenbrainz_dump_sample", "2024-01_head100_pseudonymised.listens").read_text().splitlines()
    ]
    name, count, rejected, plays = counted("listenbrainz_dump_sample", "2024-01_head100_pseudonymised.listens")
    assert (name, count, rejected) == ("listenbrainz_dump", len(lines), {})
    assert Counter(play["listener"] for play in plays) == Counter(line["user_name"] for line in lines)
    assert [int(play["listened_at"].timestamp()) for play in plays] == [line["timestamp"] for line in lines]


def test_a_mixed_folder_lists_what_is_no_history() -> None:
    reading = read_path(sample("koito_fixtures"))
    assert len(reading.files) == 6
    assert {path.rpartition("/")[2] for path in reading.unrecognised} == {"LICENSE", "PROVENANCE.md", "user.json"}
