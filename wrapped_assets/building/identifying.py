"""Identifies all landed tracks of a bucket at once, for what links them and for the months' `catalogue/tracks`."""

from __future__ import annotations

from collections.abc import Hashable

import polars as pl

from wrapped_assets.building.excluding import APART
from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.kernels.engines import engine_for

MOST_KEPT = 200_000  # tracks, about 100 MB
_LAST: dict[Hashable, pl.DataFrame] = {}  # one at most


def identified_once(landed: pl.DataFrame, of: Hashable) -> pl.DataFrame:
    """What `catalogue/tracks` makes of landed tracks where versions stay apart, by variant, before columns are chosen.

    The rows of the last call are kept under `of`, which names what the tracks are, until they are taken.
    """
    found = tracks.function(landed.lazy(), APART).sort("variant_id").collect(engine=engine_for(landed.height))
    _LAST.clear()
    if found.height <= MOST_KEPT:
        _LAST[of] = found
    return found


def taken_rows(declaration: Declaration, versions: str, of: Hashable) -> pl.DataFrame | None:
    """Hands over what an asset makes of the tracks that were identified last; None where these are others, or identified otherwise."""
    if declaration.function is not tracks.function or versions != "apart" or of not in _LAST:
        return None
    return _LAST.pop(of).select(pl.col(name).cast(dtype) for name, dtype in declaration.schema.items())
