"""Takes a listener out of published editions: each file that holds their rows is written anew without them, everything else stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.cell_files import Written, write_cell
from wrapped_assets.storage.manifest import ALL_LISTENERS, StoredCell, unnamed
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell

Grain = Callable[[str], tuple[str, ...]]


def purge_publications(root: Root, listener_id: int, stored: Mapping[Cell, StoredCell], grain: Grain) -> int:
    """Rewrites the published files of a listener's bucket and those over all listeners that name them; returns how many.

    Rows that are a listener's go by their id. What is known of music has no listener in it: there, rows stay whose key the cells as
    they are built now (`stored`) still have. Figures over all listeners that name nobody stay as they were published.
    """
    listed = tables.publication_cells
    bucket = root.bucket_of(listener_id)
    touched = sa.select(listed).where(listed.c.bucket.in_([bucket, ALL_LISTENERS]))
    with root.engine.connect() as connection:
        rows = connection.execute(touched).mappings().all()
    replaced: dict[str, Written] = {}
    seen: set[str] = set()
    for row in rows:
        path = str(row["path"])
        if path not in seen:
            seen.add(path)
            cell = Cell(row["asset"], row["period"], None if row["bucket"] == ALL_LISTENERS else row["bucket"])
            if (written := _without(root, path, cell, listener_id, stored, grain)) is not None:
                replaced[path] = written
    with root.engine.begin() as connection:
        for old, new in replaced.items():
            connection.execute(sa.update(listed).where(listed.c.path == old).values(path=new.path, file_hash=new.file_hash))
        gone = unnamed(connection, replaced)
    for path in gone:
        (root.path / path).unlink(missing_ok=True)
    return len(replaced)


def _without(
    root: Root, path: str, cell: Cell, listener_id: int, stored: Mapping[Cell, StoredCell], grain: Grain
) -> Written | None:  # fmt: skip
    """The file without the listener's rows; None where it has none."""
    frame = pl.read_parquet(intact(root, [path]))
    people = [name for name in frame.columns if name.endswith("listener_id")]
    if people:
        kept = frame.filter(pl.all_horizontal(pl.col(name) != listener_id for name in people))
    elif cell.bucket is None:
        return None
    else:
        now = stored.get(cell)
        keys = list(grain(cell.asset))
        still = pl.read_parquet(intact(root, [now.path]), columns=keys) if now else frame.select(keys).clear()
        kept = frame.join(still, on=keys, how="semi", maintain_order="left")
    if kept.height == frame.height:
        return None
    return write_cell(root, cell, kept)
