"""The spans that somebody asked for, by canonical name (`vocabulary.spans`), for some buckets of listeners or for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import reading

if TYPE_CHECKING:
    from wrapped_assets.storage.reading import Reader
    from wrapped_assets.storage.root import Root

_ALL = -1  # as a bucket; a primary key has no nulls


def asked_spans(root: Root, connection: sa.Connection | Reader | None = None) -> dict[str, frozenset[int] | None]:
    """Name → the buckets that a span was asked for in; None: all."""
    found: dict[str, set[int]] = {}
    with reading(root, connection) as reader:
        for name, bucket in reader.rows("select name, bucket from spans order by name, bucket"):
            found.setdefault(name, set()).add(bucket)
    return {name: None if _ALL in buckets else frozenset(buckets) for name, buckets in found.items()}


def ask_span(root: Root, name: str, bucket: int | None = None) -> None:
    """Asks for a span in a bucket, or in all. Asking twice is asking once."""
    from wrapped_assets.storage.database import insert_new

    with root.engine.begin() as connection:
        insert_new(connection, tables.spans, [{"name": name, "bucket": _ALL if bucket is None else bucket}])


def forget_span(root: Root, name: str) -> bool:
    """Asks no longer for a span; the next build removes its cells. Returns whether it was asked for."""
    with root.engine.begin() as connection:
        return connection.execute(sa.delete(tables.spans).where(tables.spans.c.name == name)).rowcount > 0
