"""Reorders lists so that equal values are not adjacent."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def apart(values: Sequence[object], *, after: int, limit: int) -> list[int]:
    """Returns indices of at most `limit` values, best first, so that after position `after` (at least 1) no value follows its equal.

    The next value is the earliest remaining one that differs from the previous one. If only equals of the last value remain, each is
    inserted between the last two neighbours that differ from it; if there are none, it follows its equal.
    """
    order = list(range(min(after, limit, len(values))))
    left = list(range(len(order), len(values)))
    while left and len(order) < limit:
        place = next((at for at, index in enumerate(left) if values[index] != values[order[-1]]), None)
        if place is not None:
            order.append(left.pop(place))
            continue
        index = left.pop(0)
        gaps = range(len(order) - 1, after - 1, -1)
        gap = next((at for at in gaps if values[index] not in (values[order[at - 1]], values[order[at]])), len(order))
        order.insert(gap, index)
    return order


def spaced(frame: pl.LazyFrame, by: str, value: str, rank: str, *, after: int, limit: int) -> pl.LazyFrame:
    """Returns each group's rows chosen and ordered by `apart`, renumbered from 1 in `rank`; `frame` numbers them by preference."""
    schema = frame.collect_schema()

    def rearranged(rows: pl.DataFrame) -> pl.DataFrame:
        groups = rows.sort(by, rank).group_by(by, maintain_order=True).agg(rank, value)
        chosen = [
            [ranks[index] for index in apart(values, after=after, limit=limit)]
            for ranks, values in zip(groups[rank].to_list(), groups[value].to_list(), strict=True)
        ]
        placed = pl.DataFrame(
            {by: groups[by], rank: chosen, "_place": [list(range(1, len(ranks) + 1)) for ranks in chosen]},
            schema={by: schema[by], rank: pl.List(schema[rank]), "_place": pl.List(schema[rank])},
        )
        return (
            rows.join(placed.explode(rank, "_place"), on=[by, rank], how="inner")
            .with_columns(pl.col("_place").alias(rank))
            .select(schema.names())
        )

    return frame.map_batches(rearranged, schema=schema)
