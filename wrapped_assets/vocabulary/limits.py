"""The limits of a column's values, derived from its name and unit: shares are at most 1, counts not negative, ranks at least 1."""

from __future__ import annotations

from wrapped_assets.vocabulary.columns import Column

Limits = tuple[float | None, float | None]  # smallest, largest; None for no limit

_OF_COLUMN: dict[str, Limits] = {
    "local_hour": (0, 23), "local_weekday": (1, 7), "artist_position": (0, None), "lift": (0, None), "town_lift": (0, None),
}  # fmt: skip
_SHARE_UNIT = "0–1"
_AMOUNTS = ("_count", "minutes", "hours", "_ms", "ms_played", "_sum")
_PLACES = ("_rank", "_position", "_number")
ROUNDING = 1e-9  # how far a share may exceed its limits


def limits_of(column: Column) -> Limits:
    """The smallest and largest value that the column may hold, both inclusive."""
    if column.name in _OF_COLUMN:
        return _OF_COLUMN[column.name]
    if column.unit == _SHARE_UNIT:
        return (0, 1)
    if not column.dtype.is_numeric():
        return (None, None)
    return (0, None) if column.name.endswith(_AMOUNTS) else (1, None) if column.name.endswith(_PLACES) else (None, None)


def is_never_null(column: Column) -> bool:
    """Whether the column is a count or rank of our own; catalogue facts (class public) may be unknown."""
    return column.name.endswith(("_count", "_rank", "playlist_position")) and column.privacy != "public"
