"""The members of a zip, also of one that was cut short and has lost its directory, within limits that no export reaches."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from wrapped_assets.sources.streams import BARE_WINDOW, CHUNK_BYTES, Damage, Inflated, Opener, Report, buffered

# Real exports: at most some hundred members, some GB, and JSON that shrinks 15 to 60 times. Deflate reaches 1,032 times.
MOST_MEMBERS = 100_000
LARGEST_UNPACKED = 64 * 2**30
HIGHEST_RATIO = 300
RATIO_MATTERS_FROM = 16 * 2**20  # small members may be all blanks

IS_ENCRYPTED, HAS_SIZES_BEHIND, IS_UTF8 = 0x1, 0x8, 0x800
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")  # signature, version, flags, method, time, date, crc, packed, size, name, extra
STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """One file in a zip."""

    name: str
    open: Opener


def members(path: Path, report: Report) -> Iterator[Entry]:
    """The files in the order of their names. Refuses a bomb as a whole; tells `report` of members that cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    except zipfile.BadZipFile:
        report("is a zip that is damaged or incomplete: the members before the damage are used")
        yield from sorted(_salvaged(path), key=lambda entry: entry.name)
        return
    refusal = bomb(infos)
    if refusal:
        report(refusal)
        return
    for info in infos:
        if info.flag_bits & IS_ENCRYPTED:
            report("is encrypted: unpack it with its password first")
        else:
            yield Entry(info.filename, partial(_opened, path, info))


def bomb(infos: list[zipfile.ZipInfo]) -> str | None:
    """Why the zip is not read at all; None where its sizes are an export's. `zipfile` never gives more than the stated size."""
    if len(infos) > MOST_MEMBERS:
        return f"has more than {MOST_MEMBERS:,} members, which no export has: it is not read"
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        return f"unpacks to more than {LARGEST_UNPACKED // 2**30} GB: unpack it and import the folder"
    for info in infos:
        if info.file_size > RATIO_MATTERS_FROM and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            return f"holds a member that unpacks to more than {HIGHEST_RATIO} times its size, as no export does: it is not read"
    return None


def parquet_column_names(opener: Opener) -> tuple[str, ...] | None:
    """The columns of a Parquet file; None where it is damaged."""
    import pyarrow as pa  # 0.2 s to import, and only here needed
    import pyarrow.parquet as pq

    try:
        with opener() as stream:
            return tuple(pq.read_schema(stream).names)
    except (pa.ArrowException, *Damage.KINDS):
        return None


def _opened(path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    archive = zipfile.ZipFile(path)
    try:
        return buffered(_Owning(archive, info))
    except BaseException:
        archive.close()
        raise


class _Owning(io.RawIOBase):
    """A member that closes its zip with itself, read in pieces so that damage costs only its piece."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive, self._member = archive, archive.open(info)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._member.read1(min(len(buffer), CHUNK_BYTES))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._archive.close()
        super().close()


def _salvaged(path: Path) -> Iterator[Entry]:
    """Walks from local header to local header; stops at the first that is not whole."""
    with path.open("rb") as file:
        for _count in range(MOST_MEMBERS):
            header = file.read(LOCAL_HEADER.size)
            if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
                return
            _, _, flags, method, _, _, _, packed, _, name_size, extra_size = LOCAL_HEADER.unpack(header)
            name = file.read(name_size).decode("utf-8" if flags & IS_UTF8 else "cp437", "replace")
            file.seek(extra_size, io.SEEK_CUR)
            start = file.tell()
            is_readable = method in (STORED, DEFLATED) and not flags & IS_ENCRYPTED and not (method == STORED and flags & HAS_SIZES_BEHIND)
            if is_readable and not name.endswith("/"):
                yield Entry(name, partial(_salvaged_member, path, start, packed, method))
            if not flags & HAS_SIZES_BEHIND:
                file.seek(start + packed)
            elif method != DEFLATED or not _skip_deflated(file):
                return


def _salvaged_member(path: Path, start: int, size: int, method: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return buffered(Inflated(file, BARE_WINDOW, LARGEST_UNPACKED) if method == DEFLATED else _Stored(file, size))


class _Stored(io.RawIOBase):
    """So many bytes of a file; raises EOFError where there are fewer."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

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
    file.seek((16 if behind.startswith(b"PK\x07\x08") else 12) - len(behind), io.SEEK_CUR)
    return True
