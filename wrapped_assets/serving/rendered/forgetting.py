"""Takes rendered pages away: of people who are erased, of those whom they name, and of publications that nobody returns to."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from wrapped_assets.serving.rendered.shelf import PACKINGS, Shelf, shelves
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import destroy

KEPT = 3  # renderings of a year: the live one, and those that a rollback is likely to return to


def forget_pages(root: Root, people: Collection[int]) -> int:
    """Destroys every page of these listeners, and every page that names one of them; returns how many files that were.

    A page of somebody else is told anew by a server until the next rendering.
    """
    removed = 0
    for shelf in shelves(root):
        for bucket, index in shelf.indexes():
            of_them = pl.col("listener_id").is_in(list(people)) | pl.col("names").list.eval(pl.element().is_in(list(people))).list.any()
            gone = index.filter(of_them)
            if gone.is_empty():
                continue
            for token, locale in gone.select("token", "locale").iter_rows():
                for packing in PACKINGS:
                    path = shelf.place(token, locale, packing)
                    removed += path.exists()
                    destroy(path)
            shelf.write_index(bucket, index.filter(~of_them))
    return removed


def forget_renderings(root: Root, live: Shelf) -> None:
    """Removes the oldest renderings of a year beyond KEPT; never the live one."""
    others = [each for each in shelves(root, live.year) if each != live]
    for shelf in others[: max(0, len(others) - (KEPT - 1))]:
        shelf.remove()
