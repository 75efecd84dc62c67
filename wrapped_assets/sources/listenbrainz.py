"""ListenBrainz: the export's `listens/YYYY/M.jsonl`, the older single list, API answers, and the lines of public dumps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, child, children, length, mbid, mbids, milliseconds, text, texts, time_text, whole
from wrapped_assets.sources.times import epoch_seconds

IS_LISTEN = Having("listened_at", "track_metadata")
IS_DUMPED = Having("timestamp", "track_metadata")
TRACK_PAGE = re.compile(r"https?://open\.spotify\.com/(?:intl-\w+/)?track/([0-9A-Za-z]{22})")


def recognises(head: Head) -> bool:
    """Listens of one person, whose time is `listened_at`."""
    return keys_of(head.first_bytes) >= {"listened_at", "track_metadata"}


def recognises_dump(head: Head) -> bool:
    """Listens of many, whose time is `timestamp`."""
    keys = keys_of(head.first_bytes)
    return keys >= {"timestamp", "user_name", "track_metadata"} and "listened_at" not in keys


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; `listened_at` is the start. The listener is not named: it is the one who imports."""
    return batches_of(rows_of(records(stream, IS_LISTEN), lambda number, listen: row_from(number, listen, "listened_at")), epoch_seconds)


def read_dump(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order of the file, of the listeners that it names."""

    def dump_row(number: int, listen: dict[str, Any]) -> Row:
        return row_from(number, listen, "timestamp")._replace(listener=text(listen.get("user_name")))

    return batches_of(rows_of(records(stream, IS_DUMPED), dump_row), epoch_seconds)


def row_from(number: int, listen: dict[str, Any], time_key: str) -> Row:
    """One listen. Where MusicBrainz knows the recording its names are used, otherwise the ones that the client sent."""
    track = child(listen, "track_metadata")
    said, mapping = child(track, "additional_info"), child(track, "mbid_mapping")
    artists = children(mapping, "artists")
    names = texts([artist.get("artist_credit_name") for artist in artists])
    ids_from, artist_ids = (mapping, mapping.get("artist_mbids")) if mapping else (said, said.get("artist_mbids"))
    duration = whole(said.get("duration_ms"))
    return Row(
        number,
        time_text=time_text(listen.get(time_key)),
        title=text(mapping.get("recording_name")) or text(track.get("track_name")),
        artist_credit=credit(artists) if names else text(track.get("artist_name")),
        artist_names=names or texts(said.get("artist_names")),
        release_group_name=text(track.get("release_name")),
        duration_ms=length(milliseconds(said.get("duration")) if duration is None else duration),
        recording_mbid=mbid(ids_from.get("recording_mbid")),
        release_mbid=mbid(ids_from.get("release_mbid")),
        artist_mbids=mbids(artist_ids),
        spotify_uri=spotify_uri(said),
        isrc=text(said.get("isrc")),
        submitted_title=text(track.get("track_name")) if mapping else None,
        submitted_artist_credit=text(track.get("artist_name")) if mapping else None,
        ms_played=milliseconds(said.get("duration_played")),
    )


def credit(artists: list[dict[str, Any]]) -> str | None:
    """The credit as MusicBrainz displays it: each name followed by its join phrase ("A", " feat. ", "B")."""
    parts = [(artist.get("artist_credit_name"), artist.get("join_phrase")) for artist in artists]
    return text("".join(part for pair in parts for part in pair if isinstance(part, str)).strip())


def spotify_uri(said: dict[str, Any]) -> str | None:
    """The track's URI, which clients send as the address of its page."""
    for key in ("spotify_id", "origin_url"):
        page = said.get(key)
        if isinstance(page, str) and (found := TRACK_PAGE.match(page)):
            return f"spotify:track:{found[1]}"
    return None


def _source(name: str, code: int, title: str, rich: int, accepts: Callable[[Head], bool], reads: Callable[..., Iterator[Batch]]) -> Source:
    return Source(name=name, code=code, title=title, richness=rich, resolution_seconds=60, recognises=accepts, read=reads)


LISTENBRAINZ = _source("listenbrainz", 3, "ListenBrainz export or API answer (JSON)", richness.LISTENBRAINZ, recognises, read)
LISTENBRAINZ_DUMP = _source(
    "listenbrainz_dump", 4, "ListenBrainz public dump (lines of JSON)", richness.LISTENBRAINZ_DUMP, recognises_dump, read_dump
)
