"""Converts times to each listener's calendar."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.several_months import Months, month_numbers
from wrapped_assets.listens.clocks import MOST_CHANGES, offset_changes
from wrapped_assets.vocabulary.periods import Month


def offsets_of(listeners: pl.LazyFrame, month: Month | Months) -> pl.LazyFrame:
    """Returns listener_id, _offset and up to two changes (_at_N, _by_N) for `month` and its edges, in ms.

    Of several months, each listener's are those of the listener's own.
    """
    numbers = range(MOST_CHANGES)
    added = {"_offset": pl.Int64, **{f"_at_{n}": pl.Int64 for n in numbers}, **{f"_by_{n}": pl.Int64 for n in numbers}}

    def table(frame: pl.DataFrame) -> pl.DataFrame:
        whose = frame.with_columns(_number=month_numbers(frame["listener_id"], month))
        rows = []
        for zone, number in whose.select("time_zone", "_number").unique().sort("time_zone", "_number").rows():
            base, changes = offset_changes(zone, Month.numbered(number))
            padded = [*changes, *[(0, 0)] * (MOST_CHANGES - len(changes))]
            rows.append((zone, number, base, *(at for at, _ in padded), *(by for _, by in padded)))
        zones = pl.DataFrame(rows, schema={"time_zone": pl.String, "_number": pl.Int64, **added}, orient="row")
        return whose.join(zones, on=["time_zone", "_number"], how="left").drop("time_zone", "_number")

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
