"""Keeps copies of objects on this machine, up to a number of bytes: the copy that was used longest ago goes first.

A copy is handed out by a name of the process's own (a hard link), so that it stays readable whoever removes it from the cache meanwhile.
Several processes may use one folder. What was erased is emptied out by `keep_only`, which no copy that is just being made escapes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wrapped_assets.contracts.errors import InputError, WriteError
from wrapped_assets.storage.files import system_error
from wrapped_assets.storage.whole_files import file_hash, link_whole, make_folders, new_file, write_whole

FOLDER, LIMIT = "WRAPPED_CACHE", "WRAPPED_CACHE_BYTES"
DEFAULT_LIMIT = 20 << 30
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_LOOKS_AFTER = 20  # a process looks at the folder's size once it has put in this share of the limit
_KEPT_SHARE = 0.9  # of the limit, when something has to go


def limit_of(text: str | None) -> int:
    """A number of bytes as `WRAPPED_CACHE_BYTES` gives it, such as 500M or 20G. InputError for anything else."""
    if not text:
        return DEFAULT_LIMIT
    if (found := re.fullmatch(r"([1-9][0-9]*)([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)) is None:
        raise InputError(f"expected {LIMIT} as a number of bytes such as 500M or 20G, got {text!r}")
    return int(found[1]) * _UNITS[found[2].upper()]


@dataclass
class _Pin:
    """A copy as it was handed out to this process, by a link to its inode."""

    inode: int
    link: Path
    used_at: float


class ObjectCache:
    """The copies in a folder. Safe for several threads and processes; WriteError where the folder cannot be written."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = folder, limit
        self._files, self._users = folder / "files", folder / "in_use"
        self._put = limit  # bytes that this process put in since it last looked at the folder's size: at first it looks
        self._guard, self._pins = threading.Lock(), dict[str, _Pin]()
        self.idle_seconds = 0.0  # after which a server gives back a copy that it was handed out; 0: not before `release`
        with self._told():
            make_folders([self._files, self._users])
            with self._held("door", shared=False):
                self._mine = self._taken()
                self._remove_left()

    def get(self, path: str, digests: Collection[str]) -> Path | None:
        """The copy of an object, where it has one of these hashes (or any bytes, where none is given); a damaged one is removed."""
        copy = self._files / path
        with self._told(), self._held("lock", shared=True):
            try:
                if digests and file_hash(copy) not in digests:
                    copy.unlink(missing_ok=True)
                    return None
                os.utime(copy)
                return self._pinned(copy, path)
            except FileNotFoundError:
                return None

    def fill(self, path: str, write: Callable[[BinaryIO], str | None], digests: Collection[str]) -> Path | None:
        """Makes the copy: `write` writes the object's bytes and returns their hash. None where that is none of the digests, or None."""
        with self._told(), self._held("lock", shared=True):
            try:
                return self._filled(path, write, digests)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            self._evict(0)  # perhaps others fill this disk, too
            return self._filled(path, write, digests)

    def _filled(self, path: str, write: Callable[[BinaryIO], str | None], digests: Collection[str]) -> Path | None:
        part = self._mine / f".{secrets.token_hex(8)}.part"
        try:
            with new_file(part) as file:
                digest = write(file)
            return None if digest is None or (digests and digest not in digests) else self._placed(part, path)
        finally:
            part.unlink(missing_ok=True)

    def new_place(self) -> Path:
        """Where this process may write a file that it will `take`."""
        return self._mine / f"{secrets.token_hex(8)}.new"

    def take(self, place: Path, path: str) -> None:
        """Makes a file of this process the copy of an object."""
        with self._told(), self._held("lock", shared=True):
            self._placed(place, path)
            place.unlink(missing_ok=True)

    def forget(self, paths: Collection[str]) -> None:
        """Removes copies."""
        with suppress(OSError):
            for path in paths:
                (self._files / path).unlink(missing_ok=True)

    def release(self) -> None:
        """Gives back what this process was handed out; paths that it got before are no longer there."""
        with self._guard, suppress(OSError):
            self._pins.clear()
            for link in self._mine.glob("*.parquet"):
                link.unlink(missing_ok=True)

    def is_of(self, epoch: str) -> bool:
        """Whether `keep_only` was carried out for this epoch."""
        with suppress(OSError):
            return (self.folder / "epoch").read_text() == epoch
        return False

    def keep_only(self, named: Callable[[], Collection[str]], epoch: str) -> None:
        """Removes every copy of what is not named, and notes the epoch; copies that are just being made are waited for."""
        with self._told(), self._held("lock", shared=False):
            kept = set(named())
            for copy in self._copies():
                if str(copy.relative_to(self._files)) not in kept:
                    copy.unlink(missing_ok=True)
            write_whole(self.folder / "epoch", epoch.encode(), syncs=False)

    def byte_count(self) -> int:
        """How many bytes the copies take."""
        return sum(size for _, size, _ in self._measured())

    def _placed(self, part: Path, path: str) -> Path:
        copy, size = self._files / path, part.stat().st_size
        make_folders([copy.parent])
        pinned = self._pinned(part, path)
        part.replace(copy)
        with self._guard:
            self._put += size
            is_due = self._put * _LOOKS_AFTER >= self.limit
            self._put = 0 if is_due else self._put
        if is_due:
            self._evict(self.limit)
        return pinned

    def _pinned(self, file: Path, path: str) -> Path:
        """The name of this process's own for a copy."""
        inode, now = file.stat().st_ino, time.monotonic()
        with self._guard:
            known = self._pins.get(path)
            if known is None or known.inode != inode:
                known = self._pins[path] = _Pin(inode, self._mine / f"{secrets.token_hex(8)}.parquet", now)
                link_whole(file, known.link)
            known.used_at = now
            for idle in [path for path, pin in self._pins.items() if self.idle_seconds and pin.used_at < now - self.idle_seconds]:
                self._pins.pop(idle).link.unlink(missing_ok=True)
            return known.link

    def _evict(self, limit: int) -> None:
        """Removes the copies that were used longest ago, where all together are larger than the limit."""
        found = sorted(self._measured())
        left = sum(size for _, size, _ in found)
        if left <= limit:
            return
        for _, size, copy in found:
            if left <= limit * _KEPT_SHARE:
                return
            copy.unlink(missing_ok=True)
            left -= size

    def _measured(self) -> list[tuple[int, int, Path]]:
        """When each copy was used last, its size, and where it is."""
        found = []
        for copy in self._copies():
            with suppress(FileNotFoundError):
                about = copy.stat()
                found.append((about.st_mtime_ns, about.st_size, copy))
        return found

    def _copies(self) -> Iterator[Path]:
        return (copy for copy in self._files.rglob("*") if copy.is_file())

    def _taken(self) -> Path:
        """A folder of this process's own; whoever is alive holds its lock."""
        mine = self._users / secrets.token_hex(8)
        handle = os.open(mine.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)  # until the process ends
        mine.mkdir(mode=0o700)
        return mine

    def _remove_left(self) -> None:
        """Removes what processes had that are gone."""
        for lock in self._users.glob("*.lock"):
            if lock == self._mine.with_suffix(".lock"):
                continue
            with suppress(OSError), lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)

    @contextmanager
    def _held(self, name: str, *, shared: bool) -> Iterator[None]:
        handle = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WriteError(
                f"the cache of the object store cannot be written ({system_error(error)}): make room, or name another folder with {FOLDER} "
                f"and its size with {LIMIT}; it is {self.folder}"
            ) from None
