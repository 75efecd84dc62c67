"""Canonical MusicBrainz data in CSV: recordings with their artist credit and release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.kernels.titles import credited
from wrapped_assets.sources.known.checked import checked
from wrapped_assets.sources.known.tables import columns_of, frames

_COLUMNS = ("artist_credit_name", "release_name", "recording_mbid", "recording_name")


def recognises(head: Head) -> bool:
    """The credit, release and recording as that dump calls them."""
    return set(_COLUMNS) <= set(columns_of(head))


def read(stream: BinaryIO, head: Head) -> Iterator[KnownBatch]:
    """Recordings. The dump joins a credit's artists in one text; they are taken apart as those of listening exports are."""
    for frame, rejected in frames(stream, head, _COLUMNS):
        named = frame.select(
            "row_number", "recording_name", "recording_mbid", release_group_name="release_name",
            artist_names=credited(pl.col("artist_credit_name")),
        )  # fmt: skip
        batch = checked("known_recordings", named)
        yield KnownBatch(batch.table, batch.rows, pl.concat([batch.rejected, rejected.with_columns(table=pl.lit(batch.table))]))


source = KnownSource("musicbrainz_canonical", "canonical MusicBrainz data (CSV)", recognises, read)
