"""Finds each track's file in a library, by the rules by which plays are matched (docs/matching.md)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import polars as pl

from wrapped_assets.kernels.music_ids import separated, with_artists, with_recording_ids
from wrapped_assets.kernels.titles import song_key
from wrapped_assets.library.files import Looked, audio_files
from wrapped_assets.library.names import Named, Quality, UnreadableError, names_of, quality_of
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistTrack

BATCH = 4096  # files, so that memory does not grow with the library
_NAMED = {
    "owner": pl.Int64, "recording_name": pl.String, "artist_name": pl.String, "artist_names": pl.List(pl.String), "mbid": pl.String,
    "isrc": pl.String,
}  # fmt: skip
_BY_NAME, _BY_ID, _LOOSELY = ("recording_id",), ("mbid", "isrc"), ("song_id",)


@dataclass(frozen=True)
class Found:
    """A library as far as a playlist needs it: each track's file by position, and what was looked at."""

    files: dict[int, Path]
    audio: int
    unreadable: int


def found_in(library: Path, tracks: Sequence[PlaylistTrack], progress: Callable[[int], None] = lambda _: None) -> Found:
    """The best file of each track that has one.

    A file is a track's where title and artists make the same recording, or an id is the same and title or artist agrees; otherwise
    where title and first artist make the same song. Of several files the surest match comes first, then what lost nothing, then the
    higher rate, then the first path in the order of its bytes.
    """
    wanted = _identified(named for track in tracks for named in _spellings(track))
    looked, matches = Looked(), dict[int, list[tuple[int, Path]]]()
    files = audio_files(library, looked)
    while batch := list(islice(files, BATCH)):
        rows = []
        for number, path in enumerate(batch):
            try:
                rows += [(number, named) for named in names_of(path, library)]
            except UnreadableError:
                looked.unreadable += 1
        for position, number, doubt in _matched(wanted, _identified(rows)).iter_rows():
            matches.setdefault(position, []).append((doubt, batch[number]))
        progress(looked.audio)
    sounds = {path: _quality(path) for found in matches.values() for _, path in found}
    looked.unreadable += list(sounds.values()).count(None)
    best = {position: _best(found, sounds) for position, found in sorted(matches.items())}
    return Found({position: path for position, path in best.items() if path}, looked.audio, looked.unreadable)


def with_files(playlist: PlaylistData, found: Found, said: Callable[[Path], str]) -> PlaylistData:
    """The playlist with the files that were found, each as `said` writes its path, and no other address."""
    files = {position: said(path) for position, path in found.files.items()}
    return replace(playlist, tracks=[replace(track, file=files.get(track.position)) for track in playlist.tracks], is_local=True)


def _spellings(track: PlaylistTrack) -> Iterable[tuple[int, Named]]:
    for title, artist, artists in (
        (track.recording_name, track.artist_name, track.artist_names),
        *(each.values() for each in track.other_names),
    ):
        if title and (artist or artists):
            yield track.position, Named(title, artist or artists[0], tuple(artists), (track.recording_mbid or "").lower(), track.isrc)


def _identified(rows: Iterable[tuple[int, Named]]) -> pl.DataFrame:
    """`owner` (a track's position or a file's number) of each reading, with the ids and keys of its names."""
    columns = [(owner, each.title, each.artist, list(each.artist_names), each.mbid or None, each.isrc or None) for owner, each in rows]
    named = pl.DataFrame(columns, schema=_NAMED, orient="row").with_row_index("_row").lazy()
    whole = with_artists(named.with_columns(artist_names=separated(pl.col("artist_names"), pl.col("artist_name"))), "_row")
    title, artist = song_key(pl.col("recording_name"), pl.col("_primary"))
    keyed = with_recording_ids(whole.with_columns(_title=title, _artist=artist), pl.lit("music"))
    return keyed.select("owner", "recording_id", "song_id", "mbid", "isrc", "_title", "_artist").collect()


def _matched(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """position, number and doubt (0 where ids or all artists agree, 1 where the song does) of the files that are tracks."""
    agree = (pl.col("_title") == pl.col("_title_right")) | (pl.col("_artist") == pl.col("_artist_right"))
    parts = []
    for key, doubt in ((key, int(keys is _LOOSELY)) for keys in (_BY_NAME, _BY_ID, _LOOSELY) for key in keys):
        both = wanted.drop_nulls(key).join(files.drop_nulls(key), on=key, how="inner")
        kept = both.filter(agree) if key in _BY_ID else both
        parts.append(kept.select(position="owner", number="owner_right", doubt=pl.lit(doubt)))
    return pl.concat(parts).group_by("position", "number").agg(pl.col("doubt").min()).sort("position", "number")


def _quality(path: Path) -> Quality | None:
    try:
        return quality_of(path)
    except UnreadableError:
        return None


def _best(found: Sequence[tuple[int, Path]], sounds: Mapping[Path, Quality | None]) -> Path | None:
    known = [(doubt, sound.is_lossy, sound.rate, os.fsencode(path), path) for doubt, path in found if (sound := sounds[path])]
    return min(known)[-1] if known else None
