"""Gives readers the paths of stored files, after comparing each file with its recorded hash.

Every reader of the lake, the landing and the catalogue asks here for its paths. The whole file is compared, by a hash of its bytes.
Parquet's page checksums would not do, because Polars does not verify them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.cell_files import is_of
from wrapped_assets.storage.damage import DamagedFileError, advice, forget_damage, note_damage, noted_damage
from wrapped_assets.storage.files import is_intact
from wrapped_assets.storage.manifest import ALL_LISTENERS
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell

_PATHS_PER_QUESTION = 500


@dataclass
class Recorded:
    """What is recorded of one file: the hashes of its bytes, whose it is, and the published editions that have it."""

    hashes: set[str] = field(default_factory=set)
    cells: set[tuple[Cell, str | None]] = field(default_factory=set)  # with the version of its rows, where it is known
    is_built: bool = False
    edition: tuple[int, datetime] | None = None


def intact(root: Root, paths: Iterable[str]) -> list[Path]:
    """The files at these paths below the root, in their order. DamagedFileError, once it is noted, where one is not as recorded."""
    wanted = list(paths)
    recorded = recorded_of(root, set(wanted))
    if damaged := [path for path in dict.fromkeys(wanted) if fault(root, path, recorded.get(path))]:
        note_damage(root, damaged)
        raise damaged_file(root, damaged[0], recorded.get(damaged[0]), len(damaged))
    return [root.path / path for path in wanted]


def fault(root: Root, path: str, recorded: Recorded | None) -> str | None:
    """What is wrong with a file; None where it is as recorded."""
    if recorded is None:
        return "not recorded"
    if not (root.path / path).is_file():
        return "missing"
    if recorded.hashes and not any(is_intact(root.path / path, digest) for digest in sorted(recorded.hashes)):
        return "damaged"
    if not all(is_of(root, path, cell, version) for cell, version in recorded.cells):
        return "another cell's"
    return None


def damaged_file(root: Root, path: str, recorded: Recorded | None, count: int = 1) -> DamagedFileError:
    """The error that says what is wrong with a file, and what to do."""
    editions = {path: recorded.edition} if recorded and recorded.edition else {}
    others = f" (and {count - 1:,} more: `wrapped repair --check` lists them)" if count > 1 else ""
    what = advice(path, editions, is_built=recorded is not None and recorded.is_built)
    return DamagedFileError(path, f"a stored file is {fault(root, path, recorded) or 'damaged'} ({path}){others}: {what}")


def still_damaged(root: Root, connection: sa.Connection | None = None) -> set[str]:
    """Of the files that were found damaged, those that are not whole by now."""
    noted = noted_damage(root, connection)
    recorded = recorded_of(root, noted)
    return {path for path in noted if path in recorded and fault(root, path, recorded[path])}


def settle_damage(root: Root) -> set[str]:
    """Forgets the damage that is mended; returns what is left."""
    noted, left = noted_damage(root), still_damaged(root)
    forget_damage(root, noted - left)
    return left


def not_built_again(root: Root) -> dict[str, str]:
    """What is known to be damaged and no build computes again: landed files, catalogues, published editions. Path → what to do."""
    recorded = recorded_of(root, still_damaged(root))
    return {path: str(damaged_file(root, path, found)) for path, found in sorted(recorded.items()) if not found.is_built}


def recorded_of(root: Root, paths: Collection[str]) -> dict[str, Recorded]:
    """What is recorded of each of the paths that any row names."""
    found: dict[str, Recorded] = {}
    wanted = sorted(paths)
    with root.engine.connect() as connection:
        for start in range(0, len(wanted), _PATHS_PER_QUESTION):
            _look_up(connection, wanted[start : start + _PATHS_PER_QUESTION], found)
    return found


def _look_up(connection: sa.Connection, paths: list[str], found: dict[str, Recorded]) -> None:
    cells, published, whole = tables.cells, tables.publication_cells, tables.publications
    for row in connection.execute(
        sa.select(cells.c.path, cells.c.asset, cells.c.period, cells.c.bucket, cells.c.data_version, cells.c.file_hash).where(
            cells.c.path.in_(paths)
        )
    ):
        one = found.setdefault(row.path, Recorded())
        one.is_built = True
        one.hashes.add(row.file_hash)
        one.cells.add((_cell(row), row.data_version))
    joined = published.join(whole, (published.c.year == whole.c.year) & (published.c.number == whole.c.number))
    query = sa.select(
        published.c.path, published.c.asset, published.c.period, published.c.bucket, published.c.file_hash, whole.c.year,
        whole.c.published_at,
    ).select_from(joined)  # fmt: skip
    for row in connection.execute(query.where(published.c.path.in_(paths)).order_by(whole.c.number)):
        one = found.setdefault(row.path, Recorded())
        one.hashes |= {row.file_hash} - {None}
        one.cells.add((_cell(row), None))
        one.edition = one.edition or (row.year, row.published_at)
    for table in (tables.chunks, tables.catalogue_files):
        for row in connection.execute(sa.select(table.c.path, table.c.file_hash).where(table.c.path.in_(paths))):
            found.setdefault(row.path, Recorded()).hashes.add(row.file_hash)


    imports = tables.imports
    rejected = sa.select(imports.c.rejected_path, imports.c.rejected_hash).where(imports.c.rejected_path.in_(paths))
    for path, digest in connection.execute(rejected):
        found.setdefault(path, Recorded()).hashes |= {digest} - {None}


def _cell(row: sa.Row) -> Cell:
    return Cell(row.asset, row.period, None if row.bucket == ALL_LISTENERS else row.bucket)
