"""Sources: each reads one input format and yields batches of plays and rejected rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import numpy as np
import polars as pl

from wrapped_assets.vocabulary import columns as c

# A track's names exactly as exported (after `clean_text`). A `music` row needs a title and an artist.
TRACK_SCHEMA: dict[str, pl.DataType] = {
    "title": pl.String(),
    "artist_credit": pl.String(),  # as displayed: "A feat. B"
    "artist_names": pl.List(pl.String()),  # null where the source does not separate the artists
    "release_group_name": pl.String(),
    "duration_ms": pl.Int32(),  # length of the recording, not of the play
    "media": pl.String(),  # music | podcast | audiobook | video; a podcast's title is the episode, its artist_credit the show
    "recording_mbid": pl.String(),
    "release_mbid": pl.String(),
    "artist_mbids": pl.List(pl.String()),
    "spotify_uri": pl.String(),
    "isrc": pl.String(),
    "submitted_title": pl.String(),  # what the client sent, where the export maps it to other names; null where it is the same
    "submitted_artist_credit": pl.String(),
}

# One playback. `listener` is null where the file does not name one (then it is --listener's).
PLAYBACK_SCHEMA: dict[str, pl.DataType] = {
    "listener": pl.String(),
    "listened_at": c.INSTANT,  # START, UTC
    "ms_played": pl.Int64(),  # null where the source does not say (scrobbles)
    "is_scrobble": pl.Boolean(),
    "is_private": pl.Boolean(),
    "is_skipped": pl.Boolean(),
    "device_code": pl.UInt8(),  # the kind of device (vocabulary.devices), never the device; null where the source does not say
}

PLAY_SCHEMA: dict[str, pl.DataType] = {**PLAYBACK_SCHEMA, **TRACK_SCHEMA}
# The form of a service's event log: each name and each track's texts once; `track` is a row number of `tracks`.
CODED_PLAY_SCHEMA: dict[str, pl.DataType] = {**PLAYBACK_SCHEMA, "listener": pl.Categorical(), "track": pl.UInt32()}

# A rejected row is kept with its reason; only these fields, so that addresses and user agents never enter.
REJECTED_SCHEMA: dict[str, pl.DataType] = {
    "row_number": pl.Int64(),  # 0-based place in the file
    "reason": pl.String(),  # one of REJECTION_REASONS
    "time_text": pl.String(),
    "title": pl.String(),
    "artist_credit": pl.String(),
}

REJECTION_REASONS: dict[str, str] = {
    "not_an_object": "the row is not a record of the format",
    "missing_time": "the row has no time",
    "invalid_time": "the time cannot be read, is in the wrong unit, or lost its last digits in a spreadsheet (1.71456E+09)",
    "ambiguous_time": "day and month of the time cannot be told apart: no row has a day above 12; write the times as 2025-03-04 11:45",
    "future_time": "the time lies in the future",
    "too_early": "the time lies before 2002, when no service recorded listens",
    "missing_title": "the row names no recording",
    "missing_artist": "the row names no artist",
    "artist_not_beside": "no artist is named here: import the whole export, with the service's library (Apple Music Library Tracks.json, "
    "Amazon's library.csv)",
    "other_form": "the row has another form than the file's first: two of Spotify's histories were joined; import each as it was exported",
    "negative_duration": "the time played is negative",
    "implausible_duration": "the time played is longer than a day",
    "now_playing": "the row says what is playing now, not what was played",
    "not_music": "the row is a video that is no music",
    "not_a_play": "the row is an event other than a play (an advertisement, lyrics, a seek)",
    "truncated": "the file ends in the middle of this row",
    "unusable_listener": "the listener's name is blank, longer than 500 characters, or has a NUL",
    "erased": "the listener was erased, and must not come back",
    "unreadable_row": "the row is broken: it is not valid text of the format",
    "not_utf8": "the row is not UTF-8, and its encoding cannot be told: save the file as UTF-8 and import it again",
}


# Reasons for rows that could not be read at all, so their content is unknown.
UNREAD_REASONS = frozenset({"truncated", "unreadable_row", "not_utf8"})


def no_companion(_name: str) -> BinaryIO | None:
    """The companion of a single file, which has none."""
    return None


@dataclass(frozen=True)
class Head:
    """The part of a file that format recognition sees: its name, its path inside a folder or zip, and its first bytes.

    `column_names` are those of a Parquet file, which lists them at its end. `companion` opens the file with a given name in the same
    folder or the nearest parent folder of the import, or returns None. `again` opens the file once more, for formats that must read
    the whole file before its first row.
    """

    name: str
    path: str
    first_bytes: bytes = field(repr=False)  # a listener's data: never in a message
    column_names: tuple[str, ...] = ()
    table_names: tuple[str, ...] = ()  # the sheets of a workbook, the tables of a database
    companion: Callable[[str], BinaryIO | None] = field(default=no_companion, compare=False, repr=False)
    again: Callable[[], BinaryIO] | None = field(default=None, compare=False, repr=False)  # opens the file once more from its start


class ManyTracks(Protocol):
    """A table (TRACK_SCHEMA) that is too long for memory. Iterated, it gives its rows in frames, in their order."""

    schema: pl.Schema
    height: int

    def __iter__(self) -> Iterator[pl.DataFrame]: ...

    def __getitem__(self, rows: np.ndarray | Sequence[int]) -> pl.DataFrame:
        """Rows by number."""


@dataclass(frozen=True)
class Batch:
    """A batch of a file's rows. `plays` has PLAY_SCHEMA, or CODED_PLAY_SCHEMA if `tracks` (TRACK_SCHEMA) is given.

    Batches may share one table of `tracks`, of which each uses a part: each track is then coded once.
    """

    plays: pl.DataFrame
    rejected: pl.DataFrame
    tracks: pl.DataFrame | ManyTracks | None = None
    listeners: pl.DataFrame | None = None  # listener, time_zone, country, birth_year where the file carries them
    unread_bytes: int = 0  # of broken rows; `rejected` has one row for each of which a part was found


@dataclass(frozen=True)
class Source:
    """One input format.

    `code` is stored in the lake and never reused. Of two records of one playback, the one with the higher `richness` is kept
    (`sources/richness.py` explains the order). `resolution_seconds` is the precision of the source's times. `companions` are names of
    files that `read` opens itself or that other commands read; they are not imported alone and not reported as unrecognised.
    """

    name: str
    code: int
    title: str
    richness: int
    resolution_seconds: int
    recognises: Callable[[Head], bool]
    read: Callable[[BinaryIO, Head], Iterator[Batch]]
    companions: frozenset[str] = frozenset()


def source_faults(source: Source) -> Iterator[str]:
    """The faults of a source: codes and richness must fit into a byte, and names must be easy to type in commands."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(source.name)):
        yield f"the name must be small letters, digits and underscores, got {source.name!r}"
    for attribute in ("code", "richness"):
        value = getattr(source, attribute)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 255:
            yield f"{attribute} must be a whole number from 1 to 255, got {value!r}"
    if not isinstance(source.resolution_seconds, int) or not 1 <= source.resolution_seconds <= 86_400:
        yield f"resolution_seconds must be a whole number of seconds from 1 to 86400, got {source.resolution_seconds!r}"
    if not isinstance(source.title, str) or not source.title:
        yield "title must say what the format is called"
    for attribute, parameters in (("recognises", "(head)"), ("read", "(stream, head)")):
        if not callable(getattr(source, attribute)):
            yield f"{attribute} must be a function {parameters}, got a {type(getattr(source, attribute)).__name__}"
