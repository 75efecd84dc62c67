"""Copies of the manifest's rows next to the files, from which a lost database can be rebuilt."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.damage import note_damage
from wrapped_assets.storage.manifest import StoredCell, load_cells, record_cells
from wrapped_assets.storage.record_files import DamagedRecordError, read_records, store_records
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import walked
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import sync
from wrapped_assets.vocabulary.periods import Cell

_FIELDS = [field.name for field in fields(StoredCell) if field.name != "cell"]


def write_records(root: Root, stored: Iterable[StoredCell], *, syncs: bool = True) -> None:
    """Notes cells in the record files of their periods and buckets, each file whole or not at all. `syncs` as in `whole_file`."""
    units: dict[Path, list[StoredCell]] = {}
    for found in stored:
        units.setdefault(_place(root, found.cell), []).append(found)
    for path, cells in units.items():
        try:
            known = read_records(path)
        except DamagedRecordError:  # the manifest says the same
            known = {cell.asset: _fields(found) for cell, found in _unit(root, cells[0].cell).items()}
        store_records(path, known | {found.cell.asset: _fields(found) for found in cells}, syncs=syncs)


def sync_records(root: Root, one: Cell) -> None:
    """Returns when the disk has the records of a cell's period and bucket."""
    with suppress(FileNotFoundError):
        sync(_place(root, one))


def renew_records(root: Root, buckets: Collection[int]) -> None:
    """Makes the records of some buckets, in all environments, say what the manifest says: nothing of cells that it has no more."""
    for folder in sorted((root.path / "records").glob("*")):
        inside = root if folder == _folder(root) else root.within(folder.name)
        units = {(cell.period, cell.bucket) for cell in load_cells(inside, only_own=True)}
        for path in sorted(folder.glob("*.b*.json")):
            one = _cell(path, "")
            if one.bucket not in buckets:
                continue
            if (one.period, one.bucket) in units:
                _renew(inside, path)
            else:
                path.unlink(missing_ok=True)


def forget_records(root: Root) -> None:
    """Removes the notes of an environment that is no more."""
    shutil.rmtree(_folder(root), ignore_errors=True)


def remove_records(root: Root, gone: Iterable[Cell]) -> None:
    """Takes cells out of the record files, and removes those that are empty then."""
    for cell in gone:
        path = _place(root, cell)
        known = read_records(path)
        known.pop(cell.asset, None)
        store_records(path, known)


@dataclass
class Rebuilt:
    """What `rebuild_manifest` did: cells that there are now, and the paths of damaged files and of damaged records."""

    cells: int = 0
    lost: list[str] = field(default_factory=list)
    damaged_records: list[str] = field(default_factory=list)


def rebuild_manifest(root: Root) -> Rebuilt:
    """Records every noted cell. Those whose file is not as noted are kept as damaged: the next build computes them again, or refuses."""
    done, found = Rebuilt(), []
    for path in sorted(_folder(root).glob("*.json")):
        try:
            records = read_records(path)
        except DamagedRecordError:
            done.damaged_records.append(str(path.relative_to(root.path)))
            _renew(root, path)
            continue
        known = {stored.path: stored for stored in (_stored(_cell(path, asset), row) for asset, row in records.items())}
        found += known.values()
        for name in walked(root.files, {name: {stored.file_hash} for name, stored in known.items()}):
            stored = known[name]
            place = root.files.intact(stored.path, {stored.file_hash})
            if place is None or not is_of(place, stored.path, stored.cell, stored.data_version):
                done.lost.append(stored.path)
    with exclusive(root.engine) as connection:
        record_cells(connection, root, found)
        root.files.note(connection, [stored.path for stored in found])
    note_damage(root, done.lost)
    done.cells = len(load_cells(root))
    return done


def _renew(root: Root, path: Path) -> None:
    """Writes damaged records anew from the manifest, or removes them where it has no such cells."""
    path.unlink()
    one = _cell(path, "")
    write_records(root, _unit(root, one).values())


def _unit(root: Root, one: Cell) -> dict[Cell, StoredCell]:
    """What the manifest says of all cells of a period and bucket."""
    return load_cells(root, periods=[one.period], bucket=one.bucket, only_own=True)


def _fields(stored: StoredCell) -> dict[str, object]:
    return {name: getattr(stored, name) for name in _FIELDS}


def _stored(cell: Cell, row: dict[str, Any]) -> StoredCell:
    """Records of an older program have no scheme: theirs is the first."""
    known = {"scheme": 1} | {name: row[name] for name in _FIELDS if name in row}
    return StoredCell(cell=cell, **known | {"written_at": datetime.fromisoformat(row["written_at"])})


def _cell(path: Path, asset: str) -> Cell:
    period, _, unit = path.stem.rpartition(".")
    return Cell(asset, period, None if unit == "all" else int(unit[1:]))


def _folder(root: Root) -> Path:
    return root.path / "records" / (root.environment or "main")


def _place(root: Root, cell: Cell) -> Path:
    return _folder(root) / f"{cell.period}.{'all' if cell.bucket is None else f'b{cell.bucket:03d}'}.json"
