"""What is kept of a release to compare a later one with: who was in it, and what each of them gave to its figures.

A file's name has the hash of its bytes, so that nothing is compared with a damaged one. Files of an older program have none in their name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import file_hash, is_intact

_FOLDER = "exports/people"


def keep(root: Root, export_id: str, ending: str, write: Callable[[Path], None]) -> None:
    """Lets `write` make a release's file with that ending, in place of the one before; a crash may leave none."""
    part = root.documents.fill(f"{_FOLDER}/{export_id}.{ending}.part")
    write(part)
    name = f"{_FOLDER}/{export_id}-{file_hash(part)}.{ending}"
    for before in _names(root, export_id, f".{ending}"):
        root.documents.forget(before)
    part.replace(root.documents.fill(name))
    root.documents.keep(name)


def intact_path(root: Root, export_id: str, ending: str) -> Path | None:
    """A release's file; None where there is none. RefusedError where it has not the bytes that were written."""
    for name in _names(root, export_id, f".{ending}"):
        path = root.documents.brought(name)
        digest = path.stem.removeprefix(export_id).removeprefix("-")
        if digest and not is_intact(path, digest):
            raise RefusedError("what is kept of an earlier release to compare with is damaged: restore `exports/people` from a backup")
        return path
    return None


def forget(root: Root, export_id: str, ending: str = "") -> None:
    """Removes a release's file with that ending, or all that is kept of it; also what a crash left half-written."""
    for name in _names(root, export_id, f".{ending}*" if ending else ""):
        root.documents.forget(name)


def _names(root: Root, export_id: str, rest: str) -> list[str]:
    return root.documents.names(f"{_FOLDER}/{export_id}*{rest}")  # no id is the beginning of another one
