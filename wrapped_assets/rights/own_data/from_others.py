"""Who could read a listener's name as one of like taste: rows of others, in the newest build and in every publication."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import consents, manifest, registry, tables
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary import columns as c

_ASSET = "insights/similar_listeners"
_SCHEMA = {
    "listener_id": pl.Int64(), "year": pl.Int64(), "similarity_share": pl.Float64(), "is_published": pl.Boolean(),
    "first_published_at": c.INSTANT, "seen_by_name": pl.String(),
}  # fmt: skip


def shown_to(root: Root, listener: Listener) -> pl.DataFrame:
    """A row for each year and other listener whose list of like-minded people has this listener.

    The other is named where both still agree to be found, as in their stories; otherwise the name is null.
    """
    agreed = consents.standing(root, "be_found", datetime.now(UTC))
    names = {each.listener_id: each.name for each in registry.all_listeners(root) if each.listener_id in agreed}
    is_named, rows = listener.listener_id in agreed, []
    published = _published(root)
    paths = {found.path: int(cell.period) for cell, found in manifest.load_cells(root, [_ASSET]).items()}
    seen: dict[tuple[int, int], list[tuple[datetime | None, float]]] = defaultdict(list)
    for path, year in {**paths, **{path: year for path, (year, _) in published.items()}}.items():
        mine = pl.scan_parquet(intact(root, [path])).filter(pl.col("similar_listener_id") == listener.listener_id)
        for other, share in mine.select("listener_id", "similarity_share").collect().iter_rows():
            seen[year, other].append((published[path][1] if path in published else None, share))
    for (year, other), found in seen.items():
        dates = [at for at, _ in found if at is not None]
        rows.append(
            {
                "listener_id": listener.listener_id, "year": year, "similarity_share": found[-1][1], "is_published": bool(dates),
                "first_published_at": min(dates, default=None), "seen_by_name": names.get(other) if is_named else None,
            }
        )  # fmt: skip
    order = {"year": True, "similarity_share": True, "seen_by_name": False}
    return pl.DataFrame(rows, schema=_SCHEMA).sort(list(order), descending=list(order.values()), nulls_last=True)


def _published(root: Root) -> dict[str, tuple[int, datetime]]:
    """Path → year, and when an edition with it was first published."""
    listed, editions = tables.publication_cells, tables.publications
    both = sa.and_(editions.c.year == listed.c.year, editions.c.number == listed.c.number)
    query = sa.select(listed.c.path, listed.c.year, sa.func.min(editions.c.published_at).label("at")).join(editions, both)
    with root.engine.connect() as connection:
        found = connection.execute(query.where(listed.c.asset == _ASSET).group_by(listed.c.path, listed.c.year))
        return {row.path: (row.year, _utc(row.at)) for row in found}


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
