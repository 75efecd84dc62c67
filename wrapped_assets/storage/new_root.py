"""Fills a data root that may not exist yet: a new one is filled beside its place and put there once it holds something."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wrapped_assets.storage.root import LAKE, REGISTRY_FILE, Root

Filled = TypeVar("Filled")
_LOCK = "new"


def filled(
    path: Path, bucket_count: int | None, fill: Callable[[Root], Filled], is_kept: Callable[[Filled], bool] = lambda _: True,
    lake: str | None = None,
) -> Filled:  # fmt: skip
    """What `fill` returns for the root at `path`. Of a new root nothing remains where `fill` raises or its result is not kept.

    A folder that holds something already is filled in place, and so is a root whose registry or files lie elsewhere: what was put there
    must stay known. `lake` as in `Root.open_or_make`.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    is_new = not path.exists() or (path.is_dir() and not any(path.iterdir()))
    if not is_new or lake or os.environ.get(LAKE) or Root(beside, 1, b"").registry_file != beside / REGISTRY_FILE:
        return fill(Root.open_or_make(path, bucket_count, lake=lake))
    missing = [folder for folder in path.parents if not folder.exists()]
    _remove_leftovers(path)
    try:
        root = Root.open_or_make(beside, bucket_count)
        with root.lock(_LOCK):
            found = _filled_and_closed(root, fill)
            if not is_kept(found):
                return found
            try:
                beside.rename(path)
                return found
            except OSError:  # another process has made the root meanwhile
                pass
        return fill(Root.open_or_make(path, bucket_count))
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        for folder in missing:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()


def _filled_and_closed(root: Root, fill: Callable[[Root], Filled]) -> Filled:
    try:
        return fill(root)
    finally:
        if "engine" in vars(root):  # an import of a SQLite file does without
            root.engine.dispose()


def _remove_leftovers(path: Path) -> None:
    """Removes what killed processes were filling: nobody holds its lock."""
    for leftover in path.parent.glob(f".{path.name}-{'[0-9a-f]' * 8}"):
        if (leftover / "locks" / f"{_LOCK}.lock").exists():
            with Root(leftover, 1, b"").lock(_LOCK, wait=False) as is_mine:
                if is_mine:
                    shutil.rmtree(leftover, ignore_errors=True)
