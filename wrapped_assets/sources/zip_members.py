"""The members of a zip, also of one that is damaged or has lost its directory, within limits that no export reaches."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from wrapped_assets.sources.inflating import BARE_WINDOW, Inflated
from wrapped_assets.sources.streams import CHUNK_BYTES, ChecksumError, Opener, Report, buffered

# Real exports: at most some hundred members, some GB, and JSON that shrinks 15 to 60 times. Deflate reaches 1,032 times.
MOST_MEMBERS = 100_000
LARGEST_UNPACKED = 64 * 2**30
HIGHEST_RATIO = 300
RATIO_MATTERS_FROM = 16 * 2**20  # small members may be all blanks

IS_ENCRYPTED, HAS_SIZES_BEHIND, IS_UTF8 = 0x1, 0x8, 0x800
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")  # signature, version, flags, method, time, date, crc, packed, size, name, extra
SIGNATURE, DIRECTORY = b"PK\x03\x04", b"PK\x01\x02"
STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """One file in a zip."""

    name: str
    open: Opener


def members(opener: Opener, report: Report) -> Iterator[Entry]:
    """The files in the order of their names. Refuses a bomb as a whole; tells `report` of members that cannot be read.

    `opener` gives streams that can seek, each with a place of its own.
    """
    try:
        with opener() as file, zipfile.ZipFile(file) as archive:
            infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    except zipfile.BadZipFile:
        salvage = _Salvage(opener)
        entries = sorted(salvage.entries(), key=lambda entry: entry.name)
        report("is a zip that is damaged or incomplete: the members that are whole are used", salvage.unread)
        yield from entries
        return
    refusal = bomb(infos)
    if refusal:
        report(refusal, sum(info.compress_size for info in infos))
        return
    for info in infos:
        if info.flag_bits & IS_ENCRYPTED:
            report("is encrypted: unpack it with its password first", info.file_size)
        else:
            yield Entry(info.filename, partial(_opened, opener, info))


def bomb(infos: list[zipfile.ZipInfo]) -> str | None:
    """Why the zip is not read at all; None where its sizes are an export's. No member gives more than the stated size."""
    if len(infos) > MOST_MEMBERS:
        return f"has more than {MOST_MEMBERS:,} members, which no export has: it is not read"
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        return f"unpacks to more than {LARGEST_UNPACKED // 2**30} GB: unpack it and import the folder"
    for info in infos:
        if info.file_size > RATIO_MATTERS_FROM and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            return f"holds a member that unpacks to more than {HIGHEST_RATIO} times its size, as no export does: it is not read"
    return None


def _opened(opener: Opener, info: zipfile.ZipInfo) -> BinaryIO:
    file = opener()
    try:
        if info.compress_type not in (STORED, DEFLATED):
            return buffered(_Member(zipfile.ZipFile(file).open(info), info.file_size, None, file))
        file.seek(info.header_offset)
        header = file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(SIGNATURE):
            raise zipfile.BadZipFile
        file.seek(sum(LOCAL_HEADER.unpack(header)[-2:]), io.SEEK_CUR)
        packed = buffered(_Stored(file, info.compress_size))
        if info.compress_type == DEFLATED:
            packed = buffered(Inflated(packed, BARE_WINDOW, info.file_size))
        return buffered(_Member(packed, info.file_size, info.CRC, file))
    except BaseException:
        file.close()
        raise


class _Member(io.RawIOBase):
    """A member that is compared with its checksum at its end, and closes its zip with itself."""

    def __init__(self, member: BinaryIO, size: int, checksum: int | None, file: BinaryIO) -> None:
        self._member, self._left, self._checksum, self._file = member, size, checksum, file
        self._sum = 0

    def readable(self) -> bool:
        return True

    def unread(self) -> int:
        """The bytes that have not come."""
        return self._left

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._member.read1(min(len(buffer), CHUNK_BYTES))  # type: ignore[attr-defined]
        self._sum = zlib.crc32(data, self._sum)
        self._left -= len(data)
        if not data and self._left > 0:
            raise EOFError
        if not data and self._checksum not in (None, self._sum):
            self._checksum = None
            raise ChecksumError
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._member.close()
        self._file.close()
        super().close()


class _Salvage:
    """Walks from local header to local header, and over what is none to the next one."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self.unread = 0  # bytes between the members

    def entries(self) -> Iterator[Entry]:
        """The members found, in the order of the file."""
        with self._opener() as file:
            for _count in range(MOST_MEMBERS):
                header = self._next_header(file)
                if header is None:
                    return
                _, _, flags, method, _, _, _, packed, _, name_size, extra_size = LOCAL_HEADER.unpack(header)
                name = file.read(name_size).decode("utf-8" if flags & IS_UTF8 else "cp437", "replace")
                file.seek(extra_size, io.SEEK_CUR)
                start = file.tell()
                has_size = not flags & HAS_SIZES_BEHIND
                is_readable = method in (STORED, DEFLATED) and not flags & IS_ENCRYPTED and (has_size or method == DEFLATED)
                if is_readable and not name.endswith("/"):
                    yield Entry(name, partial(_salvaged_member, self._opener, start, packed, method))
                if method == DEFLATED and _skip_deflated(file):
                    continue
                file.seek(start + packed if has_size and method == STORED else start)

    def _next_header(self, file: BinaryIO) -> bytes | None:
        """Moves behind the next local header; None where the members end."""
        kept = b""
        while True:
            piece = file.read(CHUNK_BYTES)
            ahead = kept + piece
            found = ahead.find(SIGNATURE)
            directory = ahead.find(DIRECTORY)
            if directory >= 0 and (found < 0 or directory < found):
                self.unread += directory
                return None
            if found >= 0:
                self.unread += found
                file.seek(found - len(ahead), io.SEEK_CUR)
                header = file.read(LOCAL_HEADER.size)
                return header if len(header) == LOCAL_HEADER.size else None
            kept = ahead[-3:]
            self.unread += len(ahead) - len(kept)
            if not piece:
                return None


def _salvaged_member(opener: Opener, start: int, size: int, method: int) -> BinaryIO:
    file = opener()
    file.seek(start)
    return buffered(Inflated(file, BARE_WINDOW, LARGEST_UNPACKED) if method == DEFLATED else _Stored(file, size))


class _Stored(io.RawIOBase):
    """So many bytes of a file; raises EOFError where there are fewer."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

    def unread(self) -> int:
        """The bytes that have not come."""
        return self._left

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._file.read(min(len(buffer), self._left))
        if not data and self._left:
            raise EOFError
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _skip_deflated(file: BinaryIO) -> bool:
    """Moves behind a deflated member and its sizes; False where it is not whole."""
    inflater, unpacked = zlib.decompressobj(BARE_WINDOW), 0
    while not inflater.eof:
        packed = inflater.unconsumed_tail or file.read(CHUNK_BYTES)
        if not packed:
            return False
        try:
            unpacked += len(inflater.decompress(packed, CHUNK_BYTES))
        except zlib.error:
            return False
        if unpacked > LARGEST_UNPACKED:
            return False
    file.seek(-len(inflater.unused_data), io.SEEK_CUR)
    behind = file.read(16)  # with a signature 16 bytes, without it 12
    if behind.startswith(b"PK\x07\x08"):
        return True
    file.seek(-len(behind), io.SEEK_CUR)
    if not behind.startswith((SIGNATURE, DIRECTORY)):
        file.seek(min(12, len(behind)), io.SEEK_CUR)
    return True
