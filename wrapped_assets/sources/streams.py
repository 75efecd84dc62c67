"""Streams that tell of damage instead of raising, undo compression within limits, and give text as UTF-8 without a mark."""

from __future__ import annotations

import codecs
import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, ClassVar, cast

Report = Callable[[str], None]
Opener = Callable[[], BinaryIO]

LARGEST_GUNZIPPED = 16 * 2**30  # a service's event log may be large; a bomb is larger
GZIP_WINDOW, BARE_WINDOW = 31, -15  # zlib's numbers for a gz stream and for a zip's bare one
IN_MEMORY_BYTES = 64 * 2**20  # a zipped Parquet file below it never touches the disk
CHUNK_BYTES = 2**16  # at most this much before a damage is lost with it


class TooLargeError(Exception):
    """A file unpacks to more than any export does."""


class Damage:
    """What reading a damaged or hostile file may raise, and how to say it without quoting the file."""

    KINDS: ClassVar[tuple[type[BaseException], ...]] = (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, TooLargeError,
    )  # fmt: skip

    @staticmethod
    def told(error: BaseException) -> str:
        """One clause about what is wrong."""
        if isinstance(error, TooLargeError):
            return "unpacks to more than any export: it is not read further"
        if isinstance(error, RuntimeError) and not isinstance(error, NotImplementedError):
            return "is encrypted: unpack it with its password first"
        if isinstance(error, NotImplementedError):
            return "is compressed by a method that is not supported: unpack it first"
        if isinstance(error, OSError) and error.strerror:
            return f"cannot be read: {error.strerror}"
        return "is damaged or incomplete: what could be read before the damage is used"


class _Watched(io.RawIOBase):
    """Ends at the damage instead of raising, so that a reader keeps what came before and says that the file is cut."""

    def __init__(self, inner: BinaryIO, report: Report) -> None:
        self._inner, self._report = inner, report

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self._inner.read1(min(len(buffer), CHUNK_BYTES))  # type: ignore[attr-defined]
        except Damage.KINDS as error:
            self._report(Damage.told(error))
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


class Inflated(io.RawIOBase):
    """What a deflated stream holds; raises EOFError where it ends too early and TooLargeError behind `limit` bytes.

    `gzip` and `zipfile` would do, but they drop what they have unpacked of the piece in which the damage lies.
    """

    def __init__(self, packed: BinaryIO, window_bits: int, limit: int) -> None:
        self._packed, self._window_bits, self._left = packed, window_bits, limit
        self._inflater = zlib.decompressobj(window_bits)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = b""
        while not data:
            if self._inflater.eof and not self._has_next_member():
                return 0
            piece = self._inflater.unconsumed_tail or self._packed.read(CHUNK_BYTES)
            if not piece:
                raise EOFError
            data = self._inflater.decompress(piece, min(len(buffer), CHUNK_BYTES))
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError
        buffer[: len(data)] = data
        return len(data)

    def _has_next_member(self) -> bool:
        """Whether another gz stream follows, as `cat a.gz b.gz` makes it; then that is read on."""
        if self._window_bits < 0:
            return False
        behind = self._inflater.unused_data or self._packed.read(CHUNK_BYTES)
        if not behind.startswith(b"\x1f\x8b"):
            return False
        self._packed = cast("BinaryIO", _Joined(behind, self._packed))
        self._inflater = zlib.decompressobj(self._window_bits)
        return True

    def close(self) -> None:
        self._packed.close()
        super().close()


class _Joined:
    """Bytes already taken from a stream, in front of it again."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def read(self, _size: int) -> bytes:
        start, self._start = self._start, b""
        return start or self._rest.read(CHUNK_BYTES)

    def close(self) -> None:
        self._rest.close()


class _Transcoded(io.RawIOBase):
    """UTF-16 as UTF-8; what is no character becomes a replacement character."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self._decoder, self._ready = inner, codecs.getincrementaldecoder("utf-16")("replace"), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._inner.read(CHUNK_BYTES)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data and not self._ready:
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._inner.close()
        super().close()


def watched(opener: Opener, report: Report) -> BinaryIO:
    """The stream, which ends where it is damaged and tells `report` so."""
    try:
        inner = opener()
    except Damage.KINDS as error:
        report(Damage.told(error))
        return io.BytesIO()
    return buffered(_Watched(inner, report))


def gunzipped(opener: Opener) -> BinaryIO:
    """The content of a gz file, up to a limit."""
    return buffered(Inflated(opener(), GZIP_WINDOW, LARGEST_GUNZIPPED))


def plain_utf8(opener: Opener) -> BinaryIO:
    """The stream as UTF-8 without a byte order mark: some editors add one, PowerShell saves as UTF-16."""
    stream = opener()
    mark = stream.read(3)
    if mark == codecs.BOM_UTF8:
        return stream
    stream.close()
    if mark[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return buffered(_Transcoded(opener()))
    return opener()


def seekable(opener: Opener) -> BinaryIO:
    """The stream itself where it can seek cheaply (a file); otherwise a copy in memory, or in a nameless temporary file if large."""
    stream = opener()
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        return stream
    copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    with stream:
        shutil.copyfileobj(stream, copy, CHUNK_BYTES)
    copy.seek(0)
    return cast("BinaryIO", copy)


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """The stream in pieces."""
    return io.BufferedReader(raw, CHUNK_BYTES)
