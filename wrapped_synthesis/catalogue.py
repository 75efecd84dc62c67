"""What a catalogue knows of an invented repertoire, in the catalogue's own form; like every catalogue, it does not know everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_synthesis import cities, genre_tree
from wrapped_synthesis.careers import Careers, careers, release_years
from wrapped_synthesis.chance import Purpose, fields
from wrapped_synthesis.genre_tree import ROOTS
from wrapped_synthesis.repertoire import Repertoire, albums

# Of 65,536. An artist that is not known has nothing in the catalogue; of the others' release groups some are missing on top.
_UNKNOWN_ARTIST, _UNKNOWN_ALBUM, _NO_GENRES = 4_588, 2_114, 9_830
_NO_PLACE, _SECOND_KIND = 8_192, 26_214
_KINDS = np.array([len(root.kinds) for root in ROOTS])
_FIRST_KIND = np.cumsum(_KINDS) - _KINDS


@dataclass(frozen=True)
class _Artists:
    """Per artist: genre, kinds of it (a place in the list of all kinds; the second may be the first again), and whether known."""

    genre: np.ndarray
    kinds: tuple[np.ndarray, np.ndarray]
    is_known: np.ndarray


@dataclass(frozen=True)
class _Albums:
    """Per release group: its artist, year, and first and one past the last recording."""

    artist: np.ndarray
    year: np.ndarray
    first: np.ndarray
    end: np.ndarray
    is_known: np.ndarray


def write_catalogue(music: Repertoire, recordings: pl.DataFrame, seed: int, newest: int, out: Path) -> None:
    """Writes `catalogue/{artists,release_groups,recordings,genres,places}.parquet` for the repertoire whose recordings these are.

    `newest` is the last year in which anything came out.
    """
    folder = out / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = fields(seed, Purpose.CATALOGUE, 0, 12, len(music.recording_count))
    genre = np.arange(len(music.recording_count)) // music.artists_per_genre
    artists = _Artists(genre, _kinds(genre, drawn[6], drawn[7], drawn[8]), drawn[0] >= _UNKNOWN_ARTIST)
    rank_share = np.arange(len(genre)) % music.artists_per_genre * 65_536 // music.artists_per_genre
    album_of = albums(music, seed)
    groups = _albums(music, album_of, artists, careers(genre, rank_share, drawn[9:12], newest), seed)
    genre_tree.write_genres(folder)
    cities.write_places(folder)
    _write(_artist_table(music, recordings, artists, cities.origins(genre, drawn[1], drawn[2]), drawn[3]), folder / "artists.parquet")
    _write(_release_group_table(recordings, artists, groups, seed), folder / "release_groups.parquet")
    _write(_recording_table(music, recordings, artists, groups, album_of, seed), folder / "recordings.parquet")


def _kinds(genre: np.ndarray, first: np.ndarray, second: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one = _FIRST_KIND[genre] + first % _KINDS[genre]
    other = _FIRST_KIND[genre] + second % _KINDS[genre]
    return one, np.where(chance < _SECOND_KIND, other, one)


def _albums(music: Repertoire, album_of: np.ndarray, artists: _Artists, of: Careers, seed: int) -> _Albums:
    first = np.flatnonzero(np.diff(album_of, prepend=-1))
    artist = music.artist[first]
    of_artist = np.searchsorted(artist, np.arange(len(music.recording_count)))
    number = np.arange(len(artist)) - of_artist[artist]
    drawn = fields(seed, Purpose.CATALOGUE, 1, 2, len(artist))
    years = release_years(artist, number, np.bincount(artist)[artist], of, drawn[0].astype(np.int64))
    is_known = artists.is_known[artist] & (drawn[1] >= _UNKNOWN_ALBUM)
    return _Albums(artist, years, first, np.append(first[1:], len(album_of)), is_known)


def _artist_table(music: Repertoire, recordings: pl.DataFrame, artists: _Artists, city: np.ndarray, chance: np.ndarray) -> pl.DataFrame:
    places = pl.DataFrame({"place": cities.city_names(city), "says": chance >= _NO_PLACE})
    table = pl.DataFrame(
        {
            "artist_name": recordings["artist_names"].list.first().gather(music.first_recording[:-1].astype(np.uint32)),
            "country": cities.countries(city),
            "place_name": places.select(pl.when("says").then("place")).to_series(),
            "genre_names": _genre_names(artists, np.arange(len(city))),
        }
    )
    return table.filter(pl.Series(artists.is_known))


def _release_group_table(recordings: pl.DataFrame, artists: _Artists, groups: _Albums, seed: int) -> pl.DataFrame:
    """Track counts are those of the recordings that can be heard, and for one album in three up to three more."""
    drawn = fields(seed, Purpose.CATALOGUE, 2, 1, len(groups.artist))[0]
    more = np.where(drawn < 21_845, 1 + drawn % 3, 0)
    first = recordings[groups.first.astype(np.uint32)]
    table = pl.DataFrame(
        {
            "release_group_name": first["release_group_name"],
            "artist_name": first["artist_names"].list.first(),
            "track_count": pl.Series(groups.end - groups.first + more, dtype=pl.Int64),
            "release_year": pl.Series(groups.year, dtype=pl.Int64),
            "genre_names": _genre_names(artists, groups.artist),
        }
    )
    return table.filter(pl.Series(groups.is_known))


def _recording_table(
    music: Repertoire, recordings: pl.DataFrame, artists: _Artists, groups: _Albums, album_of: np.ndarray, seed: int
) -> pl.DataFrame:
    """A recording has one of its artist's kinds, or says nothing of genres."""
    drawn = fields(seed, Purpose.CATALOGUE, 3, 2, len(album_of))
    kind = np.where(drawn[0] % 2, artists.kinds[0][music.artist], artists.kinds[1][music.artist])
    own = pl.DataFrame({"kind": _kind_names().gather(kind.astype(np.uint32)), "says": drawn[1] >= _NO_GENRES})
    table = recordings.select(
        "recording_name",
        "artist_names",
        "isrc",
        "spotify_uri",
        "release_group_name",
        "duration_ms",
        track_position=pl.lit(pl.Series(np.arange(len(album_of)) - groups.first[album_of] + 1, dtype=pl.Int64)),
        release_year=pl.lit(pl.Series(groups.year[album_of], dtype=pl.Int64)),
        genre_names=pl.lit(own.select(pl.when("says").then(pl.concat_list("kind"))).to_series()),
    )
    return table.filter(pl.Series(artists.is_known[music.artist]))


def _kind_names() -> pl.Series:
    return pl.Series([kind for root in ROOTS for kind in root.kinds])


def _genre_names(artists: _Artists, artist: np.ndarray) -> pl.Series:
    """The root genre and one or two of its kinds."""
    kinds = [_kind_names().gather(each[artist].astype(np.uint32)) for each in artists.kinds]
    roots = pl.Series([root.name for root in ROOTS]).gather(artists.genre[artist].astype(np.uint32))
    table = pl.DataFrame({"root": roots, "one": kinds[0], "other": kinds[1]})
    return table.select(pl.concat_list("root", "one", "other").list.unique(maintain_order=True)).to_series()


def _write(table: pl.DataFrame, path: Path) -> None:
    table.write_parquet(path, compression="zstd", compression_level=1, row_group_size=262_144)
