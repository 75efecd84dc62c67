"""The folders of the inbox below a data root, and the files of a person that are left in them."""

from __future__ import annotations

import shutil
from pathlib import Path

DONE, REFUSED = "done", "refused"


def forget_drops(root: Path, name: str) -> int:
    """Removes whatever was ever dropped for a listener, waiting, landed or refused; returns how many files that were."""
    inbox = root / "inbox"
    removed = 0
    for parent in (inbox, inbox / DONE, inbox / REFUSED):
        folder = parent / name
        if name in ("", ".", "..", DONE, REFUSED) or folder.parent != parent or folder.is_symlink() or not folder.is_dir():
            continue  # a name may be anything, and must not lead elsewhere
        removed += sum(path.is_file() for path in folder.rglob("*"))
        shutil.rmtree(folder)
    return removed
