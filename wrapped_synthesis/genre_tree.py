"""The genres of an invented population: a small tree, and how long ago each root had its best years."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Genre:
    """A root of the tree: its kinds, and how many years ago its artists began, on average."""

    name: str
    kinds: tuple[str, ...]
    age: int
    aliases: tuple[str, ...] = ()


# In the order of the numbers that places and artists know genres by.
ROOTS: tuple[Genre, ...] = (
    Genre("hip hop", ("boom bap", "trap", "conscious hip hop", "jazz rap"), 12, ("hip-hop", "rap")),
    Genre("rock", ("indie rock", "post-punk", "shoegaze", "psychedelic rock"), 26),
    Genre("country", ("americana", "bluegrass", "honky tonk", "outlaw country"), 34),
    Genre("latin", ("cumbia", "bolero", "nueva canción", "latin pop"), 22),
    Genre("brazilian", ("bossa nova", "samba", "forró", "tropicália"), 38, ("música brasileira",)),
    Genre("folk", ("fado", "rebetiko", "singer-songwriter", "indie folk"), 42),
    Genre("pop", ("chanson", "synth-pop", "dream pop", "yé-yé"), 17),
    Genre("electronic", ("techno", "ambient", "downtempo", "drum and bass"), 14, ("electronica",)),
    Genre("metal", ("black metal", "doom metal", "thrash metal", "post-metal"), 24, ("heavy metal",)),
    Genre("african", ("amapiano", "afrobeats", "highlife", "kwaito"), 13),
    Genre("indian", ("filmi", "hindustani classical", "carnatic classical", "bhangra"), 30),
    Genre("japanese", ("city pop", "j-pop", "j-rock", "enka"), 20),
)
_KINDS_OF_KINDS = {
    "minimal techno": "techno", "dub techno": "techno", "dark ambient": "ambient", "phonk": "trap", "jangle pop": "indie rock",
}  # fmt: skip


def genre_rows() -> list[tuple[str, str | None, list[str]]]:
    """Every genre, the one that it is a kind of, and its other names; those above before those below."""
    rows: list[tuple[str, str | None, list[str]]] = [(root.name, None, list(root.aliases)) for root in ROOTS]
    rows += [(kind, root.name, []) for root in ROOTS for kind in root.kinds]
    return rows + [(kind, parent, []) for kind, parent in _KINDS_OF_KINDS.items()]


def write_genres(out: Path) -> None:
    """Writes `genres.parquet` in the catalogue's form."""
    schema = {"genre_name": pl.String(), "parent_genre_name": pl.String(), "genre_aliases": pl.List(pl.String())}
    pl.DataFrame(genre_rows(), schema=schema, orient="row").write_parquet(out / "genres.parquet", compression="zstd", compression_level=1)
