"""Streams that tell of damage instead of raising, and that can be opened again as often as they are asked for."""

from __future__ import annotations

import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, ClassVar, Protocol, cast

Opener = Callable[[], BinaryIO]

IN_MEMORY_BYTES = 64 * 2**20  # a zipped Parquet file below it never touches the disk
CHUNK_BYTES = 2**16


class Report(Protocol):
    """What is told of damage: one clause, and how many bytes were not read; None where nothing is lost."""

    def __call__(self, text: str, unread_bytes: int | None = None) -> None: ...


class TooLargeError(Exception):
    """A file unpacks to more than any export does."""


class ChecksumError(Exception):
    """A file unpacks to its end, but is not what was packed."""


class Damage:
    """What reading a damaged or hostile file may raise, and how to say it without quoting the file."""

    KINDS: ClassVar[tuple[type[BaseException], ...]] = (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, TooLargeError,
        ChecksumError,
    )  # fmt: skip

    @staticmethod
    def told(error: BaseException) -> str:
        """One clause about what is wrong."""
        if isinstance(error, TooLargeError):
            return "unpacks to more than any export: it is not read further"
        if isinstance(error, ChecksumError):
            return "is damaged: its checksum does not match, so a row of it may be wrong; fetch it again"
        if isinstance(error, RuntimeError) and not isinstance(error, NotImplementedError):
            return "is encrypted: unpack it with its password first"
        if isinstance(error, NotImplementedError):
            return "is compressed by a method that is not supported: unpack it first"
        if isinstance(error, OSError) and error.strerror:
            return f"cannot be read: {error.strerror}"
        return "is damaged or incomplete: what could be read is used"


class _Watched(io.RawIOBase):
    """Tells of damage instead of raising, and goes on behind it where the stream can, so that a reader keeps what is whole."""

    def __init__(self, inner: BinaryIO, report: Report) -> None:
        self._inner, self._report = inner, report

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        raw = getattr(self._inner, "raw", None)
        while True:
            try:
                data = self._inner.read1(min(len(buffer), CHUNK_BYTES))  # type: ignore[attr-defined]
            except Damage.KINDS as error:
                self._report(Damage.told(error), raw.unread() if hasattr(raw, "unread") else 0)
                if not getattr(raw, "goes_on", False):
                    self._inner = io.BytesIO()
                    return 0
            else:
                buffer[: len(data)] = data
                return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def watched(opener: Opener, report: Report) -> BinaryIO:
    """The stream, which ends where it is damaged and tells `report` so."""
    try:
        inner = opener()
    except Damage.KINDS as error:
        report(Damage.told(error), 0)
        return io.BytesIO()
    return buffered(_Watched(inner, report))


class _Slice(io.RawIOBase):
    """Some bytes of a file that others read as well."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence], 0)
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._at)
        data = self._file.read(max(min(len(buffer), self._size - self._at), 0))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def sliced(file: BinaryIO, start: int, size: int) -> BinaryIO:
    """A stream over a part of an open file, with a place of its own. Closing it leaves the file open."""
    return buffered(_Slice(file, start, size))


def is_file(stream: BinaryIO) -> bool:
    """Whether the stream is a file on the disk, which can seek cheaply."""
    return isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO | _Slice)


def seekable(opener: Opener) -> BinaryIO:
    """The stream itself where it can seek cheaply (a file); otherwise a copy in memory, or in a nameless temporary file if large."""
    stream = opener()
    return stream if is_file(stream) else _copied(stream)


def seekable_opener(opener: Opener) -> Opener:
    """An opener of streams that can seek: of the file itself, or of one copy that all share."""
    stream = opener()
    if is_file(stream):
        stream.close()
        return opener
    copy = _copied(stream)
    return partial(sliced, copy, 0, copy.seek(0, io.SEEK_END))


def _copied(stream: BinaryIO) -> BinaryIO:
    copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    with stream:
        shutil.copyfileobj(stream, copy, CHUNK_BYTES)
    copy.seek(0)
    return cast("BinaryIO", copy)


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """The stream in pieces."""
    return io.BufferedReader(raw, CHUNK_BYTES)
