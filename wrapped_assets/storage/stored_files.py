"""Where the files of lake, landing and catalogue lie: the one interface that writes, opens and removes them.

A file is named by its path below the data root, and by a hash of its bytes where it is opened. `FolderFiles` keeps them in the data root,
`object_files.ObjectFiles` in an object store. What is stored is what the registry says; nobody lists anything to find out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.whole_files import is_intact, make_folders, write_whole

if TYPE_CHECKING:
    import polars as pl
    import sqlalchemy as sa

FOLDERS = ("lake", "landing", "catalogue", "records")  # below the data root
OLD_FOLDERS = ("lake", "landing")  # what a store of an older program holds
AT_ONCE = 32  # files of a walk over all that are made ready together
Transaction = Callable[[], "AbstractContextManager[sa.Connection]"]


@dataclass(frozen=True)
class NewFile:
    """A frame that is to be stored, and the metadata of its file."""

    frame: pl.DataFrame
    path: str
    metadata: dict[str, str] = field(default_factory=dict)


class Placed(NamedTuple):
    """A file that was stored. Its path differs from the wanted one where that was about to be removed."""

    path: str
    byte_count: int
    file_hash: str


class StoredFiles(Protocol):
    """The files of one data root."""

    def write(self, wanted: Sequence[NewFile], transaction: Transaction | None = None) -> list[Placed]:
        """Stores the frames, each whole or not at all. `transaction` opens the one in which names are noted, where any are.

        WriteError, StoreUnavailable where that cannot be done; files that are stored by then may stay, and no row names them.
        """

    def take(self, place: Path, path: str) -> None:
        """Stores a file that was written beside, whole or not at all; it is no longer at its place then. Errors as of `write`."""

    def intact(self, path: str, digests: Collection[str]) -> Path | None:
        """The file to read, where it has one of the hashes (or any bytes, where none is recorded); None where it is missing or damaged."""

    def found(self, path: str) -> Path | None:
        """The file, whatever its bytes are; None where there is none."""

    def bytes_at(self, path: str) -> bytes | None:
        """A small file that holds a checksum of its own, as it is stored now; None where there is none."""

    def put(self, path: str, content: bytes, *, syncs: bool = True) -> None:
        """Stores such a file whole, in place of the one before. `syncs` as in `whole_file`. Errors as of `write`."""

    def prepare(self, wanted: Mapping[str, Collection[str]]) -> None:
        """Makes ready several files that will be asked for; those that cannot be had are left out."""

    def held(self, paths: Collection[str]) -> set[str]:
        """A quick look: those of the paths at which a file may lie."""

    def looks_whole(self, path: str, byte_count: int) -> bool:
        """A quick look, which asks no store. Whoever reads the file compares its bytes."""

    def unrecordable(self, connection: sa.Connection, found: Collection[tuple[str, int]]) -> list[str]:
        """Those of the files (path, bytes) that somebody has removed, or is about to remove: asked in the transaction that names them."""

    def leave(self, connection: sa.Connection, paths: Collection[str]) -> Collection[str]:
        """To be called in an exclusive transaction that has seen that no row names the files; nobody begins to name one from then on.

        Returns those that are to be removed once the transaction has committed.
        """

    def remove(self, paths: Collection[str]) -> None:
        """Removes files; those that are gone already are no error."""

    def listed(self, folder: str) -> list[str]:
        """Every path below a folder at which a file may lie: for what removes or searches, and never to find out what is stored."""

    def renew(self, paths: Collection[str]) -> None:
        """Forgets copies, so that the next look is at the place where the files are stored."""

    def release(self) -> None:
        """Gives back what `intact` handed out: to be called between two units of work."""

    def serve(self) -> None:
        """For a process that does not end: what was handed out is given back by itself after a while."""

    def copies(self) -> list[Path]:
        """The folders of this machine, outside of the data root, in which copies lie."""

    def empty_caches(self) -> None:
        """Has every machine remove its copies of what is no longer stored."""

    def keep_to_epoch(self) -> None:
        """Empties this machine of what some machine had removed by `empty_caches` since; called before any copy is used."""

    def note(self, connection: sa.Connection, paths: Collection[str]) -> None:
        """Notes files that are stored, for a registry that was lost."""

    def find_unknown(self) -> int:
        """Finds files that the registry knows nothing of, so that `listed` names them; returns how many those were."""


def walked(files: StoredFiles, wanted: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The paths one after the other, made ready in batches: for a walk over many files, each of which is read once."""
    paths = sorted(wanted)
    for start in range(0, len(paths), AT_ONCE):
        files.prepare({path: wanted[path] for path in paths[start : start + AT_ONCE]})
        yield from paths[start : start + AT_ONCE]
        files.release()


class FolderFiles:
    """The files in the data root itself."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, wanted: Sequence[NewFile], transaction: Transaction | None = None) -> list[Placed]:
        from wrapped_assets.storage.frame_files import FrameFile, write_frames  # with Polars, which those who only look do without

        made = write_frames([FrameFile(each.frame, self._root / each.path, each.metadata) for each in wanted])
        return [Placed(each.path, size, digest) for each, (size, digest) in zip(wanted, made, strict=True)]

    def take(self, place: Path, path: str) -> None:
        make_folders([(self._root / path).parent])
        place.replace(self._root / path)

    def intact(self, path: str, digests: Collection[str]) -> Path | None:
        place = self._root / path
        if not digests:
            return self.found(path)
        return place if any(is_intact(place, digest) for digest in sorted(digests)) else None

    def found(self, path: str) -> Path | None:
        place = self._root / path
        return place if place.is_file() else None

    def bytes_at(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes, *, syncs: bool = True) -> None:
        write_whole(self._root / path, content, syncs=syncs)

    def prepare(self, wanted: Mapping[str, Collection[str]]) -> None:
        pass

    def held(self, paths: Collection[str]) -> set[str]:
        return {path for path in paths if (self._root / path).is_file()}

    def looks_whole(self, path: str, byte_count: int) -> bool:
        try:
            return os.stat(f"{self._root}/{path}").st_size == byte_count  # noqa: PTH116 (thrice as fast)
        except OSError:
            return False

    def unrecordable(self, connection: sa.Connection, found: Collection[tuple[str, int]]) -> list[str]:
        if connection.exec_driver_sql("select value from settings where name = 'lake'").scalar():
            raise WrappedError("this data root was moved into a store meanwhile: run the command again")
        return [path for path, byte_count in found if not self.looks_whole(path, byte_count)]

    def leave(self, connection: sa.Connection, paths: Collection[str]) -> Collection[str]:
        self.remove(paths)
        return ()

    def remove(self, paths: Collection[str]) -> None:
        for path in paths:
            (self._root / path).unlink(missing_ok=True)

    def listed(self, folder: str) -> list[str]:
        return sorted(str(path.relative_to(self._root)) for path in (self._root / folder).rglob("*") if path.is_file())

    def renew(self, paths: Collection[str]) -> None:
        pass

    def release(self) -> None:
        pass

    def serve(self) -> None:
        pass

    def copies(self) -> list[Path]:
        return []

    def empty_caches(self) -> None:
        pass

    def keep_to_epoch(self) -> None:
        pass

    def note(self, connection: sa.Connection, paths: Collection[str]) -> None:
        pass

    def find_unknown(self) -> int:
        return 0

