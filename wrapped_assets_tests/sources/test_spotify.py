"""Spotify's three forms: the end becomes a start, everything personal stays out, every odd row has its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.sources import times
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.json_columns import batches_by_column
from wrapped_assets.sources.json_rows import rows_of
from wrapped_assets.sources.rows import Row, flag, time_text, whole
from wrapped_assets.sources.spotify_extended import SPOTIFY_EXTENDED, columns_of, skipped, what_was_played
from wrapped_assets.sources.spotify_recent import SPOTIFY_RECENT
from wrapped_assets.sources.spotify_short import SPOTIFY_SHORT
from wrapped_assets_tests.sources.reading import read, reasons

TRACK: dict[str, Any] = {
    "ts": "2023-03-19T18:31:37Z", "username": "who-am-i", "platform": "secret-phone", "ms_played": 60_000, "conn_country": "NO",
    "ip_addr": "203.0.113.9", "user_agent_decrypted": "agent-x", "master_metadata_track_name": "Eple",
    "master_metadata_album_artist_name": "Röyksopp", "master_metadata_album_album_name": "Melody A.M.",
    "spotify_track_uri": "spotify:track:1", "episode_name": None, "episode_show_name": None, "spotify_episode_uri": None,
    "reason_start": "clickrow", "reason_end": "trackdone", "shuffle": False, "skipped": None, "offline": False,
    "offline_timestamp": 1514143428800, "incognito_mode": True,
}  # fmt: skip


def track(**changes: Any) -> dict[str, Any]:
    return {**TRACK, **changes}


def test_the_start_is_the_end_minus_the_time_played() -> None:
    plays, rejected = read(SPOTIFY_EXTENDED, [TRACK])
    assert rejected == []
    assert plays[0]["listened_at"] == datetime(2023, 3, 19, 18, 30, 37, tzinfo=UTC)
    assert (plays[0]["title"], plays[0]["artist_credit"], plays[0]["artist_names"]) == ("Eple", "Röyksopp", None)
    assert (plays[0]["is_scrobble"], plays[0]["is_private"], plays[0]["media"]) == (False, True, "music")


def test_no_address_agent_device_country_or_user_name_enters_a_frame() -> None:
    told = str(read(SPOTIFY_EXTENDED, [TRACK, track(ts=None), track(master_metadata_track_name=None)]))
    assert not any(secret in told for secret in ("203.0.113.9", "agent-x", "secret-phone", "who-am-i", "'NO'"))


def test_what_was_said_about_skipping_wins_and_only_silence_is_filled_from_the_reason() -> None:
    rows = [
        track(skipped=False, reason_end="fwdbtn"), track(skipped=True), track(skipped=1), track(skipped=0.0),
        track(skipped=None, reason_end="fwdbtn"), track(skipped=None), track(skipped=None, reason_end="endplay"),
    ]  # fmt: skip
    assert [play["is_skipped"] for play in read(SPOTIFY_EXTENDED, rows)[0]] == [False, True, True, False, True, False, None]


def test_episodes_are_podcasts_and_chapters_are_audiobooks() -> None:
    nothing = {"master_metadata_track_name": None, "master_metadata_album_artist_name": None, "spotify_track_uri": None}
    episode = track(**nothing, episode_name="Nr. 7", episode_show_name="The Show", spotify_episode_uri="spotify:episode:7")
    chapter = track(**nothing, audiobook_title="The Book", audiobook_chapter_title="One", audiobook_chapter_uri="spotify:chapter:1")
    plays, _ = read(SPOTIFY_EXTENDED, [episode, chapter])
    assert [(p["media"], p["title"], p["artist_credit"], p["spotify_uri"]) for p in plays] == [
        ("podcast", "Nr. 7", "The Show", "spotify:episode:7"),
        ("audiobook", "One", "The Book", "spotify:chapter:1"),
    ]


def test_a_track_in_a_video_file_is_a_video() -> None:
    assert read(SPOTIFY_EXTENDED, [TRACK], "Streaming_History_Video_2019.json")[0][0]["media"] == "video"


def test_a_vanished_track_is_rejected_and_counted() -> None:
    assert reasons(SPOTIFY_EXTENDED, [track(master_metadata_track_name=None)]) == ["missing_title"]
    assert reasons(SPOTIFY_EXTENDED, [track(master_metadata_album_artist_name=None)]) == ["missing_artist"]


def test_a_play_of_no_time_and_exact_duplicates_are_kept() -> None:
    assert len(read(SPOTIFY_EXTENDED, [track(ms_played=0), TRACK, TRACK])[0]) == 3


def test_every_field_may_be_null() -> None:
    assert reasons(SPOTIFY_EXTENDED, [dict.fromkeys(TRACK)]) == ["missing_time"]
    plays, _ = read(SPOTIFY_EXTENDED, [track(ms_played=None, incognito_mode=None, reason_end=None)])
    assert (plays[0]["ms_played"], plays[0]["is_private"], plays[0]["is_skipped"]) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ts": 1679250697}, "invalid_time"), ({"ts": "yesterday"}, "invalid_time"), ({"ts": True}, "invalid_time"),
        ({"ts": "2001-12-31T00:00:00Z"}, "too_early"), ({"ms_played": -1}, "negative_duration"),
        ({"ms_played": 86_400_001}, "implausible_duration"), ({"ms_played": 10**30}, "too_early"),
    ],
)  # fmt: skip
def test_an_unbelievable_row_is_rejected_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    assert reasons(SPOTIFY_EXTENDED, [track(**changes)]) == [reason]


@pytest.mark.parametrize(
    "ts",
    [
        "2023-03-19T18:31:00Z", "2023-03-19T18:31Z", "2023-03-19t18:31:00z", "2023-03-19 18:31:00 UTC", "2023-03-19 18:31 UTC",
        "2023-03-19T18:31:00,000Z", "2023-03-19T19:31:00+01", "2023-03-19T20:31:00+0200", "2023/03/19 18:31:00", " 2023-03-19T18:31:00Z ",
    ],
)  # fmt: skip
def test_a_time_is_read_as_other_tools_write_it_again(ts: str) -> None:
    plays, rejected = read(SPOTIFY_EXTENDED, [track(ts=ts), track(ts="2023-03-19T25:31:00Z"), track(ts=None)])
    assert [play["listened_at"] for play in plays] == [datetime(2023, 3, 19, 18, 30, tzinfo=UTC)]
    assert [row["reason"] for row in rejected] == ["invalid_time", "missing_time"]


def test_rows_of_the_other_history_in_one_file_are_told_apart() -> None:
    """Both tell the same plays, one to the second and one to the minute: taken as one form they would count twice."""
    short = {"endTime": "2023-03-19 18:31", "artistName": "Röyksopp", "trackName": "Eple", "msPlayed": 60_000}
    for source in (SPOTIFY_EXTENDED, SPOTIFY_SHORT):
        first, other = (TRACK, short) if source is SPOTIFY_EXTENDED else (short, TRACK)
        plays, rejected = read(source, [first, other, {**first, "ts": None, "endTime": None}])
        assert (len(plays), [row["reason"] for row in rejected][:1]) == (1, ["other_form"])


def test_a_day_ahead_is_a_wrong_clock_and_more_is_the_future(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2023, 3, 20, tzinfo=UTC)
    monkeypatch.setattr(times, "now", lambda: at)
    rows = [track(ts=(at + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"), ms_played=0) for hours in (23, 25)]
    assert reasons(SPOTIFY_EXTENDED, rows) == ["future_time"]


@pytest.mark.parametrize("name", ["a" * 300, "../../etc/passwd", "a\x00b", "\u202egnp.exe", "<b>bold</b>", "=1+1", "\U0001f3b5"])
def test_odd_names_pass_unchanged(name: str) -> None:
    assert read(SPOTIFY_EXTENDED, [track(master_metadata_track_name=name)])[0][0]["title"] == name


def test_half_a_character_is_replaced() -> None:
    raw = json.dumps([TRACK]).replace('"Eple"', '"Ep\\ud800le"')
    assert read(SPOTIFY_EXTENDED, raw)[0][0]["title"] == "Ep?le"


def test_numbers_that_are_none_do_not_stop_the_file() -> None:
    raw = json.dumps([TRACK, TRACK]).replace("60000", "NaN", 1)
    assert [play["ms_played"] for play in read(SPOTIFY_EXTENDED, raw)[0]] == [None, 60_000]


def test_rows_that_are_no_records_are_rejected_alone() -> None:
    assert reasons(SPOTIFY_EXTENDED, [TRACK, 7, "x", None, [TRACK]]) == ["not_an_object"] * 4


@given(st.permutations([track(ts=f"2023-03-19T18:{minute:02}:00Z", ms_played=minute * 999) for minute in range(8)]))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]]) -> None:
    plays = sorted(read(SPOTIFY_EXTENDED, rows)[0], key=lambda play: play["listened_at"])
    assert [play["ms_played"] for play in plays] == [minute * 999 for minute in range(8)]


@given(st.lists(st.dictionaries(st.sampled_from(sorted(TRACK)), st.none() | st.integers() | st.floats() | st.text() | st.booleans())))
def test_no_content_of_any_field_raises(rows: list[dict[str, Any]]) -> None:
    plays, rejected = read(SPOTIFY_EXTENDED, rows)
    assert len(plays) + len(rejected) == len(rows)


_VALUES = st.none() | st.sampled_from([0, 1, True, False, 1.0, "1", "", " ", "\x1c", "fwdbtn", 2**64, -(2**53) - 1]) | st.text(max_size=3)
_RECORDS = st.dictionaries(st.sampled_from([*sorted(TRACK), "audiobook_title", "audiobook_chapter_uri"]), _VALUES)


@given(st.lists(st.none() | _RECORDS.map(lambda odd: track(**odd)), min_size=1, max_size=6))
def test_fields_of_many_records_say_what_rows_say_one_by_one(rows: list[dict[str, Any] | None]) -> None:
    elements = list(enumerate(rows))
    (found,) = batches_by_column(iter(elements), lambda fields: columns_of(fields, is_video=False), times.iso_utc)
    (expected,) = batches_of(rows_of(iter(elements), _row), times.iso_utc)
    assert found.plays.equals(expected.plays)
    assert found.rejected.equals(expected.rejected)


def _row(number: int, record: dict[str, Any]) -> Row:
    played = whole(record.get("ms_played"))
    return Row(
        number, time_text=time_text(record.get("ts")), ms_before_time=played or 0, ms_played=played, is_scrobble=False,
        is_private=flag(record.get("incognito_mode")), is_skipped=skipped(record), device_code=device_code(record.get("platform")),
        **what_was_played(record, is_video=False),
    )  # fmt: skip


def test_the_short_form_tells_music_podcasts_and_audiobooks_apart() -> None:
    end = {"endTime": "2021-12-03 05:31", "msPlayed": 60_000}
    rows = [
        {**end, "artistName": "Kaiit", "trackName": "Miss Shiney"},
        {**end, "podcastName": "The Show", "episodeName": "Nr. 7"},
        {**end, "audiobookName": "The Book", "chapterName": "One"},
        {**end, "artistName": "Unknown Artist", "trackName": "Unknown Track"},
    ]
    plays, rejected = read(SPOTIFY_SHORT, rows)
    assert [(p["media"], p["title"], p["artist_credit"]) for p in plays] == [
        ("music", "Miss Shiney", "Kaiit"), ("podcast", "Nr. 7", "The Show"), ("audiobook", "One", "The Book"),
    ]  # fmt: skip
    assert plays[0]["listened_at"] == datetime(2021, 12, 3, 5, 30, tzinfo=UTC)
    assert [row["reason"] for row in rejected] == ["missing_title"]


def test_a_recently_played_track_started_one_length_before_its_end() -> None:
    played = {"name": "Eple", "duration_ms": 60_000, "uri": "spotify:track:1", "artists": [{"name": "A"}, {"name": "B"}]}
    page = {"href": "https://api.spotify.com/v1", "items": [{"track": played, "played_at": "2024-01-01T00:01:00.250Z", "context": None}]}
    for content in (page, [page]):
        play = read(SPOTIFY_RECENT, content)[0][0]
        assert play["listened_at"] == datetime(2024, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)
        assert (play["artist_credit"], play["artist_names"], play["ms_played"]) == ("A, B", ["A", "B"], None)
