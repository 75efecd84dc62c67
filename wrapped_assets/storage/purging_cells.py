"""Removes listeners from stored cells by rewriting only the files that hold their rows.

Which columns name a listener follows from the dictionary's privacy classes, and which files have such columns from the files. So a
cell of any bucket, environment or published edition is found, whichever asset wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.buckets import bucket_count
from wrapped_assets.storage.cell_files import Written, write_cell
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.in_flight import in_flight
from wrapped_assets.storage.manifest import ALL_LISTENERS, load_cells, paths_of, remove_unnamed
from wrapped_assets.storage.records import write_records
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import walked
from wrapped_assets.storage.verified import Recorded, intact, looked_at, recorded_of
from wrapped_assets.vocabulary.categories import LISTENER_IDS
from wrapped_assets.vocabulary.periods import Cell

Grain = Callable[[str], tuple[str, ...]]
_CELLS, _PUBLISHED = tables.cells, tables.publication_cells
_PATHS_AT_ONCE = 500


@dataclass
class PurgedCells:
    """What was done: files that were written anew, and files that could not be read and were removed for what they may have held."""

    rewritten: int = 0
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Rewritten:
    """A file without the listeners."""

    file: Written
    row_count: int


@dataclass(frozen=True)
class Gone:
    """Whom to take out. `texts` stood in their plays alone; `unbuilt` cells could not be computed again without them."""

    listener_ids: Collection[int]
    texts: Collection[str] = ()
    unbuilt: Collection[Cell] = ()


def purge_cells(root: Root, gone: Gone, grain: Grain, *, in_every_column: bool = False) -> PurgedCells:
    """Writes every file anew that names one of the listeners: of the manifest in all environments, and of all publications.

    In a listener's own bucket a published table without listeners says which music somebody there heard: of it those rows stay whose
    key, by `grain`, the cells as they are built now still have: those of the bucket, or of the buckets that it was divided into. Figures
    over all listeners that name nobody stay as they were published.
    `in_every_column` looks for the ids in every 64-bit number, for columns that the dictionary describes wrongly.
    """
    done = PurgedCells()
    seen: set[str] = set()
    with in_flight(root):  # what is written here has no row yet: another erasure must not take it for what a crash left
        while fresh := {path: place for path, place in _stored(root).items() if path not in seen}:  # what others recorded meanwhile, too
            seen |= fresh.keys()
            changed, recorded = {}, recorded_of(root, fresh)
            for path in walked(root.files, {path: recorded[path].hashes if path in recorded else () for path in fresh}):
                if found := _without(root, path, recorded.get(path), fresh[path], gone, grain, done, in_every_column):
                    changed[path] = found
            _replace(root, changed)
            done.rewritten += len(changed)
            seen |= {found.file.path for found in changed.values()}
    return done


@dataclass(frozen=True, order=True)
class _Place:
    """What a path is the rows of: a cell, and of how many buckets its bucket is one, as the manifest and the editions that name it say."""

    cell: Cell
    counts: frozenset[int]

    def may_hold(self, listener_ids: Collection[int]) -> bool:
        """Whether the cell is of the bucket of one of the listeners."""
        return any(bucket_in(count, each) == self.cell.bucket for count in self.counts for each in listener_ids)

    def parts(self, count: int) -> list[Cell]:
        """The cells of `count` buckets, as many or more, that have what this one has."""
        assert self.cell.bucket is not None
        buckets = range(self.cell.bucket, count, min(self.counts))
        return [Cell(self.cell.asset, self.cell.period, bucket) for bucket in buckets]


def _stored(root: Root) -> dict[str, _Place]:
    """Every path that a cell, or a published edition, names."""
    found: dict[str, _Place] = {}
    with root.engine.connect() as connection:
        now, listed, editions = bucket_count(root, connection), _PUBLISHED.c, tables.publications.c
        of_edition = (editions.year == listed.year) & (editions.number == listed.number)
        for table, columns, count in (
            (_CELLS, _CELLS.c, sa.literal(now)),
            (_PUBLISHED.join(tables.publications, of_edition), listed, sa.func.coalesce(editions.bucket_count, now)),
        ):
            query = sa.select(columns.path, columns.asset, columns.period, columns.bucket, count).select_from(table)
            for path, asset, period, bucket, of in connection.execute(query):
                before = found[path].counts if path in found else frozenset[int]()
                found[path] = _Place(Cell(asset, period, None if bucket == ALL_LISTENERS else bucket), before | {of})
    return found


def _without(
    root: Root, path: str, recorded: Recorded | None, stored: _Place, gone: Gone, grain: Grain, done: PurgedCells, in_every_column: bool
) -> _Rewritten | None:  # fmt: skip
    """The file without the listeners; None where they were not in it."""
    ids, cell = list(gone.listener_ids), stored.cell
    if root.files.found(path) is None:
        return None
    try:
        # Before anything is believed of a file it is compared: one changed byte could hide an id, or a column's name.
        found = looked_at(root, path, recorded)
        (whole,) = [found] if isinstance(found, Path) else intact(root, [path])
        schema = pl.read_parquet_schema(whole)
        named = [name for name, dtype in schema.items() if name in LISTENER_IDS or (in_every_column and dtype == pl.Int64)]
        if named:
            is_theirs = pl.any_horizontal(pl.col(name).is_in(ids) for name in named).fill_null(value=False)
            if not pl.scan_parquet(whole).select(is_theirs.any()).collect().item():
                return None
            frame = pl.read_parquet(whole)
            kept = frame.filter(~is_theirs)
        elif stored.may_hold(ids) and {*(now := _built_now(root, parts := stored.parts(bucket_count(root))))} != {path}:
            frame = pl.read_parquet(whole)
            kept = _of_others(root, frame, now, parts, gone, list(grain(cell.asset)))
        else:
            return None
    except (pl.exceptions.PolarsError, OSError, DamagedFileError):
        root.files.remove([path])  # nobody can tell whether they are in it, and a backup would bring it back
        done.unreadable.append(path)
        return None
    return None if kept.height == frame.height else _Rewritten(write_cell(root, cell, kept), kept.height)


def _of_others(root: Root, frame: pl.DataFrame, now: list[str], parts: list[Cell], gone: Gone, keys: list[str]) -> pl.DataFrame:
    """A published table of music without what only the listeners heard: the rows that its cells have now, which lie at `now`.

    Where that cannot be known, because a cell failed or is damaged, all rows without a text of theirs.
    """
    if not any(cell in gone.unbuilt for cell in parts):
        if not now:
            return frame.clear()
        with suppress(DamagedFileError):
            return frame.join(pl.read_parquet(intact(root, now), columns=keys), on=keys, how="semi", maintain_order="left")
    is_theirs = [pl.col(name).is_in(list(gone.texts)) for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.filter(~pl.any_horizontal(pl.lit(value=False), *is_theirs).fill_null(value=False))


def _built_now(root: Root, parts: list[Cell]) -> list[str]:
    """Where those of the cells lie that are built now."""
    with root.engine.connect() as connection:
        return list(paths_of(connection, root, parts).values())


def _replace(root: Root, changed: dict[str, _Rewritten]) -> None:
    """Lets every row that names an old file name the new one, in one transaction; then removes the old ones, and notes the new ones."""
    with root.engine.begin() as connection:
        for old, new in changed.items():
            values: dict[str, object] = {"path": new.file.path, "file_hash": new.file.file_hash}
            connection.execute(sa.update(_PUBLISHED).where(_PUBLISHED.c.path == old).values(**values))
            values |= {"data_version": new.file.data_version, "column_hashes": orjson.dumps(new.file.column_hashes).decode()}
            values |= {"row_count": new.row_count, "byte_count": new.file.byte_count}
            connection.execute(sa.update(_CELLS).where(_CELLS.c.path == old).values(**values))
    remove_unnamed(root, changed)
    _note(root, {new.file.path for new in changed.values()})


def _note(root: Root, paths: Collection[str]) -> None:
    """Says in the records, too, what the manifest says of rewritten cells."""
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(_CELLS.c.environment, _CELLS.c.path).distinct())
        environments = sorted({environment for environment, path in rows if path in paths})
    for name in environments:
        inside = root.within(name) if name else root
        write_records(inside, [stored for stored in load_cells(inside, only_own=True).values() if stored.path in paths])
