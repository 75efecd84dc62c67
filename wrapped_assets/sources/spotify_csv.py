"""Spotify's history as a table: the extended or the short form, as Kaggle, R and pandas write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Named, layout_of, rows_by_name
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.rows import Row, flag, text, time_text, whole
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.spotify_extended import skipped, what_was_played
from wrapped_assets.sources.times import any_spelling

ENDS = ("ts", "end_time", "stop_time")
# What others call a column of the extended form.
NAMES = {
    "master_metadata_track_name": ("track_name", "track", "song", "song_name", "title"),
    "master_metadata_album_artist_name": ("album_artist_name", "artist_name", "artist", "artists", "artist_name_s"),
    "master_metadata_album_album_name": ("album_album_name", "album_name", "album"),
    "spotify_track_uri": ("track_uri", "uri", "spotify_uri", "track_id"),
    "episode_name": ("episode",),
    "episode_show_name": ("show_name", "podcast_name"),
}
ID_LENGTH = 22


def is_header(names: Sequence[str]) -> bool:
    """Whether a line names an end, the milliseconds played and a track."""
    has_track = any({own, *others} & set(names) for own, others in NAMES.items() if own == "master_metadata_track_name")
    return bool(set(ENDS) & set(names)) and "ms_played" in names and has_track


def recognises(head: Head) -> bool:
    """A table whose header has the end, the milliseconds played and the track."""
    return layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; the time is the end, so the start is the end less the time played."""
    return batches_of(rows_by_name(stream, head, is_header, row_from), any_spelling)


def row_from(number: int, named: Named) -> Row:
    """One row; tables write nothing as "", "NA", "None" or "NULL"."""
    record = {name: None if value.strip() in ("", "NA", "NaN", "nan", "None", "NULL", "null") else value for name, value in named.items()}
    for own, others in NAMES.items():
        record[own] = next((value for name in (own, *others) if (value := record.get(name))), None)
    uri, played = record["spotify_track_uri"], whole(record.get("ms_played"))
    if uri and len(uri) == ID_LENGTH and uri.isalnum():
        record["spotify_track_uri"] = f"spotify:track:{uri}"
    end = next((value for name in ENDS if (value := record.get(name))), None)
    return Row(
        number,
        time_text=readable(text(end)) or time_text(end),
        ms_before_time=played or 0,
        ms_played=played,
        is_scrobble=False,
        is_private=flag(record.get("incognito_mode")),
        is_skipped=skipped(record),
        device_code=device_code(record.get("platform")),
        **what_was_played(record, is_video=False),
    )


SPOTIFY_CSV = Source(
    name="spotify_csv",
    code=12,
    title="Spotify streaming history as a table (CSV)",
    richness=richness.SPOTIFY_CSV,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
