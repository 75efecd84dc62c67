"""Codes the batches of an import: names of listeners and tracks become numbers that the landing takes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from wrapped_assets.contracts.source import Batch, ManyTracks, Source
from wrapped_assets.listens.code import LANDED_TRACKS, coded_tracks, landed_columns, named, spelled
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.spool import Spool

_UNKNOWN = np.uint32(2**32 - 1)


class Coding:
    """Codes batches into a landing. Of a table of tracks that many batches share, each track is cleaned and hashed once."""

    def __init__(self, writer: LandingWriter) -> None:
        self._writer = writer
        self._table: pl.DataFrame | ManyTracks = pl.DataFrame()
        self._numbers = np.empty(0, dtype=np.uint32)  # of the table's rows, as far as they are known
        self._coded = Spool(LANDED_TRACKS, ())  # the rows of a table of many tracks, coded
        self._renumbered = writer.renumbered

    def add(self, batch: Batch, source: Source, surrogates: Mapping[str | None, int]) -> None:
        """Takes the plays of a batch. `surrogates` has everyone in it, and None for a listener without a name."""
        plays, tracks = spelled(batch)
        people = dict(zip(surrogates, self._writer.listener_numbers(list(surrogates.values())), strict=True))
        listeners, found = _numbers(plays["listener"], people).cast(pl.UInt32), self._tracks(tracks, plays["track"].to_numpy())
        self._writer.add_numbered(landed_columns(plays.with_columns(listener_id=listeners, variant_id=found), source))

    def _tracks(self, table: pl.DataFrame | ManyTracks, rows: np.ndarray) -> np.ndarray:
        """The number of the track in each of some rows of a table."""
        if not isinstance(table, pl.DataFrame):
            if table is not self._table:
                self._table, self._coded = table, Spool(LANDED_TRACKS, map(coded_tracks, table))
            self._writer.take_table(self._coded)
            return rows
        if table is not self._table or self._renumbered != self._writer.renumbered:
            self._table, self._renumbered = table, self._writer.renumbered
            self._numbers = np.full(table.height, _UNKNOWN)
        is_new = np.zeros(table.height, dtype=bool)
        is_new[rows[self._numbers[rows] == _UNKNOWN]] = True
        if is_new.any() and table.height <= len(rows):  # most will be met: all at once cost less than those of each batch
            is_new = self._numbers == _UNKNOWN
        new = np.flatnonzero(is_new)
        if len(new):
            self._numbers[new] = self._writer.track_numbers(coded_tracks(table if len(new) == table.height else table[new]))
        return self._numbers[rows]


def _numbers(listeners: pl.Series, people: Mapping[str | None, int]) -> pl.Series:
    """The number of each listener by name; of categories, each name is looked up once."""
    if listeners.dtype != pl.Categorical:
        return named(listeners, people)
    names = [name for name in people if name is not None]
    codes = pl.Series(names, dtype=pl.Categorical).to_physical().to_numpy()
    table = np.full(int(codes.max(initial=0)) + 2, people.get(None, 0))  # the last place is for listeners without a name
    table[codes] = [people[name] for name in names]
    wanted = listeners.to_physical()
    return pl.Series(table[(wanted.fill_null(len(table) - 1) if listeners.null_count() else wanted).to_numpy()])
