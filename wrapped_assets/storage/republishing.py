"""Takes a listener out of published editions: each file that holds their rows is written anew without them, everything else stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson
import polars as pl
import sqlalchemy as sa

from wrapped_assets.kernels.hashing import frame_hashes, rows_version
from wrapped_assets.storage import tables
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.manifest import ALL_LISTENERS, StoredCell, unnamed
from wrapped_assets.storage.root import Root
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
    replaced: dict[str, str] = {}
    for row in rows:
        path = str(row["path"])
        if path not in replaced:
            cell = Cell(row["asset"], row["period"], None if row["bucket"] == ALL_LISTENERS else row["bucket"])
            replaced[path] = _without(root, path, cell, listener_id, stored, grain)
    changed = {old: new for old, new in replaced.items() if old != new}
    with root.engine.begin() as connection:
        for old, new in changed.items():
            connection.execute(sa.update(listed).where(listed.c.path == old).values(path=new))
        gone = unnamed(connection, changed)
    for path in gone:
        (root.path / path).unlink(missing_ok=True)
    return len(changed)


def _without(root: Root, path: str, cell: Cell, listener_id: int, stored: Mapping[Cell, StoredCell], grain: Grain) -> str:
    frame = pl.read_parquet(root.path / path)
    people = [name for name in frame.columns if name.endswith("listener_id")]
    if people:
        kept = frame.filter(pl.all_horizontal(pl.col(name) != listener_id for name in people))
    elif cell.bucket is None:
        return path
    else:
        now = stored.get(cell)
        keys = list(grain(cell.asset))
        still = pl.read_parquet(root.path / now.path, columns=keys) if now else frame.select(keys).clear()
        kept = frame.join(still, on=keys, how="semi", maintain_order="left")
    if kept.height == frame.height:
        return path
    hashes = frame_hashes(kept)
    version = rows_version(kept.height, hashes)
    stem = "all" if cell.bucket is None else f"b{cell.bucket:03d}"
    layer, name = cell.asset.split("/")
    fresh = f"lake/{layer}/{name}/{cell.period}/{stem}-{version[:16]}.parquet"
    note = {"asset": cell.asset, "partition": cell.partition, "data_version": version, "column_hashes": hashes}
    if not (root.path / fresh).exists():
        write_parquet(kept, root.path / fresh, {"wrapped_assets": orjson.dumps(note).decode()})
    return fresh
