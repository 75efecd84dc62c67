"""Apple's `Apple Music Play Activity.csv`: one row an event, of which several may be one play.

Newer files name no artist. Then it is looked up by song and album in the library, and in the daily history, where these lie beside.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

import orjson

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Named, layout_of, named_records
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.json_rows import Having, found_in
from wrapped_assets.sources.rows import Row, length, text, time_text, whole
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.times import any_spelling

LIBRARY, DAILY = "Apple Music Library Tracks.json", "Apple Music - Play History Daily Tracks.csv"
PLAY_EVENTS = ("", "PLAY_END")
NO_PLAYS = ("AD", "AGGREGATE_NON_CATALOG_PLAY_TIME", "STREAM")
GOES_ON = ("SCRUB", "PLAYBACK_MANUALLY_PAUSED")  # reasons behind which the same play goes on
MOST_MS_APART = 2_000
Artists = dict[tuple[str, str | None], str | None]


def is_header(names: Sequence[str]) -> bool:
    """Whether a line has the columns of Apple's play activity."""
    return {"play_duration_milliseconds", "event_end_timestamp"} <= set(names)


def recognises(head: Head) -> bool:
    """A table with Apple's columns."""
    return layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; the time is the event's start."""
    artists = artists_beside(head)
    events = (_event(number, named, artists) for number, named in named_records(stream, head, is_header))
    return batches_of((row for row, _ in joined(events)), any_spelling)


def _event(number: int, named: Named | Row, artists: Artists) -> tuple[Row, str]:
    """The row of an event and why it ended."""
    return (named, "") if isinstance(named, Row) else (row_from(number, named, artists), named.get("end_reason_type", ""))


def row_from(number: int, named: Named, artists: Artists) -> Row:
    """One event. A pause counts in Apple's duration, so that a play is never taken as longer than its song."""
    title = text(named.get("song_name")) or text(named.get("content_name")) or text(named.get("title"))
    album = text(named.get("album_name")) or text(named.get("container_album_name"))
    artist = text(named.get("artist_name")) or text(named.get("container_artist_name"))
    played, whole_ms = whole(named.get("play_duration_milliseconds")), length(whole(named.get("media_duration_in_milliseconds")))
    start, end = named.get("event_start_timestamp"), named.get("event_end_timestamp")
    is_play = named.get("event_type", "") in PLAY_EVENTS and named.get("item_type") not in NO_PLAYS
    reason_end = named.get("end_reason_type", "")
    at = readable(text(start)) or readable(text(end))
    if artist is None and title is not None:
        artist = artists.get((title.casefold(), album.casefold() if album else None)) or artists.get((title.casefold(), None))
    return Row(
        number,
        reason="not_a_play" if not is_play or reason_end == "FAILED_TO_LOAD" else "artist_not_beside" if title and artist is None else None,
        time_text=at or time_text(start or end),
        ms_before_time=0 if text(start) else max(played or 0, 0),
        title=title,
        artist_credit=artist,
        release_group_name=album,
        duration_ms=whole_ms,
        media="video" if "VIDEO" in (named.get("media_type") or "").upper() else "music",
        ms_played=min(played, whole_ms) if played is not None and whole_ms else played,
        is_scrobble=False,
        is_skipped="SKIPPED" in reason_end or None,
        device_code=device_code(named.get("device_type") or named.get("device_os_name")),
    )


def joined(events: Iterator[tuple[Row, str]]) -> Iterator[tuple[Row, str]]:
    """The plays: neighbours of one song of which one goes on where the other ended, by a seek or a pause, are one."""
    last: tuple[Row, str] | None = None
    for row, ended in events:
        if last is not None and (both := _one_play(last, (row, ended))):
            last = both
            continue
        if last is not None:
            yield last
        last = (row, ended)
    if last is not None:
        yield last


def _one_play(one: tuple[Row, str], other: tuple[Row, str]) -> tuple[Row, str] | None:
    (first, ended), (second, _) = sorted((one, other), key=lambda event: event[0].time_text or "")
    same = (first.title, first.artist_credit, first.release_group_name) == (second.title, second.artist_credit, second.release_group_name)
    if not same or first.title is None or first.reason or second.reason or not ended.startswith(GOES_ON):
        return None
    starts = _milliseconds(first.time_text), _milliseconds(second.time_text)
    lengths = first.ms_played, second.ms_played
    if None in starts or None in lengths or min(lengths) < 0 or abs(starts[0] + lengths[0] - starts[1]) > MOST_MS_APART:  # type: ignore[operator,type-var]
        return None
    together = lengths[0] + lengths[1]  # type: ignore[operator]
    last_reason = other[1] if other[0] is second else one[1]
    return first._replace(ms_played=min(together, first.duration_ms or together), is_skipped=second.is_skipped), last_reason


def _milliseconds(iso: str | None) -> float | None:
    try:
        return datetime.fromisoformat(iso or "").timestamp() * 1000
    except ValueError:
        return None


def artists_beside(head: Head) -> Artists:
    """Artist by song and album, and by song alone where only one artist has it; None where two have."""
    found: Artists = {}

    def add(title: str | None, album: str | None, artist: str | None) -> None:
        if title and artist:
            for key in {(title.casefold(), album.casefold() if album else None), (title.casefold(), None)}:
                found[key] = artist if found.get(key, artist) == artist else None

    if library := head.companion(LIBRARY) or head.companion(f"{LIBRARY}.zip/{LIBRARY}"):
        with library:
            content = library.read()
        try:
            for track in found_in(orjson.loads(content), Having("Title", "Artist")):
                if isinstance(track, dict):
                    add(text(track.get("Title")), text(track.get("Album")), text(track.get("Artist")))
        except orjson.JSONDecodeError:
            pass
    if daily := head.companion(DAILY):
        with daily:
            for row in csv.DictReader(io.TextIOWrapper(daily, encoding="utf-8-sig", errors="replace", newline="")):
                artist, separator, title = (row.get("Track Description") or "").partition(" - ")
                if separator:
                    add(title.strip(), None, artist.strip())
    return found


APPLE_MUSIC = Source(
    name="apple_music",
    code=19,
    title="Apple Music play activity (CSV)",
    richness=richness.APPLE_MUSIC,
    resolution_seconds=1,
    recognises=recognises,
    read=read,
    companions=frozenset({LIBRARY, DAILY}),
)
