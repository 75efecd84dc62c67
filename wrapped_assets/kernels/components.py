"""Finds connected components."""

from __future__ import annotations

import polars as pl


def labelled(pairs: pl.DataFrame, within: str) -> pl.DataFrame:
    """Returns `within`, node and label; the label of a node is the smallest node that it is connected with.

    `pairs` has the columns `within`, a and b (whole numbers), where a and b are connected. Labels spread by one pair per round, so the
    number of rounds is the length of the longest shortest path.
    """
    both = pl.concat([pairs.select(within, node="a", other="b"), pairs.select(within, node="b", other="a")]).unique()
    labels = both.select(within, "node").unique().with_columns(label=pl.col("node"))
    while True:
        reached = both.join(labels, left_on=[within, "other"], right_on=[within, "node"])
        near = reached.group_by(within, "node").agg(_least=pl.col("label").min())
        spread = labels.join(near, on=[within, "node"], maintain_order="left").with_columns(_new=pl.min_horizontal("label", "_least"))
        if spread.select((pl.col("_new") == pl.col("label")).all()).item():
            return labels
        labels = spread.select(within, "node", label="_new")
