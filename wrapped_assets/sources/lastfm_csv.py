"""Scrobbles in CSV: ghan.nl, benjaminbenben's lastfm-to-csv, lastfm-backup-cli, R's scrobbler, Libre.fm, and files like them.

Times without a zone are taken as UTC. That is right for the first three; R's scrobbler writes its user's local clock without saying
which, so its hours may be shifted, which is better than to lose the rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.rows import Row, mbid, text
from wrapped_assets.sources.times import any_spelling

# What each dialect calls a thing; the earlier name wins where a file has two (uts is exact, utc_time may be to the minute).
SPELLINGS: dict[str, tuple[str, ...]] = {
    "time": ("uts", "timestamp", "unix_timestamp", "date_unix", "utc_time", "datetime", "time", "date", "scrobbled_at", "played_at"),
    "artist": ("artist", "artist_name"),
    "title": ("track", "title", "song", "song_title", "track_name", "track_title", "name"),
    "album": ("album", "album_name", "release_name"),
    "artist_mbid": ("artist_mbid",),
    "album_mbid": ("album_mbid",),
    "track_mbid": ("track_mbid",),
}
DAY_AND_MINUTE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4},? \d\d:\d\d")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?\Z")
LINES_BEFORE_HEADER = 50  # Libre.fm writes comments first
FIELD_BYTES = 100_000  # a longer field is a quote that does not close

Places = dict[str, int]


def recognises(head: Head) -> bool:
    """Columns that are an artist, a title and a time, by their header or by what stands in them."""
    start = head.first_bytes
    if b"\0" in start[:1000] or start.lstrip()[:1] in (b"{", b"[", b"<", b"%"):
        return False
    lines = io.StringIO(start.decode(encoding_of(start), "replace"), newline="")
    return places_in(_records(lines)) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; their time is the start."""
    return batches_of(_rows(stream, head), any_spelling)


def encoding_of(first_bytes: bytes) -> str:
    """UTF-7 where its escapes stand for the marks of CSV (one Libre.fm export is written so); otherwise UTF-8."""
    return "utf-7" if re.search(rb"\+AC[IM]-", first_bytes) else "utf-8"


def places_in(records: Iterator[list[str] | None]) -> tuple[Places, bool] | None:
    """Where the things stand, and whether that was said by a header (then rows before it are comments); None for another format."""
    for number, record in enumerate(records):
        if record is None or number == LINES_BEFORE_HEADER:
            return None
        named = header(record)
        if named is not None:
            return named, True
        if number == 0 and (unnamed := headerless(record)):
            return unnamed, False
    return None


def header(record: list[str]) -> Places | None:
    """The places that a header names; None where artist, title or time is missing."""
    if not any(name.strip().lower().replace(" ", "_") in SPELLINGS["artist"] for name in record):  # nearly always: every record is asked
        return None
    names = [re.sub(r"\W+", "_", name.strip().lower()).strip("_") for name in record]
    found = {thing: next((names.index(name) for name in spellings if name in names), -1) for thing, spellings in SPELLINGS.items()}
    if "date" in names and "time" in names and not {"uts", "timestamp"} & set(names):
        found["day"], found["time"] = names.index("date"), names.index("time")
    places = {thing: place for thing, place in found.items() if place >= 0}
    return places if places.keys() >= {"artist", "title", "time"} else None


def headerless(record: list[str]) -> Places | None:
    """The places in the dialects without a header, known by the form of their times."""
    if len(record) == 4 and DAY_AND_MINUTE.match(record[3].strip()):
        return {"artist": 0, "album": 1, "title": 2, "time": 3}
    if len(record) == 4 and ISO_DAY.match(record[0]) and CLOCK.match(record[1]):
        return {"day": 0, "time": 1, "artist": 2, "title": 3}
    if len(record) == 5 and record[0].isdigit() and ISO_TIME.match(record[1]):
        return {"time": 1, "artist": 2, "title": 3, "album": 4}
    return None


def _records(lines: io.TextIOBase) -> Iterator[list[str] | None]:
    """The records that are no blank lines or comments; None for one that is no CSV."""
    csv.field_size_limit(FIELD_BYTES)
    reader = csv.reader(lines)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None
            continue
        if record and not record[0].startswith("#"):
            yield record


def _rows(stream: BinaryIO, head: Head) -> Iterator[Row]:
    start = head.first_bytes
    decoded = io.TextIOWrapper(stream, encoding=encoding_of(start), errors="replace", newline="")
    beginning = io.StringIO(start.decode(encoding_of(start), "replace"), newline="")
    places, waits_for_header = places_in(_records(beginning)) or ({}, False)
    for number, record in enumerate(_records(decoded)):
        if record is None:
            yield Row(number, reason="unreadable_row")
        elif header(record) is not None:  # also a second one, of files that were joined
            places, waits_for_header = header(record) or {}, False
        elif not waits_for_header:
            yield row_from(number, record, places)


def row_from(number: int, record: list[str], places: Places) -> Row:
    """One record; what stands in the `day` column comes before the time."""
    if len(record) <= max(places.get(thing, 0) for thing in ("artist", "title", "time")) or not places:
        return Row(number, reason="unreadable_row")

    def at(thing: str) -> str | None:
        place = places.get(thing, -1)
        return text(record[place]) if 0 <= place < len(record) else None

    day, time, artist_id = at("day"), at("time"), mbid(at("artist_mbid"))
    return Row(
        number,
        time_text=f"{day} {time}" if day and time else time,
        title=at("title"),
        artist_credit=at("artist"),
        release_group_name=at("album"),
        recording_mbid=mbid(at("track_mbid")),
        release_mbid=mbid(at("album_mbid")),
        artist_mbids=[artist_id] if artist_id else None,
    )


LASTFM_CSV = Source(
    name="lastfm_csv",
    code=7,
    title="Last.fm or Libre.fm scrobbles (CSV)",
    richness=richness.LASTFM_CSV,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
