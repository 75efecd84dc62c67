"""Our own tables of a catalogue, CSV or Parquet: recognised by their columns, refused where a column is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known import NAMED, named_schema
from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.known.checked import checked
from wrapped_assets.sources.known.tables import columns_of, frames, not_texts

# The column that no other table has, in the order in which they are looked for, and what else must be there.
_TOLD_BY: dict[str, tuple[str, tuple[str, ...]]] = {
    "known_recordings": ("recording_name", ("artist_names",)),
    "known_release_groups": ("release_group_name", ("artist_name",)),
    "known_genres": ("parent_genre_name", ("genre_name",)),
    "known_places": ("inhabitants", ("place_name",)),
    "known_artists": ("artist_name", ()),
}
_ARTIST_FACTS = {"country", "place_name", "genre_names"}
_ANOTHER_FORM = {"artist_credit_name", "recording_msid", "listened_at"}  # MusicBrainz' tables and listening exports have names like ours


def _table(columns: tuple[str, ...]) -> str | None:
    for table, (column, _) in _TOLD_BY.items():
        if column in columns and not _ANOTHER_FORM & set(columns):
            return table if table != "known_artists" or _ARTIST_FACTS & set(columns) else None
    return None


def recognises(head: Head) -> bool:
    """A column that only one of our tables has."""
    return _table(columns_of(head)) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[KnownBatch]:
    """The rows of the table; InputError for a column that it has not, or lacks."""
    columns = columns_of(head)
    table = _table(columns)
    assert table is not None
    allowed = {*NAMED[table], *(("first_release_date",) if "release_year" in NAMED[table] else ())}
    if unknown := sorted(set(columns) - allowed):
        raise InputError(f"a table of {_shown(table)} has unknown columns {unknown}; it may have {', '.join(sorted(allowed))}")
    if missing := [name for name in _TOLD_BY[table][1] if name not in columns]:
        raise InputError(f"a table of {_shown(table)} lacks the column {missing[0]}; it may have {', '.join(sorted(allowed))}")
    lists = {name for name, dtype in named_schema(table).items() if isinstance(dtype, pl.List)}
    for frame, rejected in frames(stream, head, allowed):
        if wrong := next((name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List) and name not in lists), None):
            raise not_texts(wrong, frame.schema[wrong])
        split = frame.with_columns(
            pl.when(pl.col(name) != "").then(pl.col(name).str.split("|")) for name in lists if frame.schema.get(name) == pl.String
        )
        if "first_release_date" in split.columns:
            given = pl.coalesce(pl.col(name).replace("", None) for name in ("release_year", "first_release_date") if name in split.columns)
            split = split.with_columns(release_year=given).drop("first_release_date")
        batch = checked(table, split)
        yield KnownBatch(table, batch.rows, pl.concat([batch.rejected, rejected.with_columns(table=pl.lit(table))]))


def _shown(table: str) -> str:
    return table.removeprefix("known_").replace("_", " ")


source = KnownSource("own_tables", "our own tables (CSV or Parquet)", recognises, read)
