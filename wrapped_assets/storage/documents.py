"""Documents of a data root: files that are replaced or removed under a name of their own, wherever they lie.

What stands in the table of `docs/scale.md` as a document is written and read through `Root.documents` alone: the cases of erasures, exports
on their way out and what is kept of them, who is responsible, and what targets were sent. `FolderDocuments` has them in the data root and
nowhere else. `object_documents.StoreDocuments` has them in the object store, and in the data root of each machine as copies.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from wrapped_assets.storage.whole_files import destroy, write_whole

_PATTERN = re.compile(r"erasures/[^/]+\.case|responsible\.yaml|exports/(staged|people|draws)/.+|site/\d+/\d+/uploads/.+|site/microsite/.+")
TOPS = ("erasures", "exports", "site", "responsible.yaml")  # where documents lie below a data root


class Documents(Protocol):
    """The documents of one data root. A name is a path below it; a name may be a folder's, and then is about all documents below it."""

    def names(self, pattern: str) -> list[str]:
        """Every document whose name fits, part by part, such as `site/*/*/uploads/*.json`: as the registry knows them."""

    def brought(self, name: str) -> Path:
        """Where a document, or a folder of documents, lies to be read: as it is stored now. There is no file where there is no document.

        BuildError where one is damaged, StoreUnavailable where the store does not give it.
        """

    def write(self, name: str, content: bytes) -> None:
        """Stores a document, whole or not at all, in place of the one before. Errors as of `StoredFiles.write`."""

    def change(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replaces a document by what `change` makes of it as it is stored now; None stands for no document, on both sides.

        Of two processes that change one document at once, on whatever machines, the second changes what the first has made: `change` may
        be called again, with the newer content. Errors as of `brought` and `write`.
        """

    def fill(self, name: str) -> Path:
        """Where to write a document, or files of a folder, that `keep` will store. Its folder may not be there."""

    def keep(self, name: str) -> None:
        """Stores what was written at `fill`, whole, in place of what was stored under the name."""

    def forget(self, name: str) -> None:
        """Destroys documents; there may be none."""

    def purge(self) -> None:
        """Destroys this machine's copies of what is no longer stored."""

    def take_found(self) -> None:
        """For a registry of a backup, once the store was listed: of documents whose version is gone, takes the one that is there."""

    def remove_unnamed(self) -> None:
        """Removes what a killed process sent and no document is; waits for what is being sent."""


def is_document(name: str) -> bool:
    """Whether what lies at this path below a data root is a document."""
    return _PATTERN.fullmatch(name) is not None


def documents_in(root: Path) -> list[str]:
    """Every document that lies in a folder."""
    return [name for name in _files_of(root) if not name.endswith(".part")]


def parts_in(root: Path) -> list[str]:
    """What a killed process left half-written of a document at `fill`, and what is being written there."""
    return [name for name in _files_of(root) if name.endswith(".part") and not name.rpartition("/")[2].startswith(".")]


def _files_of(root: Path) -> list[str]:
    files = (path for top in TOPS for path in ([root / top] if (root / top).is_file() else (root / top).rglob("*")))
    return sorted(name for path in files if path.is_file() and is_document(name := path.relative_to(root).as_posix()))


def fits(name: str, pattern: str) -> bool:
    """Whether a name is what a pattern of `names` asks for."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def destroy_below(place: Path) -> None:
    """Destroys a file, or removes a folder with all that is in it."""
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        destroy(place)


class FolderDocuments:
    """The documents in the data root itself. `check` raises where they lie elsewhere by now; `changing` is held while one is changed."""

    def __init__(self, root: Path, check: Callable[[], None], changing: Callable[[], AbstractContextManager[bool]]) -> None:
        self._root, self._check, self._changing = root, check, changing

    def names(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self._root).as_posix() for path in self._root.glob(pattern) if path.is_file())

    def brought(self, name: str) -> Path:
        return self._root / name

    def write(self, name: str, content: bytes) -> None:
        self._check()
        write_whole(self._root / name, content)

    def change(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        with self._changing():
            here = self._root / name
            before = here.read_bytes() if here.exists() else None
            if (after := change(before)) is None:
                self.forget(name)
            elif after != before:
                self.write(name, after)

    def fill(self, name: str) -> Path:
        return self._root / name

    def keep(self, name: str) -> None:
        self._check()

    def forget(self, name: str) -> None:
        destroy_below(self._root / name)

    def purge(self) -> None:
        pass

    def remove_unnamed(self) -> None:
        pass

    def take_found(self) -> None:
        pass
