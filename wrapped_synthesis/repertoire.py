"""What can be heard: invented artists within genres, and their recordings, as arrays and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from wrapped_synthesis import names, tables
from wrapped_synthesis.chance import Purpose, fields

GENRE_COUNT = 12
_BASE62 = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
_BASE36 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
_FEATURED = (" (feat. {})", " [feat. {}]", " (ft. {})", "")


@dataclass(frozen=True)
class Repertoire:
    """Artist g × artists_per_genre + r is the r-th most popular of genre g; an artist's recordings stand together."""

    artists_per_genre: int
    first_recording: np.ndarray  # per artist, and one past the last
    recording_count: np.ndarray  # per artist
    artist: np.ndarray  # per recording
    duration_ms: np.ndarray  # per recording


def repertoire(listens: int, seed: int) -> Repertoire:
    """About one recording for fifty listens, between 1,200 and a million."""
    wanted = min(1_000_000, max(1_200, listens // 50))
    artists_per_genre = max(5, wanted // 20 // GENRE_COUNT)
    artists = artists_per_genre * GENRE_COUNT
    drawn = fields(seed, Purpose.ARTISTS, 0, 1, artists)
    counts = tables.lognormal(13, 0.85, 2, 160)[drawn[0]]
    # The popular have recorded more: half as much again for the first tenth of a genre.
    is_popular = np.arange(artists) % artists_per_genre < artists_per_genre // 10 + 1
    counts = counts + np.where(is_popular, counts // 2, 0)
    first = np.concatenate([[0], np.cumsum(counts)])
    durations = tables.lognormal(205_000, 0.32, 40_000, 900_000)[fields(seed, Purpose.ARTISTS, 1, 1, int(first[-1]))[0]]
    return Repertoire(
        artists_per_genre=artists_per_genre,
        first_recording=first.astype(np.int32),
        recording_count=counts.astype(np.int32),
        artist=np.repeat(np.arange(artists, dtype=np.int32), counts),
        duration_ms=durations.astype(np.int32),
    )


def write_recordings(music: Repertoire, seed: int, out: Path) -> pl.DataFrame:
    """Writes `recordings.parquet` and returns its rows: names, credits, release groups, lengths and identifiers."""
    rows = len(music.artist)
    drawn = fields(seed, Purpose.RECORDINGS, 0, 8, rows)
    artist_names = names.with_hostile(names.artist_names(len(music.recording_count)), every=97)
    within = np.arange(rows, dtype=np.int32) - music.first_recording[music.artist]
    number = (music.artist.astype(np.int64) * 1_223 + within * 389) % 4_096
    titles = names.with_hostile(names.titles(number, drawn[0]), every=53)
    first, second, count = _featured(music, drawn[1], drawn[2])
    suffixes = [text.split("{}")[0] for text in _FEATURED]
    form = np.where(count > 1, drawn[3] % len(_FEATURED), len(_FEATURED) - 1).astype(np.uint32)
    featured_name = artist_names.gather(first.astype(np.uint32))
    closing = pl.Series([")", "]", ")", ""]).gather(form)
    shown = pl.Series(form < len(_FEATURED) - 1)
    suffix = pl.concat_str(pl.lit(pl.Series(suffixes).gather(form)), pl.lit(featured_name), pl.lit(closing))
    table = pl.select(
        recording=pl.int_range(rows, dtype=pl.Int64),
        recording_name=pl.concat_str(pl.lit(titles), pl.when(pl.lit(shown)).then(suffix).otherwise(pl.lit(""))),
        artist_names=pl.lit(_credits(artist_names, music.artist, first, second, count)),
        release_group_name=pl.lit(_release_groups(music, _albums(within, drawn[4]))),
        duration_ms=pl.lit(pl.Series(music.duration_ms)),
        spotify_uri=pl.lit(_spotify_uris(seed, rows)),
        isrc=pl.lit(_isrcs(rows, drawn[5])),
    )
    table.write_parquet(out / "recordings.parquet", compression="zstd", compression_level=1, row_group_size=262_144)
    return table


def albums(music: Repertoire, seed: int) -> np.ndarray:
    """The release group of each recording, counted from 0 over all artists."""
    rows = len(music.artist)
    within = np.arange(rows, dtype=np.int32) - music.first_recording[music.artist]
    return _albums(within, fields(seed, Purpose.RECORDINGS, 0, 8, rows)[4]) - 1


def _featured(music: Repertoire, chance: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Up to two other artists of the genre and how many artists the credit has: one in nine recordings has a guest."""
    per_genre = music.artists_per_genre
    genre_first, rank = music.artist // per_genre * per_genre, music.artist % per_genre
    guest = tables.zipf_mandelbrot(per_genre)[drawn]
    guest = np.where(guest == rank, (guest + 1) % per_genre, guest)
    other = (guest + 1) % per_genre
    other = np.where(other == rank, (other + 1) % per_genre, other)
    return genre_first + guest, genre_first + other, 1 + (chance < 7_300).astype(np.int32) + (chance < 1_000)


def _credits(artist_names: pl.Series, artist: np.ndarray, first: np.ndarray, second: np.ndarray, count: np.ndarray) -> pl.Series:
    ends = np.cumsum(count)
    starts = ends - count
    flat = np.empty(int(ends[-1]), dtype=np.uint32)
    flat[starts] = artist
    flat[starts[count > 1] + 1] = first[count > 1]
    flat[starts[count > 2] + 2] = second[count > 2]
    offsets = pa.array(np.concatenate([[0], ends]), type=pa.int64())
    return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(offsets, artist_names.gather(flat).to_arrow())))


def _albums(within: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """An artist's recordings in order, cut into albums of nine on average."""
    return np.cumsum((within == 0) | (drawn < 7_282))


def _release_groups(music: Repertoire, number: np.ndarray) -> pl.Series:
    """The name of each recording's release group, which is its artist's only once."""
    of_artist = number - number[music.first_recording[:-1]][music.artist]
    return names.titles((music.artist.astype(np.int64) * 2_099 + of_artist * 611 + 77) % 4_096, music.artist + of_artist)


def _fixed_width(characters: np.ndarray, prefix: bytes) -> pl.Series:
    """Rows of characters as texts, without a Python object for each."""
    rows = len(characters)
    whole = np.concatenate([np.broadcast_to(np.frombuffer(prefix, dtype=np.uint8), (rows, len(prefix))), characters], axis=1)
    offsets = np.arange(rows + 1, dtype=np.int64) * whole.shape[1]
    return pl.Series(
        pl.from_arrow(pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(whole))))
    )


def _spotify_uris(seed: int, rows: int) -> pl.Series:
    characters = np.empty((rows, 22), dtype=np.uint8)
    for place in range(22):
        characters[:, place] = _BASE62[fields(seed, Purpose.RECORDINGS, 1 + place, 1, rows)[0] % 62]
    return _fixed_width(characters, b"spotify:track:")


def _isrcs(rows: int, drawn: np.ndarray) -> pl.Series:
    """Valid in form, and nobody's: ZZ is no country. Registrant and number count the recordings, so each is one of a kind."""
    index, year = np.arange(rows), 90 + drawn % 36
    digits = [_BASE36[index // 100_000 // 36**power % 36] for power in (2, 1, 0)]
    digits += [_BASE36[year // 10 % 10], _BASE36[year % 10]]
    digits += [_BASE36[index // 10**power % 10] for power in (4, 3, 2, 1, 0)]
    return _fixed_width(np.stack(digits, axis=1), b"ZZ")
