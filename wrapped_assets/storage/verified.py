"""Gives readers the paths of stored files, after comparing each file with its recorded hash.

Every reader of the lake, the landing and the catalogue asks here for its paths. The whole file is compared, by a hash of its bytes.
Parquet's page checksums would not do, because Polars does not verify them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.damage import DamagedFileError, advice, forget_damage, note_damage, noted_damage
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.manifest import ALL_LISTENERS
from wrapped_assets.storage.reading import Reader, batched, moment, reading
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell

_PATHS_PER_QUESTION = 500
_OF_OTHERS = (
    ("chunks", "path", "file_hash"), ("catalogue_files", "path", "file_hash"), ("imports", "rejected_path", "rejected_hash"),
)  # fmt: skip


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
    root.files.prepare({path: found.hashes for path, found in recorded.items()})
    places = {path: looked_at(root, path, recorded.get(path)) for path in dict.fromkeys(wanted)}
    if damaged := [path for path, found in places.items() if not isinstance(found, Path)]:
        note_damage(root, damaged)
        raise damaged_file(root, damaged[0], recorded.get(damaged[0]), len(damaged))
    return [place for path in wanted if isinstance(place := places[path], Path)]


def fault(root: Root, path: str, recorded: Recorded | None) -> str | None:
    """What is wrong with a file; None where it is as recorded."""
    found = looked_at(root, path, recorded)
    return found if isinstance(found, str) else None


def looked_at(root: Root, path: str, recorded: Recorded | None) -> Path | str:
    """The file to read, or what is wrong with it."""
    if recorded is None:
        return "not recorded"
    place = root.files.intact(path, recorded.hashes)
    if place is None:
        return "damaged" if root.files.held([path]) else "missing"
    if not all(is_of(place, path, cell, version) for cell, version in recorded.cells):
        return "another cell's"
    return place


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
    root.files.renew(noted)
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
    with reading(root) as reader:
        for some in batched(sorted(paths), _PATHS_PER_QUESTION):
            _look_up(reader, some, found)
    return found


def _look_up(reader: Reader, paths: list[str], found: dict[str, Recorded]) -> None:
    cells = "select path, asset, period, bucket, data_version, file_hash from cells where path in :paths"
    for path, *cell, version, digest in reader.rows(cells, paths=paths):
        one = found.setdefault(path, Recorded())
        one.is_built = True
        one.hashes.add(digest)
        one.cells.add((_cell(*cell), version))
    published = (
        "select listed.path, listed.asset, listed.period, listed.bucket, listed.file_hash, whole.year, whole.published_at "
        "from publication_cells listed join publications whole on listed.year = whole.year and listed.number = whole.number "
        "where listed.path in :paths order by whole.number"
    )
    for path, *cell, digest, year, published_at in reader.rows(published, paths=paths):
        one = found.setdefault(path, Recorded())
        one.hashes |= {digest} - {None}
        one.cells.add((_cell(*cell), None))
        one.edition = one.edition or (year, moment(published_at))
    for table, column, digest_column in _OF_OTHERS:
        for path, digest in reader.rows(f"select {column}, {digest_column} from {table} where {column} in :paths", paths=paths):  # noqa: S608 (ours)
            found.setdefault(path, Recorded()).hashes |= {digest} - {None}


def _cell(asset: str, period: str, bucket: int) -> Cell:
    return Cell(asset, period, None if bucket == ALL_LISTENERS else bucket)
