"""Identifies all landed tracks of a bucket at once, for what links them and for the months' `catalogue/tracks`."""

from __future__ import annotations

from collections.abc import Hashable

import polars as pl

from wrapped_assets.building.excluding import APART
from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.storage.spool import Spool

MOST_KEPT = 200_000  # tracks in memory, about 100 MB
MOST_ON_DISK = 5_000_000  # tracks of all buckets, about 600 MB
_MADE: dict[Hashable, pl.DataFrame | Spool] = {}  # those of the last call may be in memory, the others are on disk


def identified_once(landed: pl.DataFrame, of: Hashable) -> pl.DataFrame:
    """What `catalogue/tracks` makes of landed tracks where versions stay apart, by variant, before columns are chosen.

    The rows are kept under `of`, which names what the tracks are, until they are taken: a build links all buckets before it computes the
    first.
    """
    _put_on_disk()
    found = tracks.function(landed.lazy(), APART).sort("variant_id").collect(engine=engine_for(landed.height))
    _MADE[of] = found
    if found.height > MOST_KEPT:
        _put_on_disk()
    while sum(rows.height for rows in _MADE.values()) > MOST_ON_DISK:
        del _MADE[next(iter(_MADE))]
    return found


def taken_rows(declaration: Declaration, versions: str, of: Hashable) -> pl.DataFrame | None:
    """Hands over what an asset makes of tracks that were identified once; None where these were not, or otherwise."""
    if declaration.function is not tracks.function or versions != "apart" or of not in _MADE:
        return None
    rows = _MADE.pop(of)
    return pl.concat(rows) if isinstance(rows, Spool) else _declared(rows)


def _put_on_disk() -> None:
    for of, rows in list(_MADE.items()):
        if isinstance(rows, pl.DataFrame):
            try:
                _MADE[of] = Spool(tracks.schema, [_declared(rows)])
            except WriteError:  # what cannot be kept is made again
                del _MADE[of]


def _declared(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in tracks.schema.items())
