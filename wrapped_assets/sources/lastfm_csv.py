"""Scrobbles in CSV: ghan.nl, benjaminbenben's lastfm-to-csv, lastfm-backup-cli, Scrubbler, R's scrobbler, Libre.fm, and files like them.

Any separator, with or without a header, columns in any order. Times without a zone are taken as UTC. That is right for most; R's
scrobbler writes its user's local clock without saying which, so its hours may be shifted, which is better than to lose the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Layout, compared, layout_of, records
from wrapped_assets.sources.rows import MBID, Row, length, mbid, milliseconds, text, whole
from wrapped_assets.sources.spelled_times import Order, needs_order, order_of, readable
from wrapped_assets.sources.times import any_spelling

# What each dialect calls a thing. Of several times the first that can be read is taken, row by row: exact ones come first.
TIMES = (
    "uts", "timestamp", "unix_timestamp", "unix", "date_unix", "epoch", "played_at", "scrobbled_at", "listened_at", "scrobble_time",
    "utc_time",
    "time_utc", "datetime", "date_time", "played", "listened", "time", "date",
)  # fmt: skip
ARTISTS = ("artist", "artist_name", "artists", "artist_name_s", "track_artist")
TITLES = ("track", "title", "song", "song_title", "song_name", "track_name", "track_title", "name")
ARTIST_WORDS = frozenset({*ARTISTS, *(name.replace("_", " ") for name in ARTISTS)})  # asked of every record
ALBUMS = ("album", "album_name", "release_name", "release", "album_title")
# A table that says how long was played is a service's own history, with a format of its own.
PLAYED = frozenset({"ms_played", "play_duration_milliseconds", "stream_duration_ms", "time_ms", "listening_time"})
SAMPLE = 20


class Places(NamedTuple):
    """Where things stand; -1 for what is not there. A time is a column, or one with the day and one with the clock."""

    artist: int
    title: int
    album: int = -1
    times: tuple[tuple[int, ...], ...] = ()
    artist_mbid: int = -1
    album_mbid: int = -1
    track_mbid: int = -1
    length_ms: int = -1
    length_s: int = -1
    listener: int = -1


def recognises(head: Head) -> bool:
    """Columns that are an artist, a title and a time, by their header or by what stands in them."""
    return _layout(head) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; their time is the start."""
    return batches_of(_rows(stream, head), any_spelling)


def _layout(head: Head) -> tuple[Layout, Places] | None:
    layout = layout_of(head, is_header, lambda fields: headerless(fields) is not None)
    if layout is None:
        return None
    places = with_header(layout, head) if layout.names else headerless(layout.first)
    return (layout, places) if places else None


def is_header(names: Sequence[str]) -> bool:
    """Whether a line names an artist and a title, and not how long was played."""
    return bool(set(names) & set(ARTISTS)) and bool(set(names) & set(TITLES)) and not set(names) & PLAYED


def with_header(layout: Layout, head: Head) -> Places | None:
    """The places that a header names; a time that it does not name is looked for in the first rows."""
    times = [(layout.place(name),) for name in TIMES if name in layout.names]
    if {"date", "time"} <= set(layout.names):
        times.append((layout.place("date"), layout.place("time")))
    artist, title = layout.place(*ARTISTS), layout.place(*TITLES)
    if not times:
        import io

        sample = [record.fields for _, record in records(io.BytesIO(head.first_bytes), layout)][:SAMPLE]
        order = order_of(field for fields in sample for field in fields)
        for place in range(len(layout.names)):
            seen = [fields[place] for fields in sample if len(fields) > place]
            if place not in (artist, title) and seen and sum(readable(field, order) is not None for field in seen) * 2 > len(seen):
                times.append((place,))
    if not times:
        return None
    return Places(
        artist, title, layout.place(*ALBUMS), tuple(times), layout.place("artist_mbid"), layout.place("album_mbid", "release_mbid"),
        layout.place("track_mbid", "recording_mbid", "mbid"), layout.place("duration_ms", "track_duration_ms", "length_ms"),
        layout.place("duration", "duration_s", "length", "track_duration"),
    )  # fmt: skip


def headerless(fields: Sequence[str]) -> Places | None:
    """The places in the dialects without a header, known by how many columns there are and which of them is a time."""
    is_time = [readable(field, "day_first") is not None or readable(field, "month_first") is not None for field in fields]
    count = len(fields)
    if count in (4, 5, 6) and is_time[3] and fields[0].strip() and fields[2].strip():  # artist, album, title, time[, album artist, length]
        return Places(0, 2, 1, ((3,),))
    if count == 4 and re.fullmatch(r"\d{4}-\d\d-\d\d", fields[0]) and re.fullmatch(r"\d\d:\d\d(:\d\d)?", fields[1]):
        return Places(2, 3, -1, ((0, 1),))
    if count == 5 and fields[0].isdigit() and is_time[1]:  # row number, time, artist, title, album
        return Places(2, 3, 4, ((1,),))
    if count == 6 and is_time[1] and all(not fields[place] or MBID.match(fields[place]) for place in (2, 4)):  # the sets of Last.fm 1K
        return Places(3, 5, -1, ((1,),), artist_mbid=2, track_mbid=4, listener=0)
    if count == 7 and is_time[0] and all(not fields[place] or MBID.match(fields[place]) for place in (4, 5, 6)):  # lastexport
        return Places(2, 1, 3, ((0,),), artist_mbid=5, album_mbid=6, track_mbid=4)
    return None


def _rows(stream: BinaryIO, head: Head) -> Iterator[Row]:
    found = _layout(head)
    if found is None:
        yield Row(0, reason="unreadable_row", unread_bytes=len(stream.read()))
        return
    layout, places = found
    order = _order(layout, places, head)
    for number, record in records(stream, layout):
        if record.reason:
            yield Row(number, reason=record.reason, unread_bytes=record.size)
        elif not ARTIST_WORDS.isdisjoint(map(str.lower, record.fields)) and is_header(tuple(map(compared, record.fields))):
            layout = Layout(layout.separator, tuple(compared(name) for name in record.fields), (), 0)  # of a file that was joined to it
            places = with_header(layout, head) or places
        elif len(record.fields) <= max(places.artist, places.title):
            yield Row(number, reason="unreadable_row", unread_bytes=record.size)
        else:
            yield row_from(number, record.fields, places, order)


def _order(layout: Layout, places: Places, head: Head) -> Order | None:
    """Which of day and month comes first, by the whole file: read once more where its first rows leave it open."""

    def written(fields: list[str]) -> list[str]:
        return [_joined(fields, columns) or "" for columns in places.times]

    import io

    first = [text for _, record in records(io.BytesIO(head.first_bytes), layout) for text in written(record.fields)]
    if not any(map(needs_order, first)):
        return None
    if head.again is None:
        return order_of(first)
    with head.again() as stream:
        return order_of(text for _, record in records(stream, layout) for text in written(record.fields))


def _joined(fields: list[str], columns: tuple[int, ...]) -> str | None:
    if len(columns) == 1:
        return fields[columns[0]].strip() if columns[0] < len(fields) else None
    parts = [fields[place].strip() for place in columns if place < len(fields)]
    return " ".join(parts) if len(parts) == len(columns) and all(parts) else None


def row_from(number: int, fields: list[str], places: Places, order: Order | None) -> Row:
    """One record, with the first of its times that can be read."""

    def at(place: int) -> str | None:
        return text(fields[place]) if 0 <= place < len(fields) else None

    time, is_ambiguous, written = None, False, None
    for columns in places.times:
        spelled = _joined(fields, columns)
        time = readable(spelled, order)
        if time is not None:
            break
        written = written or spelled
        is_ambiguous |= order is None and needs_order(spelled)
    artist_id = mbid(at(places.artist_mbid))
    return Row(
        number,
        reason="ambiguous_time" if is_ambiguous and time is None else None,
        time_text=time or (written[:64] if written else None),
        title=at(places.title),
        artist_credit=at(places.artist),
        release_group_name=at(places.album),
        duration_ms=None if places.length_ms == places.length_s else _length(at(places.length_ms), at(places.length_s)),
        recording_mbid=mbid(at(places.track_mbid)),
        release_mbid=mbid(at(places.album_mbid)),
        artist_mbids=[artist_id] if artist_id else None,
        listener=at(places.listener) if places.listener >= 0 else None,
    )


def _length(in_ms: str | None, in_seconds: str | None) -> int | None:
    exact = whole(in_ms)
    return length(exact if exact is not None else milliseconds(in_seconds))


LASTFM_CSV = Source(
    name="lastfm_csv",
    code=7,
    title="Last.fm, Libre.fm or other scrobbles (CSV)",
    richness=richness.LASTFM_CSV,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
