"""Writes files whole or not at all, compares their bytes, and destroys them; everything below a data root is written through here."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import xxhash

from wrapped_assets.storage.links import is_part

PART = ".part"  # how the hidden file ends that becomes a whole one
_PART_NAME = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(PART)}")
_BLOCK_BYTES = 1 << 20
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@contextmanager
def whole_file(path: Path, *, replaces: bool = True, syncs: bool = True) -> Iterator[Path]:
    """Yields a path to write to, for the owner alone; it becomes `path` at once when the block ends, or not at all.

    `replaces=False`: a file that is there meanwhile stays, so that of several processes the first one wins. `syncs=False`: the caller
    calls `sync` later, and a loss of power before that may damage the file. A crash leaves `path` as it was, and perhaps a hidden `.part`
    file beside it.
    """
    file, temporary = _new_part(path)
    with file:
        try:
            yield temporary
            if syncs:
                sync(temporary)
            if replaces:
                temporary.replace(path)
            else:
                with suppress(FileExistsError):
                    os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def open_whole(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that becomes `path` when the block ends; see `whole_file`. Its name while it is written is the stream's."""
    with whole_file(path) as temporary, temporary.open("wb") as file:
        yield file


def new_file(path: Path) -> BinaryIO:
    """Opens a file that must not be there, for the owner alone; makes its folder."""
    try:
        handle = os.open(path, _NEW_FILE, 0o600)
    except FileNotFoundError:
        make_folders([path.parent])
        handle = os.open(path, _NEW_FILE, 0o600)
    return os.fdopen(handle, "wb")


def make_folders(folders: Iterable[Path]) -> None:
    """Makes the folders that are not there, for the owner alone."""
    for folder in folders:
        try:
            os.mkdir(folder, 0o700)  # noqa: PTH102 (twice as fast)
        except FileExistsError:
            pass
        except FileNotFoundError:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_whole(path: Path, content: bytes, *, replaces: bool = True, syncs: bool = True) -> None:
    """Writes a file whole or not at all; see `whole_file`."""
    file, temporary = _new_part(path)
    try:
        with file:
            file.write(content)
            file.flush()
            if syncs:
                os.fsync(file.fileno())
            if replaces:
                temporary.replace(path)
                return  # nothing is left to remove: most files are written in few calls of the system
            with suppress(FileExistsError):
                os.link(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    temporary.unlink(missing_ok=True)


def _new_part(path: Path) -> tuple[BinaryIO, Path]:
    """Opens a new hidden file beside `path`, locked until it is closed: by this `destroy_parts` sees that it is being written."""
    while True:
        temporary = path.with_name(f".{secrets.token_hex(8)}{PART}")
        file = new_file(temporary)
        with suppress(OSError):  # a file system without locks: there `destroy_parts` gets none either
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file, temporary
        file.close()  # `destroy_parts` came between


def destroy_parts(folder: Path, but: str = "") -> int:
    """Destroys what killed processes left half-written anywhere below a folder, `but` one of its own; returns how many files.

    Also below its own folders that are links to another disk. What is being written stays; on a file system without locks, where nobody
    can know that, its writer gets an error. A part that is another name of a whole file stays too: its content is that file's.
    """
    destroyed = 0
    for place, folders, names in os.walk(folder, followlinks=True):
        here = [name for name in folders if name != but or Path(place) != folder]
        folders[:] = [name for name in here if not (path := Path(place, name)).is_symlink() or is_part(path, folder)]
        for path in (Path(place, name) for name in names if _PART_NAME.fullmatch(name)):
            with suppress(OSError), path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_nlink == 1 and not path.is_symlink():
                    taken = path.with_name(f".{secrets.token_hex(8)}{PART}")
                    path.rename(taken)  # so that no writer without a lock makes it a whole file while it is overwritten
                    if os.fstat(file.fileno()).st_nlink == 1:
                        destroy(taken)
                        destroyed += 1
                    else:
                        taken.unlink()
    return destroyed


def link_whole(source: Path, target: Path) -> None:
    """Gives a whole file one more name, at once; what had the name goes. The owner's folder is made where there is none."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(8)}{PART}")
    os.link(source, temporary)
    try:
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)  # where both names were the same file's already, `replace` leaves it


def swap_link(path: Path, target: str) -> None:
    """Makes `path` a symbolic link to `target` at once: whoever opens it meanwhile finds the one before or this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}{PART}")
    temporary.symlink_to(target)
    temporary.replace(path)


def sync(path: Path) -> None:
    """Returns when the disk has the file's bytes."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def destroy(path: Path) -> None:
    """Overwrites a file, then removes it. A disk may still keep what it replaced. Does nothing where there is no file."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def traces(path: Path) -> list[int]:
    """What changes with a file's bytes, without reading them; nothing where there is no file that can be looked at."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def is_intact(path: Path, digest: str) -> bool:
    """Whether the file is there with the bytes that were recorded."""
    try:
        return file_hash(path) == digest
    except OSError:
        return False


def file_hash(path: Path) -> str:
    """Hash of a file's bytes; detects damage, not malice."""
    with path.open("rb", buffering=0) as file:
        block = file.read(_BLOCK_BYTES)
        if len(block) < _BLOCK_BYTES and not file.read(1):  # most files: one call instead of a stream
            return xxhash.xxh3_128_hexdigest(block)
        file.seek(0)
        state = xxhash.xxh3_128()
        while block := file.read(_BLOCK_BYTES):
            state.update(block)
    return state.hexdigest()
