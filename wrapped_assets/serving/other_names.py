"""Under which names a listener heard a recording: each spelling of it, and the names that the listener's history links to it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.building.linking import known_in, links_of
from wrapped_assets.serving.rows import built_paths
from wrapped_assets.storage.chunks import load_chunks
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import period_year

_NAMES = ("recording_name", "artist_name", "artist_names")


def other_names(root: Root, ids: pl.Series, listener: Listener, years: Sequence[int]) -> pl.DataFrame:
    """recording_id and `other_names`, a list of {recording_name, artist_name, artist_names}, from the listener's bucket in some years.

    A name is linked as docs/matching.md says, such as an artist's earlier one.
    """
    built = built_paths(root, [])
    bucket = built.bucket_of(listener.listener_id)
    cells = sorted(
        (cell, path)
        for cell, path in built.items()
        if (cell.asset, cell.bucket) == ("catalogue/tracks", bucket) and period_year(cell.period) in years
    )
    if not cells:
        return pl.DataFrame(schema={"recording_id": pl.Int64, "other_names": pl.List(pl.Struct({}))})
    tracks = pl.scan_parquet(intact(root, [path for _, path in cells])).select("variant_id", "recording_id", *_NAMES).collect()
    with root.engine.connect() as connection:
        chunks = load_chunks(root, bucket, None, connection)
    links, led_to = links_of(root, chunks, bucket, known_in(root, years)[max(years)])
    own = links.filter(pl.col("listener_id") == listener.listener_id).select("variant_id", "linked_variant_id").unique()
    renamed = own.join(tracks.select("recording_id", linked_variant_id="variant_id"), on="linked_variant_id")
    names = pl.concat([tracks.select("variant_id", *_NAMES), led_to.select("variant_id", *_NAMES)]).unique("variant_id")
    heard = pl.concat([tracks.select("recording_id", "variant_id"), renamed.select("recording_id", "variant_id")])
    spelled = heard.filter(pl.col("recording_id").is_in(ids.implode())).unique().join(names, on="variant_id")
    told = spelled.select("recording_id", other_names=pl.struct(_NAMES)).unique().sort("recording_id", "other_names")
    return told.group_by("recording_id", maintain_order=True).agg("other_names")
