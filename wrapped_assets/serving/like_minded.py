"""Listeners of like taste by name: only those who agree, at this moment, to be found."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from wrapped_assets.storage import consents, registry
from wrapped_assets.storage.root import Root


def with_similar_names(frame: pl.DataFrame, root: Root) -> pl.DataFrame:
    """The rows of pairs (listener_id, similar_listener_id) in which both agree, with similar_listener_name behind the id.

    The rows may be of a build, or of a published edition, from before somebody changed their mind.
    """
    findable = consents.standing(root, "be_found", datetime.now(UTC))
    names = {each.listener_id: each.name for each in registry.all_listeners(root)}
    kept = frame.filter(pl.col("listener_id").is_in(findable), pl.col("similar_listener_id").is_in(findable))
    named = pl.col("similar_listener_id").replace_strict(names, default=None, return_dtype=pl.String)
    order = [*frame.columns]
    order.insert(order.index("similar_listener_id") + 1, "similar_listener_name")
    return kept.with_columns(similar_listener_name=named).select(order)
