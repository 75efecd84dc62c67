"""Converts times to each listener's calendar."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.kernels.several_months import Months, month_numbers
from wrapped_assets.listens.clocks import MOST_CHANGES, offset_changes
from wrapped_assets.vocabulary.periods import Month


def offsets_of(listeners: pl.DataFrame, month: Month | Months, clock: str) -> pl.DataFrame:
    """Returns listener_id, _offset and up to two changes (_at_N, _by_N) for `month` and its edges, in ms; none if the rules say UTC.

    Of several months, each listener's are those of the listener's own.
    """
    numbers = range(MOST_CHANGES)
    added = {"_offset": pl.Int64, **{f"_at_{n}": pl.Int64 for n in numbers}, **{f"_by_{n}": pl.Int64 for n in numbers}}
    whose = listeners.with_columns(_number=month_numbers(listeners["listener_id"], month))
    rows = []
    for zone, number in whose.select("time_zone", "_number").unique().sort("time_zone", "_number").rows():
        base, changes = offset_changes("UTC" if clock == "utc" else zone, Month.numbered(number))
        padded = [*changes, *[(0, 0)] * (MOST_CHANGES - len(changes))]
        rows.append((zone, number, base, *(at for at, _ in padded), *(by for _, by in padded)))
    zones = pl.DataFrame(rows, schema={"time_zone": pl.String, "_number": pl.Int64, **added}, orient="row")
    return whose.join(zones, on=["time_zone", "_number"], how="left", maintain_order="left").drop("time_zone", "_number")


def local_ms(listener: np.ndarray, start_ms: np.ndarray, offsets: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Returns what each listener's clock shows, in ms since 1970, and whether the listener is among those of `offsets` (`offsets_of`).

    The plays are by listener, so that an offset is looked up once for all plays of a listener.
    """
    first = np.flatnonzero(np.append(listener[:1] == listener[:1], listener[1:] != listener[:-1]))
    counts = np.diff(first, append=len(listener))
    people = pl.DataFrame({"listener_id": listener[first]}).join(offsets, on="listener_id", how="left", maintain_order="left")
    at_start = people["_offset"]
    local = start_ms + np.repeat(at_start.fill_null(0).to_numpy(), counts)
    for n in range(MOST_CHANGES):
        at, by = (people[f"{name}_{n}"].fill_null(0).to_numpy() for name in ("_at", "_by"))
        if by.any():
            local += np.where(start_ms >= np.repeat(at, counts), np.repeat(by, counts), 0)
    return local, np.repeat(at_start.is_not_null().to_numpy(), counts)
