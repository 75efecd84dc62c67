"""Plays of three kinds of export to test listens with: exact streams, minute-truncated streams, and scrobbles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from wrapped_assets.building.rehearsal import Found, rehearse, source_like
from wrapped_assets.contracts.source import PLAY_SCHEMA, Source

EXACT = source_like("exact", code=1, richness=90, resolution_seconds=1)
MINUTES = source_like("minutes", code=2, richness=50, resolution_seconds=60)
SCROBBLES = source_like("scrobbles", code=3, richness=30, resolution_seconds=1)


def at(text: str) -> datetime:
    """The UTC instant written `2026-03-01 12:00[:30]`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def play(start: datetime | str, title: str = "eple", ms_played: int | None = 180_000, **more: Any) -> dict[str, Any]:
    """One play of music by an artist of its own."""
    begin = at(start) if isinstance(start, str) else start
    return {"listened_at": begin, "ms_played": ms_played, "title": title, "artist_credit": f"artist of {title}", "media": "music", **more}


def scrobble(start: datetime | str, title: str = "eple", **more: Any) -> dict[str, Any]:
    """A play that its source has qualified, without a played time."""
    return play(start, title, None, is_scrobble=True, **more)


def truncated(full: dict[str, Any]) -> dict[str, Any]:
    """The same play as an export tells it that gives the end's minute."""
    length = timedelta(milliseconds=full["ms_played"])
    end = (full["listened_at"] + length).replace(second=0, microsecond=0)
    return {**full, "listened_at": end - length}


def frame(*plays: dict[str, Any]) -> pl.DataFrame:
    """Plays as a source gives them."""
    return pl.DataFrame(list(plays), schema=PLAY_SCHEMA)


def heard(*plays: dict[str, Any], year: int = 2026, **how: Any) -> pl.DataFrame:
    """The year's plays of one listener of one exact export, in the order of their start."""
    return listens_in(rehearse({"ana": [(EXACT, frame(*plays))]}, [year], only=["plays", "duplicates"], **how))


def loaded(*exports: tuple[Source, list[dict[str, Any]]]) -> Found:
    """What one listener's exports give together, loaded in this order."""
    parts = [(source, frame(*plays)) for source, plays in exports]
    return rehearse({"ana": parts}, [2026], only=["plays", "duplicates"])


def listens_in(found: Found) -> pl.DataFrame:
    """All months' plays of a rehearsal."""
    return pl.concat(rows for (key, _), rows in found.items() if key == "listens/plays").sort("listened_at", "recording_id")


def duplicates_in(found: Found) -> pl.DataFrame:
    """All months' audit of duplicates of a rehearsal."""
    return pl.concat(rows for (key, _), rows in found.items() if key == "listens/duplicates").sort(
        "listened_at", "recording_id", "copy_number"
    )
