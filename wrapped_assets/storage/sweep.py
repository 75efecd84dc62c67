"""Removes what a crash left behind: half-written files, and files that no manifest row names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root


@contextmanager
def marked(root: Root) -> Iterator[None]:
    """Leaves a mark while a build runs; the mark of a process that died makes the next build sweep."""
    folder = root.path / "locks"
    folder.mkdir(exist_ok=True)
    marks = [path for path in folder.glob("building-*") if not _is_alive(int(path.name.partition("-")[2]))]
    if marks:
        with root.lock("build", wait=False) as alone:  # another build's files may not be recorded yet: leave it to a later one
            if alone:
                sweep(root)
                for left in marks:
                    left.unlink(missing_ok=True)
    mark = folder / f"building-{os.getpid()}"
    mark.touch()
    yield  # an exception in Python is no crash: files and manifest agree, only a kill leaves the mark
    mark.unlink(missing_ok=True)


@contextmanager
def landing_swept(root: Root) -> Iterator[None]:
    """Held while an import lands: what an import that was killed left half-written is removed first."""
    with root.lock("landing", wait=False) as alone:
        if alone:
            for part in (root.path / "landing").rglob(".*.part"):
                part.unlink(missing_ok=True)
    with root.lock("landing", shared=True):
        yield


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def sweep(root: Root) -> int:
    """Removes orphans from the lake and the landing; returns how many. Nothing that a row names is touched."""
    with root.engine.connect() as connection:
        named = set(connection.execute(sa.select(tables.cells.c.path)).scalars())
        named |= set(connection.execute(sa.select(tables.publication_cells.c.path)).scalars())
    removed = 0
    for path in sorted((root.path / "lake").rglob("*.parquet")) if (root.path / "lake").exists() else []:
        if str(path.relative_to(root.path)) not in named:
            path.unlink(missing_ok=True)
            removed += 1
    for part in sorted((root.path / "lake").rglob(".*.part")) if (root.path / "lake").exists() else []:
        part.unlink(missing_ok=True)
        removed += 1
    return removed
