"""What a playlist format takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class PlaylistTrack:
    """One place of a playlist, with whatever is known to find the recording elsewhere."""

    position: int  # first = 1
    recording_name: str | None = None
    artist_name: str | None = None  # the credit as displayed
    artist_names: Sequence[str] = ()
    release_group_name: str | None = None
    duration_ms: int | None = None
    recording_mbid: str | None = None
    artist_mbids: Sequence[str] = ()
    release_mbid: str | None = None
    spotify_uri: str | None = None
    isrc: str | None = None
    listen_count: int | None = None  # in the playlist's window; None for what was never heard
    other_names: Sequence[Mapping[str, Any]] = ()  # recording_name, artist_name and artist_names under which it was heard as well
    file: str | None = None  # the listener's own file, as a path that the player resolves; undecodable bytes are surrogate escapes


@dataclass(frozen=True)
class PlaylistData:
    """A playlist to write. `created` is the edition's last day, never today: the same input gives the same bytes.

    With `is_local`, the tracks are played from the listener's own files, and no other address is written.
    """

    title: str
    created: date
    tracks: Sequence[PlaylistTrack]
    description: str = ""
    listener_name: str | None = None
    is_local: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A track and why the format, or most of its readers, cannot carry it."""

    position: int
    recording_name: str | None
    reason: str


@dataclass(frozen=True)
class Rendered:
    """The file's bytes, what is not in it, and what is in it although some players will pass over it; `note` counts the latter."""

    content: bytes
    left_out: tuple[LeftOut, ...] = ()
    passed_over: tuple[LeftOut, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PlaylistFormat:
    """One format: its name on the command line, the file's suffix with its dot, and how it is written.

    `strict` leaves out what ListenBrainz refuses, where the format is one that ListenBrainz imports. Only formats for players on the
    listener's own machines hold paths of files (`holds_files`); the others are made to be uploaded.
    """

    name: str
    suffix: str
    media_type: str
    render: Callable[[PlaylistData], Rendered]
    strict: Callable[[PlaylistData], Rendered] | None = None
    holds_files: bool = False
