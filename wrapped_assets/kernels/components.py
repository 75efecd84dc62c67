"""Connected components of pairs."""

from __future__ import annotations

import polars as pl


def labelled(pairs: pl.DataFrame, within: str) -> pl.DataFrame:
    """`within`, node, label: nodes of `pairs` (`within`, a, b: whole numbers) that are connected share a label, their smallest node.

    Labels spread one pair further each round, so that it takes as many rounds as the longest shortest path has pairs.
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
