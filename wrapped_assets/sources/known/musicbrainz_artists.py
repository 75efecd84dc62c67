"""MusicBrainz artists in CSV: id, name, country and areas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.known.checked import checked
from wrapped_assets.sources.known.tables import columns_of, frames

_COLUMNS = ("id", "name", "country", "begin_area_name", "area_name")


@cache
def country_names() -> frozenset[str]:
    """What countries are called in English: an artist's area may be one, and is no place then."""
    from babel import Locale

    return frozenset(Locale("en").territories.values())


def recognises(head: Head) -> bool:
    """An id, a name and a country, and an area."""
    columns = set(columns_of(head))
    return {"id", "name", "country"} <= columns and bool({"begin_area_name", "area_name"} & columns)


def read(stream: BinaryIO, head: Head) -> Iterator[KnownBatch]:
    """Artists. The place is where they began, otherwise their area unless that is a whole country."""
    for frame, rejected in frames(stream, head, _COLUMNS):
        areas = [pl.col(name).replace("", None) for name in ("begin_area_name", "area_name") if name in frame.columns]
        areas = [pl.when(~area.is_in(list(country_names()))).then(area) for area in areas]
        named = frame.select("row_number", "country", artist_mbid="id", artist_name="name", place_name=pl.coalesce(areas))
        batch = checked("known_artists", named)
        yield KnownBatch(batch.table, batch.rows, pl.concat([batch.rejected, rejected.with_columns(table=pl.lit(batch.table))]))


source = KnownSource("musicbrainz_artists", "MusicBrainz artists (CSV)", recognises, read)
