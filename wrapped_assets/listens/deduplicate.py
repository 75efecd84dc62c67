"""Finds records of the same playback and the one to keep. docs/matching.md has the rules with examples."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.listens.between_formats import matched_between_formats
from wrapped_assets.listens.within_format import absorbed_within_format, reach

# Every order below is total, so the choice among equal records does not depend on the order of loading.
_ORDER = ("listener_id", "song_id", "source_code", "listened_at")
_BEST_FIRST = (*_ORDER, "ms_played", "variant_id", "is_private", "is_skipped", "is_scrobble", "device_code")
_DESCENDING = (False, False, False, False, True, False, False, False, False, False)


def mark_duplicates(plays: pl.DataFrame) -> pl.DataFrame:
    """Returns the plays in their order with `_row`, `_kept` (the row kept for the playback, possibly itself) and `_reason`.

    Two records are one playback if listener, song and times agree, by the rules of `within_format` within one format and of
    `between_formats` between formats. `_reason` is null for a kept record. `_row` numbers the plays that may repeat another one in a total
    order, and behind them all others as they come.

    Needs `_is_doubtful` (of `by_time`), listener_id, song_id, variant_id, listened_at, ms_played, duration_ms, is_scrobble, is_private,
    is_skipped, device_code, source_code, richness, resolution_ms.
    """
    compared = plays["_is_doubtful"].to_numpy()
    places = np.flatnonzero(compared)
    row = np.cumsum(~compared) + (len(places) - 1)
    if not len(places):  # as in most months
        return _marked(plays, row, row, pl.lit(None, pl.String))
    found = _matched(plays[places].with_columns(_place=places)).sort("_place")
    row[places] = found["_row"].to_numpy()
    kept = row.copy()
    kept[places] = found["_kept"].to_numpy()
    return _marked(plays, row, kept, pl.repeat(None, plays.height, dtype=pl.String, eager=True).scatter(places, found["_reason"]))


def _marked(plays: pl.DataFrame, row: np.ndarray, kept: np.ndarray, reason: pl.Series | pl.Expr) -> pl.DataFrame:
    index = pl.get_index_type()
    return plays.with_columns(_row=pl.Series(row, dtype=index), _kept=pl.Series(kept, dtype=index), _reason=reason)


def _matched(plays: pl.DataFrame) -> pl.DataFrame:
    """The plays in a total order, with what `mark_duplicates` adds."""
    group = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in _ORDER[:3]).fill_null(value=False)
    ordered = plays.sort(_ORDER)
    if ordered.select((group & (pl.col("listened_at") == pl.col("listened_at").shift(1))).any()).item():
        ordered = plays.sort(_BEST_FIRST, descending=_DESCENDING, nulls_last=True)  # slow, and only needed for equal starts
    ordered = ordered.with_row_index("_row").with_columns(_start=pl.col("listened_at").dt.epoch("ms"))
    ordered = ordered.with_columns(_conflicts=group & (pl.col("_start") < reach().shift(1)))
    absorbed = [absorbed_within_format(ordered)] if ordered["_conflicts"].any() else []
    if ordered["source_code"].n_unique() > 1:
        kept = ordered.join(absorbed[0], on="_row", how="anti") if absorbed else ordered
        absorbed.append(matched_between_formats(kept))
    marked = ordered.drop("_conflicts", "_start")
    if not absorbed:
        return marked.with_columns(_kept=pl.col("_row"), _reason=pl.lit(None, pl.String))
    found = _followed(absorbed)
    return marked.join(found, on="_row", how="left", maintain_order="left").with_columns(_kept=pl.coalesce("_kept", "_row"))


def _followed(absorbed: list[pl.DataFrame]) -> pl.DataFrame:
    """Returns _row, _kept, _reason, with chains resolved: an absorbed _kept is replaced by the record that absorbed it."""
    within, *between = absorbed
    if not between:
        return within
    further = between[0].select(_kept="_row", _further="_kept")
    followed = within.join(further, on="_kept", how="left").select("_row", _kept=pl.coalesce("_further", "_kept"), _reason="_reason")
    return pl.concat([followed, between[0]])
