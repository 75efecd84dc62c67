"""A small data root: three listeners in two buckets, a few plays over three years."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from wrapped_assets.building.importing import ImportReport, Person, import_paths
from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file

KEY = bytes(range(32))
ZONES = {"ana": "Europe/Lisbon", "bo": "UTC", "cy": "Asia/Tokyo"}
SMALL_PLAYS = {
    "ana": "2023-12-30 eple*3 so_here, 2024-12-31 walk@23:50*2, 2025-01-03 eple*4 night~12s moon/bo+ana/dusk, 2025-03-05 eple so_here*2, "
    "2025-03-06 moon/bo/dusk eple!",
    "bo": "2025-01-03 walk*2, 2025-02-01 night@00:10 eple, 2025-03-05 walk@22:50 rain*3",
    "cy": "2024-06-01 eple rain, 2025-01-31 night@22:00*5, 2025-11-20 moon*2 eple",
}


def copy_root(source: Path, target: Path) -> Path:
    """Copies a data root, for its owner alone. `shutil.copytree` takes five times as long: it copies times and other facts of each file."""
    target.mkdir(mode=0o700, parents=True)
    for each in os.scandir(source):
        place = target / each.name
        if each.is_dir():
            copy_root(Path(each.path), place)
            continue
        read, written = os.open(each.path, os.O_RDONLY), os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        while part := os.read(read, 1 << 20):
            os.write(written, part)
        os.close(read)
        os.close(written)
    return target


def copied(source: Path, target: Path) -> Iterator[Root]:
    """A copy of a data root, for a fixture to yield."""
    copy_root(source, target)
    root = Root.open(target)
    yield root
    if "engine" in vars(root):
        root.engine.dispose()


def prepared(source: Path, target: Path, prepare: Callable[[Root], object]) -> Path:
    """A copy of a data root with what `prepare` does to it: for a fixture of a module, of which each test gets a copy."""
    root = Root.open(copy_root(source, target))
    prepare(root)
    root.engine.dispose()
    return target


def import_small(root: Root, plays: Mapping[str, str]) -> dict[str, ImportReport]:
    """Imports each listener's plays as an export of its own."""
    return {name: import_text(root, name, text) for name, text in plays.items()}


def import_text(root: Root, name: str, text: str, time_zone: str | None = None) -> ImportReport:
    """Imports one export of one listener."""
    with tempfile.TemporaryDirectory() as folder:
        return import_paths(root, [spotify_file(Path(folder), text)], Person(name, time_zone or ZONES.get(name, "UTC")))


def versions(root: Root) -> dict[str, str]:
    """The data version of every stored cell."""
    return {str(cell): stored.data_version for cell, stored in manifest.load_cells(root).items()}


def lake_files(root: Root, below: str = "lake") -> dict[str, bytes]:
    """Every file of the lake, or of the landing, by its path."""
    return {str(path.relative_to(root.path)): path.read_bytes() for path in sorted((root.path / below).rglob("*")) if path.is_file()}
