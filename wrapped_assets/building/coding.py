"""Codes the batches of an import: names of listeners and tracks become numbers that the landing takes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from wrapped_assets.contracts.source import Batch, Source
from wrapped_assets.listens.code import coded_tracks, landed_columns, named, spelled
from wrapped_assets.storage.landing_writer import LandingWriter

_UNKNOWN = np.uint32(2**32 - 1)


class Coding:
    """Codes batches into a landing. Of a table of tracks that many batches share, each track is cleaned and hashed once."""

    def __init__(self, writer: LandingWriter) -> None:
        self._writer = writer
        self._table = pl.DataFrame()
        self._numbers = np.empty(0, dtype=np.uint32)  # of the table's rows, as far as they are known
        self._renumbered = writer.renumbered

    def add(self, batch: Batch, source: Source, surrogates: Mapping[str | None, int]) -> None:
        """Takes the plays of a batch. `surrogates` has everyone in it, and None for a listener without a name."""
        plays, tracks = spelled(batch)
        people = dict(zip(surrogates, self._writer.listener_numbers(list(surrogates.values())), strict=True))
        numbers = {
            "listener_id": named(plays["listener"], people).cast(pl.UInt32), "variant_id": self._tracks(tracks, plays["track"].to_numpy()),
        }  # fmt: skip
        self._writer.add_numbered(landed_columns(plays.with_columns(**numbers), source))

    def _tracks(self, table: pl.DataFrame, rows: np.ndarray) -> np.ndarray:
        """The number of the track in each of some rows of a table."""
        if table is not self._table or self._renumbered != self._writer.renumbered:
            self._table, self._renumbered = table, self._writer.renumbered
            self._numbers = np.full(table.height, _UNKNOWN)
        is_new = np.zeros(table.height, dtype=bool)
        is_new[rows[self._numbers[rows] == _UNKNOWN]] = True
        new = np.flatnonzero(is_new)
        if len(new):
            self._numbers[new] = self._writer.track_numbers(coded_tracks(table[new]))
        return self._numbers[rows]
