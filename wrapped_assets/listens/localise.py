"""Converts times to each listener's calendar."""

from __future__ import annotations

import polars as pl

from wrapped_assets.listens.clocks import MOST_CHANGES, offset_changes
from wrapped_assets.vocabulary.periods import Month


def offsets_of(listeners: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """Returns listener_id, _offset and up to two changes (_at_N, _by_N) for `month` and its edges, in ms."""
    numbers = range(MOST_CHANGES)
    added = {"_offset": pl.Int64, **{f"_at_{n}": pl.Int64 for n in numbers}, **{f"_by_{n}": pl.Int64 for n in numbers}}

    def table(frame: pl.DataFrame) -> pl.DataFrame:
        rows = []
        for zone in frame["time_zone"].unique().sort():
            base, changes = offset_changes(zone, month)
            padded = [*changes, *[(0, 0)] * (MOST_CHANGES - len(changes))]
            rows.append((zone, base, *(at for at, _ in padded), *(by for _, by in padded)))
        zones = pl.DataFrame(rows, schema={"time_zone": pl.String, **added}, orient="row")
        return frame.join(zones, on="time_zone", how="left").drop("time_zone")

    return listeners.map_batches(table, schema={"listener_id": pl.Int64, **added})


def local_ms(clock: str) -> pl.Expr:
    """Milliseconds of the local clock since 1970, for rows joined with `offsets_of`; of the UTC clock if the rules say so.

    Null for a listener who is not among those.
    """
    instant = pl.col("listened_at").dt.epoch("ms")
    if clock == "utc":
        return pl.when(pl.col("_offset").is_not_null()).then(instant)
    changes = [pl.when(instant >= pl.col(f"_at_{n}")).then(pl.col(f"_by_{n}")).otherwise(0) for n in range(MOST_CHANGES)]
    return instant + pl.col("_offset") + pl.sum_horizontal(changes)
