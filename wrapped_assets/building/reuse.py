"""Reuses rows within a process that were already computed from the same input row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from wrapped_assets.contracts.declaration import Declaration

MOST_ROWS = 500_000  # about 200 MB of tracks; beyond it the memory starts anew


class KnownRows:
    """What an asset with a `row_key` made of each key so far: a song stands in every month, and is the same song."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], pl.DataFrame] = {}  # (asset, logic) → rows, by key

    def result(
        self, declaration: Declaration, logic: str, given: pl.DataFrame, compute: Callable[[pl.DataFrame], pl.DataFrame],
        ahead: Callable[[], pl.DataFrame | None] = lambda: None,
    ) -> pl.DataFrame:  # fmt: skip
        """What `compute` makes of `given`, asked only for keys that it was not asked for before; rows by key.

        Where it is asked at all, it is asked for the rows of `ahead` too, of which later calls will be given some.
        """
        key, slot = declaration.row_key, (declaration.key, logic)
        known = self._known.get(slot)
        if known is None or known.height > MOST_ROWS:
            known = pl.DataFrame(schema=declaration.schema)
        fresh = given.join(known.select(key), on=key, how="anti")
        if fresh.height:
            if (later := ahead()) is not None:
                fresh = pl.concat([fresh, later.join(given.select(key), on=key, how="anti").join(known.select(key), on=key, how="anti")])
            known = pl.concat([known, compute(fresh)]).sort(key)
            self._known[slot] = known
        wanted = given[key].unique().sort()
        places = np.searchsorted(known[key].to_numpy(), wanted.to_numpy())
        return known.select(pl.all().gather(pl.Series(places, dtype=pl.get_index_type())))
