"""Counts the imports that were landed by other code than today's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wrapped_assets.storage.reading import reading
from wrapped_assets.storage.root import Root


def imports_of_other_code(root: Root, importers: Callable[[], Mapping[str, str]]) -> dict[str, int]:
    """Input format → how many imports other code landed than `importers` names; an import of an older program says nothing of it."""
    query = "select source, importer, count(*) from imports where importer is not null group by source, importer"
    with reading(root) as reader:
        rows = reader.rows(query)
    now = importers() if rows else {}
    counts: dict[str, int] = {}
    for source, importer, count in rows:
        if now.get(source) not in (None, importer):
            counts[source] = counts.get(source, 0) + count
    return dict(sorted(counts.items()))
