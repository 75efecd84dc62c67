"""What a machine of a root in a store keeps in its own folder, and what of it must go once somebody was erased on any machine.

Each erasure changes the epoch, a setting of the registry. A machine that has not heard of the newest one removes what was made from
anything that is stored no longer, before it uses its copies again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from wrapped_assets.storage.documents import Documents
from wrapped_assets.storage.inbox_folders import DONE, REFUSED, forget_drops
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.tombstone_files import names_erased
from wrapped_assets.storage.whole_files import destroy_parts, write_whole

LINKS = "landing/links"
_NOTE = "locks/epoch"
_LEFT = ("lake", "landing/plays", "landing/tracks", "landing/rejected")  # of a move into the store that was killed while it tidied up


class SharedRoot(Protocol):
    """What is asked of a data root whose files lie in a store."""

    @property
    def path(self) -> Path: ...
    @property
    def engine(self) -> sa.Engine: ...
    @property
    def documents(self) -> Documents: ...
    def lock(self, name: str, *, shared: bool = False, wait: bool = True) -> AbstractContextManager[bool]: ...


def keep_to(root: SharedRoot, epoch: str) -> None:
    """Removes what is outdated, unless it was removed since this epoch began."""
    note = root.path / _NOTE
    with suppress(OSError):
        if note.read_text() == epoch:
            return
    root.documents.purge()
    destroy_parts(root.path, but="cache")
    _drop_links(root)
    for folder in (*_outlived(root), *(root.path / name for name in _LEFT)):
        shutil.rmtree(folder, ignore_errors=True)
    with root.lock("inbox", wait=False) as is_quiet:
        if is_quiet:  # or the next process looks again
            _drop_inbox(root)
            write_whole(note, epoch.encode(), syncs=False)


def _drop_inbox(root: SharedRoot) -> None:
    """Removes what whoever was erased had dropped on this machine."""
    inbox = root.path / "inbox"
    names = {path.name for folder in (inbox, inbox / DONE, inbox / REFUSED) for path in folder.glob("*") if path.is_dir()}
    for name in names_erased(root.path, names - {DONE, REFUSED}, datetime.now(UTC)):
        forget_drops(root.path, name)


def _drop_links(root: SharedRoot) -> None:
    """Removes all links of every bucket that has some of a listener who is not registered; they can be made anew."""
    folder = root.path / LINKS
    if not folder.is_dir():
        return
    import polars as pl

    with root.engine.connect() as connection:
        known = set(connection.execute(sa.select(tables.listeners.c.listener_id)).scalars())
    for path in sorted(folder.glob("b*-links-*.parquet")):
        try:
            is_whole = set(pl.read_parquet(path, columns=["listener_id"])["listener_id"].unique()) <= known
        except (pl.exceptions.PolarsError, OSError):
            is_whole = False
        if not is_whole:
            for of_bucket in folder.glob(f"{path.name.partition('-')[0]}-*"):
                of_bucket.unlink(missing_ok=True)


def _outlived(root: SharedRoot) -> Iterator[Path]:
    """The folders below `exports/delivered` whose export was withdrawn, or destroyed when its time was over."""
    table = tables.exports
    with root.engine.connect() as connection:
        is_over = (table.c.state == "withdrawn") | table.c.expired_at.is_not(None)
        over = set(connection.execute(sa.select(table.c.export_id).where(is_over)).scalars())
    for folder in sorted((root.path / "exports" / "delivered").glob("*")):
        if folder.name in over or any(_export_of(path) in over for path in folder.glob("*.json")):
            yield folder


def _export_of(report: Path) -> str | None:
    """The export whose report this is; None where it is another file."""
    try:
        found = json.loads(report.read_bytes())
    except (OSError, ValueError):
        return None
    return str(found.get("export_id")) if isinstance(found, dict) else None
