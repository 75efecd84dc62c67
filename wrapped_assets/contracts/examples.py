"""Parses the short notation of worked examples, which says who played what on which day.

    {"ana": "2026-03-01 eple so_here/metaform, 2026-03-02 eple*3 night/bo+cy/album@23:50~12s!"}

A comma separates days; a day is a date and its plays. A play is

    recording [/artist [+featured …] [/release_group]] [&podcast] [@HH:MM] [~12s] [*3] [!]

and means a full listen of 180 seconds at 12:00 UTC plus 4 minutes for each earlier play of that day. `@` sets the start, `~` the
time played, `*` the number of plays in a row, and `!` a private session. `&podcast` and `&audiobook` make it an episode of the
show written in the artist's place. Without an artist, the artist of `eple` is "artist of eple". Expected rows use names in place
of ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import polars as pl

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.source import PLAY_SCHEMA

FULL_LISTEN = timedelta(seconds=180)
BETWEEN_PLAYS = timedelta(minutes=4)
FIRST_HOUR = 12

_PLAY = re.compile(
    r"(?P<recording>[^/@~*!+&]+)(?:/(?P<artists>[^/@~*!&]+))?(?:/(?P<release_group>[^/@~*!&]+))?"
    r"(?:&(?P<media>podcast|audiobook))?"
    r"(?:@(?P<hour>\d\d):(?P<minute>\d\d))?(?:~(?P<seconds>\d+)s)?(?:\*(?P<times>\d+))?(?P<private>!)?"
)


Play = tuple[re.Match[str], datetime]  # the match of its text, and its start


def plays_of(text: str) -> pl.DataFrame:
    """The plays of one listener's text, as PLAY_SCHEMA in the order written. DeclarationError if the text cannot be read."""
    return pl.DataFrame([_row(found, start) for found, start in parsed(text)], schema=PLAY_SCHEMA)


@lru_cache(maxsize=1024)  # a hundred fans play the same
def parsed(text: str) -> tuple[Play, ...]:
    """The plays of a text with their starts. DeclarationError if the text cannot be read."""
    plays: list[Play] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        day, *written = part.split()
        noon = _noon(day, part)
        if not written:
            raise DeclarationError(f"the day {day} has no plays; write them after it, as in '{day} eple so_here*2'")
        on_day = 0
        for play in written:
            found = _PLAY.fullmatch(play)
            if not found:
                raise DeclarationError(
                    f"cannot read the play {play!r}; expected recording[/artist[+featured][/release_group]][&podcast][@HH:MM][~12s][*3][!]"
                )
            for number in range(int(found["times"] or 1)):
                start = noon + on_day * BETWEEN_PLAYS
                if found["hour"]:
                    start = _at(noon, found, play) + number * BETWEEN_PLAYS
                plays.append((found, start))
                on_day += 1
    return tuple(plays)


def _noon(day: str, part: str) -> datetime:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise DeclarationError(f"expected a day as YYYY-MM-DD and its plays, got {part!r}") from None
    return datetime(found.year, found.month, found.day, FIRST_HOUR, tzinfo=UTC)


def _at(noon: datetime, found: re.Match[str], play: str) -> datetime:
    try:
        return noon.replace(hour=int(found["hour"]), minute=int(found["minute"]))
    except ValueError:
        raise DeclarationError(f"the play {play!r} has an invalid time of day; expected @00:00 to @23:59") from None


def _row(found: re.Match[str], start: datetime) -> dict[str, object]:
    artists = (found["artists"] or f"artist of {found['recording']}").split("+")
    return {
        "listened_at": start,
        "ms_played": int(found["seconds"]) * 1000 if found["seconds"] else int(FULL_LISTEN.total_seconds()) * 1000,
        "is_private": found["private"] is not None,
        "title": found["recording"],
        "artist_credit": " feat. ".join(artists),
        "artist_names": artists,
        "release_group_name": found["release_group"],
        "media": found["media"] or "music",
    }


def example_plays(given: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """The plays of each listener of an example."""
    return {listener: plays_of(text) for listener, text in given.items()}
