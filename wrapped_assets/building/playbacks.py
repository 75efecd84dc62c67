"""Counts the distinct landed playbacks, and resolves only those that may be duplicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from wrapped_assets.building.excluding import APART
from wrapped_assets.building.linking import Known, known_in, links_of, read_links
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.doubtful import is_doubtful
from wrapped_assets.listens.resolve import PLAYS_READ, TRACKS_READ, resolved_plays
from wrapped_assets.storage import landing
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month


def count_playbacks(root: Root, cells: Collection[tuple[str, int]]) -> int:
    """Playbacks of some (UTC month of the start, bucket); duplicates over a month's end are found through its edges."""
    chunks = landing.load_chunks(root) if cells else {}
    known = known_in(root, {Month.parse(month).year for month, _ in cells})
    landed = [(month, bucket) for month, bucket in sorted(cells) if (landing.PLAYS, month, bucket) in chunks]
    return sum(_count(root, chunks, Month.parse(month), bucket, known) for month, bucket in landed)


def _count(root: Root, chunks: dict[tuple[str, str, int], list[landing.Chunk]], month: Month, bucket: int, known: dict[int, Known]) -> int:
    def read(asset: str, names: Iterable[str]) -> pl.DataFrame:
        return landing.read_landed(root, chunks, asset, month, bucket, names, EDGE)

    (start, _), (_, end) = landing.edges(month, EDGE)
    inside = pl.col("listened_at").is_between(start, end, closed="left")
    plays = read(landing.PLAYS, [column.name for column in PLAYS_READ])
    doubtful = plays.filter(is_doubtful(plays))
    alone = plays.select(inside.sum()).item() - doubtful.select(inside.sum()).item()
    if doubtful.is_empty():
        return alone
    catalogue = project_graph().by_key["catalogue/tracks"]
    links, led_to = links_of(root, chunks, bucket, known[month.year])
    links = read_links(links, month).drop("is_unused")
    landed = read(landing.TRACKS, catalogue.reads[0].columns)
    whole = pl.concat([landed, led_to.select(landed.columns)]).lazy()
    wanted = pl.concat([doubtful["variant_id"], links["linked_variant_id"]]).unique().implode()
    tracks = catalogue.function(whole.filter(pl.col("variant_id").is_in(wanted)), APART)
    resolved = resolved_plays(doubtful.lazy(), tracks.select([column.name for column in TRACKS_READ]), links.lazy())
    return alone + resolved.filter(inside, pl.col("_kept") == pl.col("_row")).select(pl.len()).collect().item()
