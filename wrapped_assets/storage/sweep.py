"""Removes files that a crash left behind: partly written files, and files that no manifest row names."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from wrapped_assets.storage.in_flight import settled
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.root import Root

SHARES = "shares"  # folder of what the workers of builds computed and no unit has joined yet


@dataclass
class Mark:
    """What a process leaves while it changes the lake. A mark that stays makes the next one sweep."""

    stays: bool = False


@contextmanager
def marked(root: Root) -> Iterator[Mark]:
    """Leaves a mark while the lake is changed, and sweeps first where another process left one and is gone."""
    left = [path.stem for path in sorted((root.path / "locks").glob("changing-*.lock")) if _is_left(root, path.stem)]
    if left and swept(root):
        for name in left:
            (root.path / "locks" / f"{name}.lock").unlink(missing_ok=True)
    name, mark = f"changing-{secrets.token_hex(8)}", Mark()
    with root.lock(name):
        yield mark  # after an error it stays, as after a kill
        if not mark.stays:
            (root.path / "locks" / f"{name}.lock").unlink(missing_ok=True)


def _is_left(root: Root, name: str) -> bool:
    with root.lock(name, wait=False) as is_free:  # whoever is alive holds it
        return is_free


def swept(root: Root) -> bool:
    """Sweeps, and tells whether it could: files of others that are in flight are not recorded yet."""
    with settled(root, wait=False) as alone:
        if alone:
            sweep(root)
        return alone


@contextmanager
def landing_swept(root: Root) -> Iterator[None]:
    """Held while an import lands: what an import that was killed left half-written is removed first."""
    with root.lock("landing", wait=False) as alone:
        if alone:
            for part in (root.path / "landing").rglob(".*.part"):
                part.unlink(missing_ok=True)
    with root.lock("landing", shared=True):
        yield


def sweep(root: Root) -> int:
    """Removes files of the lake that no row names; returns how many. Nothing may be in flight."""
    with root.engine.connect() as connection:
        named = set(connection.execute(sa.select(tables.cells.c.path)).scalars())
        named |= set(connection.execute(sa.select(tables.publication_cells.c.path)).scalars())
    unnamed = [path for path in root.files.listed("lake") if path not in named and path.endswith(".parquet")]
    root.files.remove(unnamed)
    parts = [part for folder in ("lake", "records") for part in (root.path / folder).rglob(".*.part")]
    for part in parts:
        part.unlink(missing_ok=True)
    shares = [path for path in (root.path / SHARES).rglob("*") if path.is_file()]
    shutil.rmtree(root.path / SHARES, ignore_errors=True)  # a build that is under way computes them again
    return len(unnamed) + len(parts) + len(shares)
