"""What counts as a listen under each rule set, what counts in minutes only, and what is left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import rehearse
from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.vocabulary.outcomes import OUTCOMES
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.listens.plays import EXACT, frame, heard, play, scrobble


def outcomes(
    *plays: dict[str, Any], rules: str = "default", exclusions: tuple[tuple[str, str, int], ...] = (), zone: str = "UTC"
) -> list[str]:
    rows = heard(*plays, rules={2026: rules_for(rules, 2026)}, exclusions=exclusions, time_zones={"ana": zone})
    return [OUTCOMES[code] for code in rows["outcome_code"]]


SHORT, LONG_ENOUGH = play("2026-03-01 12:00", ms_played=29_999), play("2026-03-01 13:00", ms_played=30_000)
PRIVATE, SCROBBLE = play("2026-03-01 14:00", is_private=True), scrobble("2026-03-01 15:00")
LATE = play("2026-11-11 12:00")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("default", ["too_short", "counted", "private", "counted", "counted"]),
        ("spotify-compatible", ["too_short", "counted", "private", "counted", "outside_window"]),
        ("listenbrainz-compatible", ["counted", "counted", "counted", "counted", "counted"]),
    ],
)
def test_rule_sets_by_name(rules: str, expected: list[str]) -> None:
    assert outcomes(SHORT, LONG_ENOUGH, PRIVATE, SCROBBLE, LATE, rules=rules) == expected


def test_a_listen_outside_the_window_is_still_a_listen() -> None:
    rows = heard(LATE, rules={2026: rules_for("spotify-compatible", 2026)})
    assert rows["is_listen"].to_list() == [True]


def test_a_podcast_is_never_mixed_into_music() -> None:
    assert outcomes(play("2026-03-01 12:00", media="podcast"), play("2026-03-01 13:00", media="audiobook")) == ["not_music", "not_music"]


def test_private_plays_and_skips_count_in_minutes_and_podcasts_do_not() -> None:
    plays = frame(SHORT, PRIVATE, LONG_ENOUGH, play("2026-03-01 18:00", media="podcast"))
    found = rehearse({"ana": [(EXACT, plays)]}, [2026], only=["listening_totals"])
    totals = found["insights/listening_totals", "2026"]
    assert totals.select("play_count", "listen_count", "ms_played").row(0) == (3, 1, 29_999 + 180_000 + 30_000)


@pytest.mark.parametrize(("rules", "minutes"), [("default", [0.5 + 29_999 / 60_000, 3.0]), ("spotify-compatible", [0.5, 3.0])])
def test_spotifys_minutes_of_a_local_day_are_those_of_plays_of_half_a_minute(rules: str, minutes: list[float]) -> None:
    """Two plays of one evening in New York are two local days; the skip on the first adds to our minutes and not to Spotify's."""
    plays = frame(play("2026-03-02 04:10", ms_played=29_999), play("2026-03-02 04:30", ms_played=30_000), play("2026-03-02 05:30"))
    insights = ["listening_calendar", "busiest_day", "listening_totals"]
    found = rehearse(
        {"ana": [(EXACT, plays)]}, [2026], only=insights, rules={2026: rules_for(rules, 2026)}, time_zones={"ana": "America/New_York"}
    )
    calendar, busiest, totals = (found[f"insights/{name}", "2026"] for name in insights)
    days = calendar.filter(pl.col("local_date").is_in([date(2026, 3, 1), date(2026, 3, 2)]))
    assert days["minutes"].to_list() == pytest.approx(minutes)
    assert (busiest["minutes"].item(), totals["minutes"].item()) == pytest.approx((max(minutes), sum(minutes)))
    assert totals["play_count"].item() == 3


@pytest.mark.parametrize(
    ("rules", "duration", "ms", "is_known"),
    [
        ("default", 200_000, 200_000, True),
        ("default", None, 0, False),
        ("listenbrainz-compatible", None, 180_000, False),
    ],
)
def test_a_scrobbles_time_is_its_recordings_length(rules: str, duration: int | None, ms: int, is_known: bool) -> None:
    rows = heard(scrobble("2026-03-01 12:00", duration_ms=duration), rules={2026: rules_for(rules, 2026)})
    assert rows.select("ms_played", "is_length_known", "is_listen").row(0) == (ms, is_known, True)


def test_an_excluded_artist_is_excluded_also_where_featured() -> None:
    bo = stable_ids(pl.Series(["artist\x1fbo"]))[0]
    featuring = play("2026-03-01 12:00", artist_credit="Cy feat. Bo")
    assert outcomes(featuring, play("2026-03-01 13:00"), exclusions=(("ana", "artist", bo),)) == ["excluded", "counted"]


def test_an_excluded_recording_and_release_group() -> None:
    plays = (
        play("2026-03-01 12:00", "eple"),
        play("2026-03-01 13:00", "walk", release_group_name="steps"),
        play("2026-03-01 14:00", "night"),
    )
    rows = heard(*plays)
    exclusions = (("ana", "recording", rows["recording_id"][0]), ("ana", "release_group", rows["release_group_id"][1]))
    assert outcomes(*plays, exclusions=exclusions) == ["excluded", "excluded", "counted"]


def test_excluded_hours_pass_midnight_and_end_before_their_end_in_local_time() -> None:
    night = (("ana", "hours", 22 * 100 + 5), ("ana", "hours", 4 * 100 + 6))  # two ranges may overlap
    plays = [play(f"2026-06-{day:02d} {hour:02d}:30") for day, hour in ((1, 21), (1, 22), (2, 0), (2, 4), (2, 5), (2, 6))]
    assert outcomes(*plays, exclusions=night) == ["counted", "excluded", "excluded", "excluded", "excluded", "counted"]
    assert outcomes(plays[0], exclusions=night, zone="Europe/Lisbon") == ["excluded"]


def test_one_listeners_exclusions_leave_the_others_alone() -> None:
    plays = {name: frame(play("2026-03-01 12:00")) for name in ("ana", "bo")}
    target = heard(play("2026-03-01 12:00"))["recording_id"][0]
    found = rehearse(plays, [2026], exclusions=[("ana", "recording", target)], only=["plays"])
    assert sorted(found["listens/plays", "2026-03"]["is_listen"].to_list()) == [False, True]


def test_an_edition_may_have_its_own_window() -> None:
    rules = {2026: rules_for("default", 2026, date(2026, 3, 1), date(2026, 3, 1))}
    starts = ("02-28 23:59", "03-01 00:00", "03-01 23:59", "03-02 00:00")
    days = heard(*(play(f"2026-{start}", ms_played=60_000) for start in starts), rules=rules)
    assert [OUTCOMES[code] for code in days["outcome_code"]] == ["outside_window", "counted", "counted", "outside_window"]
