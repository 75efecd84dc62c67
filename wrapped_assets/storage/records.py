"""Copies of the manifest's rows next to the files, from which a lost database can be rebuilt."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.damage import note_damage
from wrapped_assets.storage.manifest import StoredCell, load_cells, record_cells
from wrapped_assets.storage.record_files import DamagedRecordError, Records, content_of, records_in
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import walked
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import sync
from wrapped_assets.vocabulary.periods import Cell

_FIELDS = [field.name for field in fields(StoredCell) if field.name != "cell"]


def write_records(root: Root, stored: Iterable[StoredCell], *, syncs: bool = True) -> None:
    """Notes cells in the record files of their periods and buckets, each file whole or not at all. `syncs` as in `whole_file`.

    To a store nothing is sent without `syncs`: `sync_records` does it, once for all cells of a period and bucket.
    """
    if root.is_shared and not syncs:
        return
    units: dict[str, list[StoredCell]] = {}
    for found in stored:
        units.setdefault(_place(root, found.cell), []).append(found)
    for path, cells in units.items():
        try:
            known = _read(root, path)
        except DamagedRecordError:  # the manifest says the same
            known = {cell.asset: _fields(found) for cell, found in _unit(root, cells[0].cell).items()}
        _store(root, path, known | {found.cell.asset: _fields(found) for found in cells}, syncs=syncs)


def sync_records(root: Root, one: Cell) -> None:
    """Returns when the disk, or the store, has the records of a cell's period and bucket."""
    if root.is_shared:
        _store(root, _place(root, one), {cell.asset: _fields(found) for cell, found in _unit(root, one).items()})
        return
    with suppress(FileNotFoundError):
        sync(root.path / _place(root, one))


def renew_records(root: Root, buckets: Collection[int]) -> None:
    """Makes the records of some buckets, in all environments, say what the manifest says: nothing of cells that it has no more."""
    for path in record_paths(root):
        folder, one = path.split("/")[1], _cell(path, "")
        if one.bucket not in buckets:
            continue
        inside = root if folder == (root.environment or "main") else root.within(folder)
        if _unit(inside, one):
            _renew(inside, path)
        else:
            root.files.remove([path])


def forget_records(root: Root) -> None:
    """Removes the notes of an environment that is no more."""
    root.files.remove(record_paths(root, _folder(root)))


def remove_records(root: Root, gone: Iterable[Cell]) -> None:
    """Takes cells out of the record files, and removes those that are empty then."""
    units: dict[str, list[Cell]] = {}
    for cell in gone:
        units.setdefault(_place(root, cell), []).append(cell)
    for path, cells in units.items():
        known = _read(root, path)
        _store(root, path, {asset: row for asset, row in known.items() if asset not in {cell.asset for cell in cells}})


def record_paths(root: Root, folder: str = "records") -> list[str]:
    """Every file of records, in all environments or in one."""
    return [path for path in root.files.listed(folder) if path.endswith(".json")]


@dataclass
class Rebuilt:
    """What `rebuild_manifest` did: cells that there are now, and the paths of damaged files and of damaged records."""

    cells: int = 0
    lost: list[str] = field(default_factory=list)
    damaged_records: list[str] = field(default_factory=list)


def rebuild_manifest(root: Root) -> Rebuilt:
    """Records every noted cell. Those whose file is not as noted are kept as damaged: the next build computes them again, or refuses."""
    done, found = Rebuilt(), []
    for path in record_paths(root, _folder(root)):
        try:
            records = _read(root, path)
        except DamagedRecordError:
            done.damaged_records.append(path)
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


def _renew(root: Root, path: str) -> None:
    """Writes damaged records anew from the manifest, or removes them where it has no such cells."""
    _store(root, path, {cell.asset: _fields(found) for cell, found in _unit(root, _cell(path, "")).items()})


def _read(root: Root, path: str) -> Records:
    """The records of a file; none where there is none. DamagedRecordError where it does not match its checksum."""
    content = root.files.bytes_at(path)
    return {} if content is None else records_in(content, path)


def _store(root: Root, path: str, records: Records, *, syncs: bool = True) -> None:
    """Writes the file whole; removes it where there is no record."""
    if records:
        root.files.put(path, content_of(records), syncs=syncs)
    else:
        root.files.remove([path])


def _unit(root: Root, one: Cell) -> dict[Cell, StoredCell]:
    """What the manifest says of all cells of a period and bucket."""
    return load_cells(root, periods=[one.period], bucket=one.bucket, only_own=True)


def _fields(stored: StoredCell) -> dict[str, object]:
    return {name: getattr(stored, name) for name in _FIELDS}


def _stored(cell: Cell, row: dict[str, Any]) -> StoredCell:
    """Records of an older program have no scheme: theirs is the first."""
    known = {"scheme": 1} | {name: row[name] for name in _FIELDS if name in row}
    return StoredCell(cell=cell, **known | {"written_at": datetime.fromisoformat(row["written_at"])})


def _cell(path: str, asset: str) -> Cell:
    period, _, unit = path.rpartition("/")[2].removesuffix(".json").rpartition(".")
    return Cell(asset, period, None if unit == "all" else int(unit[1:]))


def _folder(root: Root) -> str:
    return f"records/{root.environment or 'main'}"


def _place(root: Root, cell: Cell) -> str:
    return f"{_folder(root)}/{cell.period}.{'all' if cell.bucket is None else f'b{cell.bucket:03d}'}.json"
