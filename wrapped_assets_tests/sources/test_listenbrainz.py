"""ListenBrainz in its four wrappings: MusicBrainz' names where it knows the recording, the client's where not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wrapped_assets.sources.listenbrainz import LISTENBRAINZ, LISTENBRAINZ_DUMP
from wrapped_assets_tests.sources.reading import read, reasons

A, B = "4b00640f-3be6-43f8-9b34-ff81bd89320a", "78e46ae5-9bfd-433b-be3f-19e993d67ecc"
MAPPED: dict[str, Any] = {
    "listened_at": 1749780795,
    "inserted_at": 1749780797.2,
    "track_metadata": {
        "track_name": "The Loneliest Time (live)", "artist_name": "Carly Rae", "release_name": "The Loneliest Time",
        "mbid_mapping": {
            "recording_mbid": A, "release_mbid": B, "recording_name": "The Loneliest Time", "artist_mbids": [A, B],
            "artists": [
                {"artist_credit_name": "Carly Rae Jepsen", "join_phrase": " feat. ", "artist_mbid": A},
                {"artist_credit_name": "Rufus Wainwright", "join_phrase": "", "artist_mbid": B},
            ],
        },
        "additional_info": {"duration_ms": 274_000, "isrc": "NOX", "origin_url": "https://open.spotify.com/track/33nDWmcHOUunB26hLRN1oz"},
    },
}  # fmt: skip


def unmapped(**said: Any) -> dict[str, Any]:
    return {"listened_at": 1749780795, "track_metadata": {"track_name": "T", "artist_name": "X & Y", "additional_info": said}}


def test_a_mapped_listen_has_the_names_ids_and_credit_of_musicbrainz() -> None:
    play = read(LISTENBRAINZ, json.dumps(MAPPED) + "\n")[0][0]
    assert play["listened_at"] == datetime(2025, 6, 13, 2, 13, 15, tzinfo=UTC)
    assert (play["title"], play["artist_credit"]) == ("The Loneliest Time", "Carly Rae Jepsen feat. Rufus Wainwright")
    assert (play["artist_names"], play["artist_mbids"]) == (["Carly Rae Jepsen", "Rufus Wainwright"], [A, B])
    assert (play["recording_mbid"], play["release_mbid"], play["duration_ms"], play["isrc"]) == (A, B, 274_000, "NOX")
    assert play["spotify_uri"] == "spotify:track:33nDWmcHOUunB26hLRN1oz"
    assert (play["is_scrobble"], play["ms_played"], play["listener"]) == (True, None, None)


def test_without_a_mapping_the_client_is_believed() -> None:
    said = unmapped(
        recording_mbid=A.upper(), release_mbid="", artist_mbids=[A, "stale"], duration=20, duration_played=19, artist_names=["X", "Y"]
    )
    said["track_metadata"]["mbid_mapping"] = None
    play = read(LISTENBRAINZ, [said])[0][0]
    assert (play["title"], play["artist_credit"], play["artist_names"]) == ("T", "X & Y", ["X", "Y"])
    assert (play["recording_mbid"], play["release_mbid"], play["artist_mbids"]) == (A, None, None)
    assert (play["duration_ms"], play["ms_played"]) == (20_000, 19_000)


@pytest.mark.parametrize(
    "wrapped",
    [[MAPPED], {"payload": {"count": 1, "user_id": "someone", "listens": [MAPPED]}}, {"listen_type": "import", "payload": [MAPPED]}],
    ids=["older export", "API answer", "submission"],
)
def test_every_wrapping_holds_the_same_listen(wrapped: Any) -> None:
    plays, rejected = read(LISTENBRAINZ, wrapped)
    assert (plays, rejected) == read(LISTENBRAINZ, json.dumps(MAPPED))
    assert (len(plays), rejected) == (1, [])


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (1749780795000, "invalid_time"), (1749780795000000, "invalid_time"), (1749780795000000000, "invalid_time"),
        (float("nan"), "invalid_time"), (float("inf"), "invalid_time"), (True, "invalid_time"), ("soon", "invalid_time"),
        (None, "missing_time"), (0, "too_early"), (1_000_000, "too_early"), (3_900_000_000, "future_time"),
    ],
)  # fmt: skip
def test_a_time_must_be_believable_seconds(time: Any, reason: str) -> None:
    plays, rejected = read(LISTENBRAINZ, json.dumps({**unmapped(), "listened_at": time}))
    assert plays == []
    assert [row["reason"] for row in rejected] == [reason]
    assert rejected[0]["title"] == "T"


def test_a_broken_line_is_rejected_alone_and_a_cut_one_is_called_so() -> None:
    good = json.dumps(unmapped())
    plays, rejected = read(LISTENBRAINZ, f"{good}\n{good[:40]}\n\n{good}\n[1]\n{good[:50]}")
    assert len(plays) == 2
    assert [(row["row_number"], row["reason"]) for row in rejected] == [(1, "unreadable_row"), (3, "not_an_object"), (4, "truncated")]


def test_an_empty_month_holds_nothing() -> None:
    assert read(LISTENBRAINZ, b"") == ([], [])


def test_a_dump_names_its_listeners() -> None:
    line = unmapped()
    line["timestamp"] = line.pop("listened_at")
    plays, _ = read(LISTENBRAINZ_DUMP, "\n".join(json.dumps({**line, "user_id": n, "user_name": f"user{n}"}) for n in (1, 2)))
    assert [play["listener"] for play in plays] == ["user1", "user2"]


def test_a_length_of_more_than_a_day_is_a_wrong_unit() -> None:
    assert read(LISTENBRAINZ, [unmapped(duration=274_000)])[0][0]["duration_ms"] is None
    assert reasons(LISTENBRAINZ, [unmapped(duration_played=-1)]) == ["negative_duration"]
