"""Koito's export, version 1: one object with `listens`, where each thing has aliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, child, children, length, mbid, mbids, milliseconds, text, texts, time_text
from wrapped_assets.sources.times import iso_utc

IS_LISTEN = Having("listened_at", "track")


def recognises(head: Head) -> bool:
    """Listens whose track has aliases."""
    return keys_of(head.first_bytes) >= {"listens", "listened_at", "track", "aliases"}


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Listens in the order of the file; `listened_at` is the start."""
    return batches_of(rows_of(records(stream, IS_LISTEN), row_from), iso_utc)


def row_from(number: int, listen: dict[str, Any]) -> Row:
    """One listen; the primary artist comes first, the others in the order of the file."""
    track, album = child(listen, "track"), child(listen, "album")
    artists = sorted(children(listen, "artists"), key=lambda artist: artist.get("is_primary") is not True)
    names = texts([primary_alias(artist) for artist in artists])
    return Row(
        number,
        time_text=time_text(listen.get("listened_at")),
        title=primary_alias(track),
        artist_credit=", ".join(names) if names else None,
        artist_names=names,
        release_group_name=primary_alias(album),
        duration_ms=length(milliseconds(track.get("duration"))),
        recording_mbid=mbid(track.get("mbid")),
        release_mbid=mbid(album.get("mbid")),
        artist_mbids=mbids([artist.get("mbid") for artist in artists]),
    )


def primary_alias(thing: dict[str, Any]) -> str | None:
    """The alias that the listener sees, or the first one where none is marked."""
    aliases = children(thing, "aliases")
    marked = [alias for alias in aliases if alias.get("is_primary") is True]
    return text((marked or aliases or [{}])[0].get("alias"))


KOITO = Source(
    name="koito",
    code=9,
    title="Koito export (JSON)",
    richness=richness.KOITO,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
