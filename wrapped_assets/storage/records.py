"""What the manifest says, beside the files it names: enough to rebuild it when the database is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import orjson

from wrapped_assets.storage.files import is_intact, write_whole
from wrapped_assets.storage.manifest import StoredCell, load_cells, record_cells
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.vocabulary.periods import Cell

_FIELDS = [field.name for field in fields(StoredCell) if field.name != "cell"]


def write_records(root: Root, stored: Iterable[StoredCell]) -> None:
    """Notes cells in the record files of their periods and buckets, each file whole or not at all."""
    units: dict[Path, list[StoredCell]] = {}
    for found in stored:
        units.setdefault(_place(root, found.cell), []).append(found)
    for path, cells in units.items():
        known = orjson.loads(path.read_bytes()) if path.exists() else {}
        for found in cells:
            known[found.cell.asset] = {name: getattr(found, name) for name in _FIELDS}
        write_whole(path, orjson.dumps(known, option=orjson.OPT_SORT_KEYS))


def forget_records(root: Root) -> None:
    """Removes the notes of an environment that is no more."""
    shutil.rmtree(_folder(root), ignore_errors=True)


def remove_records(root: Root, gone: Iterable[Cell]) -> None:
    """Takes cells out of the record files, and removes those that are empty then."""
    for cell in gone:
        path = _place(root, cell)
        if not path.exists():
            continue
        known = orjson.loads(path.read_bytes())
        known.pop(cell.asset, None)
        if not known:
            path.unlink()
            continue
        write_whole(path, orjson.dumps(known, option=orjson.OPT_SORT_KEYS))


def rebuild_manifest(root: Root) -> tuple[int, int]:
    """Records every noted cell whose file has the bytes that were noted; returns how many there are now, and how many were lost."""
    found, lost = [], 0
    for path in sorted(_folder(root).glob("*.json")):
        period, _, unit = path.stem.partition(".")
        bucket = None if unit == "all" else int(unit[1:])
        for asset, row in orjson.loads(path.read_bytes()).items():
            if is_intact(root.path / row["path"], row["file_hash"]):
                row["written_at"] = datetime.fromisoformat(row["written_at"])
                found.append(StoredCell(cell=Cell(asset, period, bucket), **row))
            else:
                lost += 1
    with exclusive(root.engine) as connection:
        record_cells(connection, root, found)
    return len(load_cells(root)), lost


def _folder(root: Root) -> Path:
    return root.path / "records" / (root.environment or "main")


def _place(root: Root, cell: Cell) -> Path:
    return _folder(root) / f"{cell.period}.{'all' if cell.bucket is None else f'b{cell.bucket:03d}'}.json"
