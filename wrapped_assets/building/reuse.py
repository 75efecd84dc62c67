"""Reuses rows within a process that were already computed from the same input row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell

MOST_ROWS = 500_000  # about 200 MB of tracks; beyond it the memory starts anew


class KnownRows:
    """What an asset with a `row_key` made of each key so far: a song stands in every month, and is the same song."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Rows] = {}  # (asset, logic) → rows

    def result(
        self, declaration: Declaration, logic: str, given: pl.DataFrame, compute: Callable[[pl.DataFrame], pl.DataFrame],
        ahead: Callable[[], pl.DataFrame | None] = lambda: None,
    ) -> pl.DataFrame:  # fmt: skip
        """What `compute` makes of `given`, asked only for keys that it was not asked for before; rows by key.

        Where it is asked at all, it is asked for the rows of `ahead` too, of which later calls will be given some.
        """
        key, slot = declaration.row_key, (declaration.key, logic)
        known = self._of(declaration, logic)
        keys, first = np.unique(given[key].to_numpy(), return_index=True)
        places = known.places_of(keys)
        if (places < 0).any():
            fresh = given[first[places < 0]]
            if (later := ahead()) is not None:
                fresh = known.others_of(pl.concat([fresh, later]), key)
            made = compute(fresh)
            known = known.with_rows(made, made[key].to_numpy())
            self._known[slot] = known
            places = known.places_of(keys)
        return known.rows[places]

    def has(self, declaration: Declaration, logic: str, keys: pl.Series) -> bool:
        """Whether the rows of all these keys are known, so that `result` needs no more than the keys."""
        return bool((self._of(declaration, logic).places_of(keys.to_numpy()) >= 0).all())

    def take(self, declaration: Declaration, logic: str, made: pl.DataFrame) -> None:
        """Takes rows that the asset's function made elsewhere in this process."""
        known = self._of(declaration, logic)
        fresh = known.others_of(made, declaration.row_key)
        self._known[declaration.key, logic] = known.with_rows(fresh, fresh[declaration.row_key].to_numpy())

    def _of(self, declaration: Declaration, logic: str) -> _Rows:
        known = self._known.get((declaration.key, logic))
        if known is None or len(known.keys) > MOST_ROWS:
            return _Rows(pl.DataFrame(schema=declaration.schema), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        return known


def row_logic(situation: Situation, cell: Cell) -> str:
    """What the rows of a cell's asset follow from, besides the rows that they are made of."""
    return combined(situation.logic[cell.asset], situation.rules_version(situation.graph.by_key[cell.asset], cell.period))


@dataclass(frozen=True)
class _Rows:
    """Rows as they came, their keys in order, and the row of each key."""

    rows: pl.DataFrame
    keys: np.ndarray
    places: np.ndarray

    def places_of(self, wanted: np.ndarray) -> np.ndarray:
        """The row of each key; -1 for one that is not here."""
        if not len(self.keys):
            return np.full(len(wanted), -1)
        found = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[found] == wanted, self.places[found], -1)

    def others_of(self, given: pl.DataFrame, key: str) -> pl.DataFrame:
        """The first row of each key that is not here, by key."""
        keys, first = np.unique(given[key].to_numpy(), return_index=True)
        return given[first[self.places_of(keys) < 0]]

    def with_rows(self, rows: pl.DataFrame, keys: np.ndarray) -> _Rows:
        """These rows and others of new keys."""
        every, places = np.concatenate([self.keys, keys]), np.concatenate([self.places, np.arange(rows.height) + self.rows.height])
        order = np.argsort(every)
        return _Rows(pl.concat([self.rows, rows], rechunk=True), every[order], places[order])
