"""A Plex server's own database: `metadata_item_views`, one row for each track that was played to its end."""

from __future__ import annotations

from typing import Any

from wrapped_assets.contracts.source import Source
from wrapped_assets.sources import databases, richness
from wrapped_assets.sources.rows import Row, text, time_text
from wrapped_assets.sources.times import any_spelling

QUERY = """
SELECT views.viewed_at, views.title, views.parent_title, views.grandparent_title, accounts.name
FROM metadata_item_views AS views LEFT JOIN accounts ON accounts.id = views.account_id
WHERE views.metadata_type = 10 ORDER BY views.viewed_at, views.id
"""


def row_from(number: int, record: dict[str, Any]) -> Row:
    """One track; Plex keeps the time at which it counted as played, and no length."""
    return Row(
        number,
        time_text=time_text(record["viewed_at"]),
        title=text(record["title"]),
        artist_credit=text(record["grandparent_title"]),
        release_group_name=text(record["parent_title"]),
        listener=text(record["name"]),
    )


PLEX = Source(
    name="plex",
    code=22,
    title="Plex server database (SQLite)",
    richness=richness.PLEX,
    resolution_seconds=60,
    recognises=databases.has_tables("metadata_item_views", "accounts"),
    read=databases.reader(QUERY, row_from, any_spelling),
)
