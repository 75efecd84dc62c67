"""One row of an export in the project's words, and the careful reading of single values."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

LARGEST_WHOLE = 2**53  # beyond it JSON writers disagree; anything near it is refused by the checks anyway
DAY_MS = 86_400_000
MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class Row(NamedTuple):
    """What a format says about one playback. `reason` is set where the row is refused before its values are looked at."""

    row_number: int
    reason: str | None = None
    time_text: str | None = None  # as written in the file; the format's `Instant` reads it
    ms_before_time: int = 0  # how long before that time the playback started (its length, where the file gives ends)
    title: str | None = None
    artist_credit: str | None = None
    artist_names: list[str] | None = None
    release_group_name: str | None = None
    duration_ms: int | None = None
    media: str = "music"
    recording_mbid: str | None = None
    release_mbid: str | None = None
    artist_mbids: list[str] | None = None
    spotify_uri: str | None = None
    isrc: str | None = None
    submitted_title: str | None = None
    submitted_artist_credit: str | None = None
    listener: str | None = None
    ms_played: int | None = None
    is_scrobble: bool = True
    is_private: bool | None = None
    is_skipped: bool | None = None
    device_code: int | None = None
    unread_bytes: int = 0  # of a row that is broken


def text(value: Any) -> str | None:
    """The text unchanged; null for nothing, blanks and what is no text. Half a character (a lone surrogate) becomes "?"."""
    if isinstance(value, str):
        if not value or value.isspace():
            return None
        if value.isascii():
            return value
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)  # a title like 1999, exported without its quotes
    return None


def time_text(value: Any) -> str | None:
    """Any value as text, so that an unreadable time is shown and not lost; null only for nothing."""
    if value is None or value == "":
        return None
    return text(str(value)[:64])


def texts(value: Any) -> list[str] | None:
    """The texts of a list, null where there is none."""
    found = [item for item in map(text, value) if item] if isinstance(value, list) else []
    return found or None


def whole(value: Any) -> int | None:
    """A whole number, also from digits in a text; null for anything else. Absurd sizes are clamped, to be refused later."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        try:
            value = int(value) if len(value) < 20 and "." not in value else float(value)
        except ValueError:
            return None
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = max(min(value, LARGEST_WHOLE), -LARGEST_WHOLE)
    if isinstance(value, (int, float)):
        return int(max(min(value, LARGEST_WHOLE), -LARGEST_WHOLE))
    return None


def milliseconds(seconds: Any) -> int | None:
    """A number of seconds in milliseconds."""
    if isinstance(seconds, float) and abs(seconds) < LARGEST_WHOLE:
        return int(seconds * 1000)
    number = whole(seconds)
    return None if number is None else max(min(number * 1000, LARGEST_WHOLE), -LARGEST_WHOLE)


def length(ms: int | None) -> int | None:
    """A recording's length; null where it is zero, negative or longer than a day (a wrong unit)."""
    return ms if ms is not None and 0 < ms <= DAY_MS else None


def flag(value: Any) -> bool | None:
    """True or false, also from old numeric forms; null for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}.get(value.strip().lower())
    return None


def mbid(value: Any) -> str | None:
    """A MusicBrainz id in lower case; null for empty and malformed ones."""
    if not isinstance(value, str):
        return None
    lowered = value.strip().lower()
    return lowered if MBID.match(lowered) else None


def mbids(value: Any) -> list[str] | None:
    """MusicBrainz ids in order; null unless every one is well-formed, for else they would not line up with the names."""
    if not isinstance(value, list) or not value:
        return None
    found = [mbid(item) for item in value]
    return None if None in found else found  # type: ignore[return-value]


def child(record: dict[str, Any], key: str) -> dict[str, Any]:
    """The object below `key`; an empty one where there is none."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def children(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list below `key`."""
    value = record.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
