"""The notation of worked examples says what it stands for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.examples import example_plays, plays_of
from wrapped_assets.contracts.source import PLAY_SCHEMA


def test_plays_of_a_day_start_at_noon_four_minutes_apart_and_are_full_listens() -> None:
    plays = plays_of("2026-03-01 eple so_here, 2026-03-02 eple")
    assert plays.schema == PLAY_SCHEMA
    assert plays["listened_at"].to_list() == [datetime(2026, 3, day, 12, minute, tzinfo=UTC) for day, minute in ((1, 0), (1, 4), (2, 0))]
    assert plays["ms_played"].to_list() == [180_000] * 3
    assert plays["title"].to_list() == ["eple", "so_here", "eple"]
    assert plays["artist_credit"].to_list() == ["artist of eple", "artist of so_here", "artist of eple"]


def test_a_play_may_say_everything() -> None:
    play = plays_of("2026-03-01 night/bo+cy+di/steps@23:58~12s!").to_dicts()[0]
    assert play["listened_at"] == datetime(2026, 3, 1, 23, 58, tzinfo=UTC)
    assert (play["artist_names"], play["artist_credit"], play["release_group_name"]) == (
        ["bo", "cy", "di"],
        "bo feat. cy feat. di",
        "steps",
    )
    assert (play["ms_played"], play["is_private"]) == (12_000, True)


def test_a_play_may_be_repeated_in_a_row() -> None:
    plays = plays_of("2026-03-01 eple*2 walk@08:30*2")
    assert [f"{start:%H:%M}" for start in plays["listened_at"]] == ["12:00", "12:04", "08:30", "08:34"]


def test_nothing_is_nothing() -> None:
    assert example_plays({"ana": ""})["ana"].is_empty()


@pytest.mark.parametrize("text", ["eple", "2026-03-01 eple~12", "2026-03-01 @12:00", "2026-13-01 eple", "2026-03-01 eple@12:00!!"])
def test_what_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(DeclarationError, match="expected"):
        plays_of(text)
